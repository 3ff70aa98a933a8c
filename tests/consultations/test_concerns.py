"""Concerns: raised, supported, discussed, moved from state to state."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from communes.identity.erasure import erase
from communes.models import Arrondissement
from consultations.actions import concern_erasure
from consultations.actions.concern_boards import (
    board_of,
    categories_of,
    set_arrondissements,
    set_board,
    set_categories,
)
from consultations.actions.concern_states import PUBLIC, TRANSITIONS, subject_of
from consultations.actions.concerns import raise_concern
from consultations.models import (
    CATEGORIES,
    Comment,
    Concern,
    ConcernFollower,
    ConcernState,
    ConcernSupport,
)
from consultations.protocol import RaiseConcern, SetBoard
from live.protocol.errors import ErrorCode, Refused
from live.protocol.frames import Stream
from live.timeline.append import SYSTEM
from live.timeline.digest import verify
from live.timeline.fold import fold
from live.timeline.read import entries_since
from tests.support.factories import make_commune, make_person

from .concerning import (
    ROAD,
    a_concern,
    act,
    board_context,
    board_states,
    kinds,
    said_by,
    states,
)

pytestmark = pytest.mark.django_db

C = ConcernState
OFFICE = "Koffi Modèle, deuxième adjoint"


@pytest.fixture
def commune():
    return make_commune()


@pytest.fixture
def author():
    return make_person()


@pytest.fixture
def concern(commune, author):
    return a_concern(commune, author)


def refused(code: ErrorCode, concern: Concern, person, name: str, /, **args) -> Refused:
    with pytest.raises(Refused) as caught:
        act(concern, person, name, **args)
    assert caught.value.code is code, caught.value
    return caught.value


def publish_at_once(commune) -> None:
    with transaction.atomic():
        set_board(commune, SetBoard(moderation="after", comment_moderation="after"), SYSTEM)


# ── raising ───────────────────────────────────────────────────────────────────────────────────


def test_a_concern_waits_for_a_moderator_and_nobody_else_hears_of_it(commune, author):
    concern = a_concern(commune, author, published=False)
    assert concern.state == "pending" and subject_of(concern).hidden
    assert states(concern) == {}
    seen = board_states(commune)[f"concern_review/{concern.pk}"]
    assert (seen["state"], seen["text"], seen["person"]) == ("pending", ROAD, author.public_id)


def test_a_commune_may_publish_at_once(commune, author):
    publish_at_once(commune)
    concern = a_concern(commune, author, published=False)
    assert concern.state == "received"
    assert states(concern)[f"concern/{concern.pk}"]["text"] == ROAD


def test_what_the_filters_find_risky_waits_all_the_same(commune, author):
    publish_at_once(commune)
    risky = f"{ROAD} Appelez le 01 97 12 34 56 ou www.exemple.com"
    concern = a_concern(commune, author, risky, published=False)
    assert concern.state == "pending"
    flags = board_states(commune)[f"concern_review/{concern.pk}"]["flags"]
    assert {"phone", "link"} <= {flag["code"] for flag in flags}


def test_sent_twice_it_is_raised_once(commune, author):
    context = board_context(commune, author)
    wanted = RaiseConcern(category="roads", text=ROAD, client_id="envoi-0001")
    with transaction.atomic():
        first, second = raise_concern(context, wanted), raise_concern(context, wanted)
    assert first.pk == second.pk
    assert Concern.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"category": "volcanoes"}, "category"),
        ({"text": "Trou"}, "text"),
        ({"text": "..........................."}, "text"),
        ({"text": "a" * 2001}, "text"),
        ({"arrondissement": "elsewhere"}, "arrondissement"),
    ],
)
def test_what_cannot_be_raised_says_which_field(commune, author, fields, field):
    if fields.get("arrondissement") == "elsewhere":
        other = Arrondissement.objects.create(commune=make_commune(), name="Togba")
        fields = {"arrondissement": other.pk}
    with pytest.raises(Refused) as caught:
        a_concern(commune, author, **{"category": "roads", "text": ROAD, **fields})
    assert caught.value.field == field
    assert not Concern.objects.exists()


def test_a_name_is_signed_only_by_whoever_has_one(commune):
    nameless = make_person(display_name="")
    with pytest.raises(Refused) as caught:
        a_concern(commune, nameless, signed=True)
    assert caught.value.field == "signed"
    assert a_concern(commune, nameless).signature == ""


def test_nobody_floods_the_moderators(commune, author):
    for n in range(3):
        a_concern(commune, author, f"{ROAD} {n}", published=False)
    with pytest.raises(Refused) as caught:
        a_concern(commune, author, published=False)
    assert caught.value.code is ErrorCode.TOO_OFTEN
    a_concern(commune, make_person(), published=False)


def test_every_commune_starts_with_the_same_categories_and_may_change_them(commune, author):
    with transaction.atomic():
        board_of(commune)
    assert [row.slug for row in categories_of(commune)] == list(CATEGORIES)
    concern = a_concern(commune, author)
    with transaction.atomic():
        set_categories(commune, ["water", "other"], ["Cimetières", "Piste cyclable"])
    offered = categories_of(commune)
    assert [row.slug for row in offered] == ["water", "other", "cimetieres", "piste-cyclable"]
    assert str(offered[2]) == "Cimetières"
    concern.refresh_from_db()
    assert concern.category.slug == "roads" and concern.category.retired
    with pytest.raises(Refused):
        a_concern(commune, author, category="roads")


def test_arrondissements_that_concerns_name_stay(commune, author):
    with transaction.atomic():
        set_arrondissements(commune, ["Godomey", "Akassato", "Godomey"])
    godomey = commune.arrondissements.get(name="Godomey")
    concern = a_concern(commune, author, arrondissement=godomey.pk, quarter="  Togoudo ")
    assert (concern.arrondissement, concern.quarter) == (godomey, "Togoudo")
    with transaction.atomic():
        set_arrondissements(commune, ["Zinvié"])
    assert [row.name for row in commune.arrondissements.all()] == ["Zinvié", "Godomey"]


# ── support ───────────────────────────────────────────────────────────────────────────────────


def test_support_counts_once_and_is_taken_back(concern):
    afi = make_person()
    for _ in range(2):
        done = act(concern, afi, "concern.support")
        assert done.mine[f"backing/{concern.pk}"] == {"supported": True, "followed": False}
    concern.refresh_from_db()
    assert concern.supports == ConcernSupport.objects.count() == 1
    for _ in range(2):
        act(concern, afi, "concern.unsupport")
    concern.refresh_from_db()
    assert concern.supports == ConcernSupport.objects.count() == 0


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("pending", ErrorCode.NOT_FOUND),
        ("rejected", ErrorCode.NOT_FOUND),
        ("withdrawn", ErrorCode.NOT_FOUND),
        ("done", ErrorCode.WRONG_STATE),
        ("refused", ErrorCode.WRONG_STATE),
    ],
)
def test_only_what_is_public_and_open_is_supported(concern, state, code):
    Concern.objects.filter(pk=concern.pk).update(state=state, note="Motif.")
    refused(code, concern, make_person(), "concern.support")


def test_a_concern_is_not_reached_from_another_ones_page(commune, concern):
    other = a_concern(commune, make_person(), "Le marché de Dantokpa n'a plus d'eau du tout.")
    refused(ErrorCode.NOT_FOUND, other, make_person(), "concern.support", concern=concern.pk)


# ── states ────────────────────────────────────────────────────────────────────────────────────


def test_the_commune_moves_it_with_office_reason_and_day(commune, concern):
    clerk = make_person(commune, "clerk")
    due = timezone.localdate() + timedelta(days=40)
    act(concern, clerk, "concern.move", state="taken_up", office=OFFICE)
    act(concern, clerk, "concern.move", state="planned", office=OFFICE, due_on=due, note="Budget.")
    state = states(concern)[f"concern/{concern.pk}"]
    assert (state["state"], state["office"], state["note"]) == ("planned", OFFICE, "Budget.")
    assert state["due_on"] == due.isoformat()
    act(concern, clerk, "concern.move", state="done", office=OFFICE)
    assert states(concern)[f"concern/{concern.pk}"]["due_on"] is None
    assert kinds(concern) == [
        "concern.published", "concern.taken_up", "concern.planned", "concern.done",
    ]  # fmt: skip
    entries = entries_since(concern.timeline_id, 0, Stream.PUBLIC)
    assert [entry.actor for entry in entries][1:] == ["clerk"] * 3


def test_declining_needs_a_reason(commune, concern):
    clerk = make_person(commune, "clerk")
    problem = refused(
        ErrorCode.INVALID, concern, clerk, "concern.move", state="refused", office=OFFICE
    )
    assert problem.field == "note"
    with pytest.raises(IntegrityError), transaction.atomic():
        Concern.objects.filter(pk=concern.pk).update(state="refused", note="")
    act(concern, clerk, "concern.move", state="refused", office=OFFICE, note="Voie privée.")
    assert states(concern)[f"concern/{concern.pk}"]["note"] == "Voie privée."


def test_a_day_that_has_passed_is_refused(commune, concern):
    clerk = make_person(commune, "clerk")
    yesterday = timezone.localdate() - timedelta(days=1)
    args = {"state": "planned", "office": OFFICE, "due_on": yesterday}
    assert refused(ErrorCode.INVALID, concern, clerk, "concern.move", **args).field == "due_on"


@pytest.mark.parametrize("source", [state for state in C if state not in {C.MERGED}])
@pytest.mark.parametrize("target", ["taken_up", "planned", "done", "refused"])
def test_only_the_tables_transitions_happen(commune, author, source, target):
    concern = a_concern(commune, author)
    Concern.objects.filter(pk=concern.pk).update(state=source, note="Motif.")
    clerk = make_person(commune, "clerk")
    args = {"state": target, "office": OFFICE, "note": "Motif."}
    if source in TRANSITIONS[C(target)] and source in PUBLIC:
        act(concern, clerk, "concern.move", **args)
        concern.refresh_from_db()
        assert concern.state == target
    else:
        refused(ErrorCode.WRONG_STATE, concern, clerk, "concern.move", **args)


def test_two_clerks_do_not_overrule_each_other_unseen(commune, concern):
    clerk, other = make_person(commune, "clerk"), make_person(commune, "host")
    act(concern, clerk, "concern.move", state="planned", office=OFFICE, seen="received")
    args = {"state": "done", "office": OFFICE, "seen": "received"}
    assert refused(ErrorCode.CONFLICT, concern, other, "concern.move", **args).data == {
        "state": "planned"
    }


def test_its_author_withdraws_it_until_it_is_taken_up(commune, author, concern):
    refused(ErrorCode.FORBIDDEN, concern, make_person(), "concern.withdraw")
    act(concern, make_person(commune, "clerk"), "concern.move", state="taken_up", office=OFFICE)
    refused(ErrorCode.WRONG_STATE, concern, author, "concern.withdraw")
    fresh = a_concern(commune, author, "Le lampadaire devant l'école ne marche plus du tout.")
    act(fresh, author, "concern.withdraw")
    assert states(fresh) == {} and subject_of(Concern.objects.get(pk=fresh.pk)).hidden


# ── discussion ────────────────────────────────────────────────────────────────────────────────


def test_comments_and_replies_one_level_deep(concern):
    first = said_by(concern, make_person())
    reply = act(concern, make_person(), "comment.submit", text="D'accord.", parent=first.pk)
    deeper = act(
        concern, make_person(), "comment.submit", text="Merci.", parent=reply.result["comment"]
    )
    said = states(concern)
    assert said[f"comment/{first.pk}"]["parent"] is None
    assert said[f"comment/{deeper.result['comment']}"]["parent"] == first.pk
    concern.refresh_from_db()
    assert concern.comments == 3


def test_comments_wait_where_the_commune_wants_it(commune, concern):
    with transaction.atomic():
        set_board(commune, SetBoard(comment_moderation="before"), SYSTEM)
    comment = said_by(concern, make_person())
    assert comment.state == "pending"
    assert f"comment/{comment.pk}" not in states(concern)
    assert board_states(commune)[f"comment_review/{comment.pk}"]["state"] == "pending"
    concern.refresh_from_db()
    assert concern.comments == 0


def test_one_speaks_of_what_was_declined_but_not_of_what_is_not_public(commune, concern):
    clerk = make_person(commune, "clerk")
    act(concern, clerk, "concern.move", state="refused", office=OFFICE, note="Voie privée.")
    assert said_by(concern, make_person(), "Ce n'est pas une voie privée.").state == "published"
    moderator = make_person(commune, "moderator")
    act(concern, moderator, "concern.reject", code="insult")
    concern.refresh_from_db()
    refused(ErrorCode.WRONG_STATE, concern, make_person(), "comment.submit", text="Et alors ?")


def test_the_commune_answers_for_an_office(commune, concern):
    host = make_person(commune, "host")
    act(concern, host, "concern.answer", text="Les travaux commencent lundi.", office=OFFICE)
    answer = Comment.objects.get()
    state = states(concern)[f"comment/{answer.pk}"]
    assert (state["office"], state["signature"]) == (OFFICE, "")
    assert kinds(concern)[-1] == "comment.official"
    refused(ErrorCode.FORBIDDEN, concern, host, "comment.withdraw", comment=answer.pk)
    refused(ErrorCode.FORBIDDEN, concern, make_person(commune, "moderator"), "comment.reject",
            comment=answer.pk, code="insult")  # fmt: skip


def test_ones_own_comment_is_taken_back_and_nobody_elses(concern):
    afi = make_person()
    comment = said_by(concern, afi)
    refused(ErrorCode.FORBIDDEN, concern, make_person(), "comment.withdraw", comment=comment.pk)
    act(concern, afi, "comment.withdraw", comment=comment.pk)
    assert f"comment/{comment.pk}" not in states(concern)
    concern.refresh_from_db()
    assert concern.comments == 0


# ── the account goes ──────────────────────────────────────────────────────────────────────────


def test_a_deleted_account_leaves_what_is_public_without_its_name(commune):
    afi = make_person(display_name="Afi Secrète")
    concern = a_concern(commune, afi, signed=True)
    waiting = a_concern(commune, afi, "Le puits du quartier est à sec.", published=False)
    elsewhere = a_concern(commune, make_person(), "L'eau manque depuis trois semaines ici.")
    act(elsewhere, afi, "concern.support")
    comment = act(elsewhere, afi, "comment.submit", text="Chez nous aussi.", signed=True)
    erase(afi)
    for row in (concern, waiting, elsewhere):
        row.refresh_from_db()
    assert (concern.author, concern.signature, concern.state) == (None, "", "received")
    assert waiting.state == "withdrawn"
    assert elsewhere.supports == 0 and not ConcernFollower.objects.filter(person=afi.pk).exists()
    key = f"comment/{comment.result['comment']}"
    assert states(elsewhere)[key]["signature"] == ""
    timelines = [concern.timeline, elsewhere.timeline, commune.concern_board.timeline]
    for timeline in timelines:
        timeline.refresh_from_db()
        assert verify(timeline).broken_at is None
        whole = entries_since(timeline.pk, 0, Stream.STAFF)
        assert "Afi Secrète" not in "".join(entry.model_dump_json() for entry in whole)


def test_deleting_an_account_waits_for_others_before_it_reads_what_they_change(
    commune, monkeypatch
):
    afi = make_person()
    concern, supported = a_concern(commune, afi), a_concern(commune, make_person())
    act(supported, afi, "concern.support")
    held = set()

    def wait(subjects) -> None:
        held.update(subjects)
        Concern.objects.filter(pk=concern.pk).update(supports=5, comments=3)

    monkeypatch.setattr(concern_erasure, "hold_subjects", wait)
    erase(afi)
    concern.refresh_from_db()
    assert (concern.supports, concern.comments) == (5, 3)
    concerns = {("concern", str(one.pk)) for one in (concern, supported)}
    assert held == concerns | {("board", str(commune.pk))}, "all at once, in the order of all"


def test_entries_alone_lead_to_the_snapshot(commune, concern):
    clerk = make_person(commune, "clerk")
    said_by(concern, make_person())
    act(concern, clerk, "concern.move", state="planned", office=OFFICE)
    assert fold(entries_since(concern.timeline_id, 0, Stream.PUBLIC)) == states(concern)
