"""What moderators decide of concerns and comments: publishing, refusing, joining, sanctions; what
citizens report; which concerns resemble each other."""

import pytest
from django.db import transaction

from communes.identity.erasure import erase
from consultations.actions.concern_states import TRANSITIONS, subject_of
from consultations.models import (
    Comment,
    Concern,
    ConcernFollower,
    ConcernState,
    ConcernSupport,
)
from live.models import Entry
from live.protocol.errors import ErrorCode, Refused
from live.timeline.digest import verify
from moderation.concern_index import alike
from moderation.models import Report, Sanction
from tests.consultations.concerning import (
    ROAD,
    a_concern,
    act,
    board_context,
    board_states,
    kinds,
    said_by,
    states,
)
from tests.support.factories import make_commune, make_person

pytestmark = pytest.mark.django_db

C = ConcernState
WATER = "La pompe du village est en panne depuis un mois, plus personne n'a d'eau."


@pytest.fixture
def commune():
    return make_commune()


@pytest.fixture
def moderator(commune):
    return make_person(commune, "moderator")


@pytest.fixture
def concern(commune):
    return a_concern(commune, make_person())


def refused(code: ErrorCode, concern: Concern, person, name: str, /, **args) -> Refused:
    with pytest.raises(Refused) as caught:
        act(concern, person, name, **args)
    assert caught.value.code is code, caught.value
    return caught.value


def again(concern: Concern) -> Concern:
    return Concern.objects.get(pk=concern.pk)


# ── publishing ────────────────────────────────────────────────────────────────────────────────


def test_published_refused_and_published_after_all(commune, moderator):
    concern = a_concern(commune, make_person(), published=False)
    act(concern, moderator, "concern.reject", code="personal_data", reason="Nom d'une voisine.")
    seen = board_states(commune)[f"concern_review/{concern.pk}"]
    assert (seen["state"], seen["code"]) == ("rejected", "personal_data")
    assert states(concern) == {}
    act(concern, moderator, "concern.approve", seen="rejected")
    assert states(concern)[f"concern/{concern.pk}"]["note"] == ""
    act(again(concern), moderator, "concern.reject", code="insult")
    assert states(concern) == {} and subject_of(again(concern)).hidden


def test_another_reason_needs_words(concern, moderator):
    problem = refused(ErrorCode.INVALID, concern, moderator, "concern.reject", code="other")
    assert problem.field == "reason"


def test_a_moderator_decides_what_they_saw(concern, moderator, commune):
    clerk = make_person(commune, "clerk")
    act(concern, clerk, "concern.move", state="taken_up", office="Voirie")
    problem = refused(
        ErrorCode.CONFLICT, concern, moderator, "concern.reject", code="insult", seen="received"
    )
    assert problem.data["state"] == "taken_up"
    assert problem.data["by_name"] == clerk.display_name


@pytest.mark.parametrize("source", [state for state in C if state != C.MERGED])
def test_refusing_follows_the_table(commune, moderator, source):
    concern = a_concern(commune, make_person())
    Concern.objects.filter(pk=concern.pk).update(state=source, note="Motif.")
    if source in TRANSITIONS[C.REJECTED]:
        act(again(concern), moderator, "concern.reject", code="insult")
        assert again(concern).state == "rejected"
    else:
        refused(ErrorCode.WRONG_STATE, again(concern), moderator, "concern.reject", code="insult")


def test_comments_are_taken_back_and_published_again(concern, moderator):
    comment = said_by(concern, make_person())
    act(concern, moderator, "comment.reject", comment=comment.pk, code="insult")
    assert f"comment/{comment.pk}" not in states(concern)
    assert again(concern).comments == 0
    act(concern, moderator, "comment.approve", comment=comment.pk, seen="rejected")
    assert states(concern)[f"comment/{comment.pk}"]["text"] == comment.text
    assert again(concern).comments == 1


def test_who_decided_what_stands_on_the_boards_chain(commune, concern, moderator):
    act(concern, moderator, "concern.reject", code="insult")
    timeline = commune.concern_board.timeline
    entries = Entry.objects.filter(timeline=timeline, key=f"concern_review/{concern.pk}")
    last = entries.order_by("-seq")[0]
    assert (last.actor_id, last.actor_role, last.state["code"]) == (
        moderator.pk, "moderator", "insult",
    )  # fmt: skip
    timeline.refresh_from_db()
    assert verify(timeline).broken_at is None


# ── joining ───────────────────────────────────────────────────────────────────────────────────


def test_joined_concerns_count_everybody_once(commune, concern, moderator):
    other = a_concern(commune, make_person(), f"{ROAD} Encore.")
    both, one, two, follower = (make_person() for _ in range(4))
    for target, people in ((concern, (both, one)), (other, (both, two))):
        for person in people:
            act(target, person, "concern.support")
    act(other, follower, "concern.follow")
    done = act(again(concern), moderator, "concern.merge", target=concern.pk, concerns=[other.pk])
    # both, one, two, and whoever raised the other.
    assert done.result == {"target": concern.pk, "supports": 4}
    assert again(concern).supports == ConcernSupport.objects.filter(concern=concern).count() == 4
    following = set(
        ConcernFollower.objects.filter(concern=concern).values_list("person_id", flat=True)
    )
    assert following == {concern.author_id, other.author_id, follower.pk}
    state = states(concern)
    assert state[f"concern/{concern.pk}"]["relatives"] == 1
    assert state[f"backing/{concern.pk}"] == {"supports": 4}


def test_the_address_of_a_joined_concern_says_where_it_went(commune, concern, moderator):
    other = a_concern(commune, make_person(), f"{ROAD} Encore.")
    third = a_concern(commune, make_person(), f"{ROAD} Toujours.")
    act(concern, moderator, "concern.merge", target=other.pk, concerns=[concern.pk])
    act(again(other), moderator, "concern.merge", target=third.pk, concerns=[other.pk])
    state = states(concern)[f"concern/{concern.pk}"]
    assert (state["state"], state["merged_into"]) == ("merged", other.pk)
    assert kinds(concern)[-1] == "concern.merged"
    assert states(third)[f"concern/{third.pk}"]["relatives"] == 2
    refused(ErrorCode.NOT_FOUND, again(concern), make_person(), "concern.support")


def test_a_comment_on_what_was_joined_meanwhile_is_refused(commune, concern, moderator):
    other = a_concern(commune, make_person(), f"{ROAD} Encore.")
    act(concern, moderator, "concern.merge", target=other.pk, concerns=[concern.pk])
    problem = refused(
        ErrorCode.WRONG_STATE, again(concern), make_person(), "comment.submit", text="Trop tard."
    )
    assert "merged" in problem.detail
    assert not Comment.objects.exists()


def test_nothing_is_joined_to_itself_to_another_communes_or_to_what_is_not_public(
    commune, concern, moderator
):
    hidden = a_concern(commune, make_person(), WATER, published=False)
    elsewhere = a_concern(make_commune(), make_person(), WATER)
    for target, sources, code in (
        (concern.pk, [concern.pk], ErrorCode.INVALID),
        (hidden.pk, [concern.pk], ErrorCode.WRONG_STATE),
        (elsewhere.pk, [concern.pk], ErrorCode.NOT_FOUND),
        (concern.pk, [elsewhere.pk], ErrorCode.NOT_FOUND),
        (concern.pk, [999_999], ErrorCode.NOT_FOUND),
    ):
        refused(code, concern, moderator, "concern.merge", target=target, concerns=sources)
    assert again(concern).state == "received" and again(elsewhere).state == "received"


def test_joining_is_all_or_nothing(commune, concern, moderator):
    one = a_concern(commune, make_person(), f"{ROAD} Encore.")
    done = a_concern(commune, make_person(), f"{ROAD} Fini.")
    Concern.objects.filter(pk=done.pk).update(state="done")
    refused(
        ErrorCode.WRONG_STATE, concern, moderator, "concern.merge",
        target=concern.pk, concerns=[one.pk, done.pk],
    )  # fmt: skip
    assert again(one).state == "received"
    assert kinds(one) == ["concern.published"]


# ── reports, sanctions ────────────────────────────────────────────────────────────────────────


def test_reports_raise_the_risk_once_per_person_and_hide_nothing(commune, concern):
    comment = said_by(concern, make_person())
    afi = make_person()
    for _ in range(2):
        act(concern, afi, "concern.report", code="insult")
        act(concern, afi, "comment.report", comment=comment.pk, code="advertising")
    assert Report.objects.count() == 2
    board = board_states(commune)
    for key in (f"concern_review/{concern.pk}", f"comment_review/{comment.pk}"):
        assert (board[key]["reports"], board[key]["risk"] > 0) == (1, True)
    assert states(concern).keys() >= {f"concern/{concern.pk}", f"comment/{comment.pk}"}
    entries = Entry.objects.filter(timeline=commune.concern_board.timeline, actor=afi)
    assert not entries.exists()
    erase(afi)
    assert not Report.objects.exists()


def test_ones_own_is_not_reported(concern):
    refused(ErrorCode.FORBIDDEN, concern, concern.author, "concern.report", code="insult")


@pytest.mark.parametrize(
    ("kind", "raising", "supporting"),
    [("warning", True, True), ("mute", False, True), ("ban", False, False)],
)
def test_sanctions_hold_for_concerns_of_the_commune_alone(
    commune, concern, moderator, kind, raising, supporting
):
    troublemaker = make_person()
    comment = said_by(concern, troublemaker)
    act(
        concern, moderator, "concern.sanction",
        comment=comment.pk, kind=kind, reason="Insultes répétées.", minutes=60,
    )  # fmt: skip
    assert Sanction.objects.get().person == troublemaker
    assert board_states(commune)[f"sanction/{Sanction.objects.get().pk}"]["kind"] == kind

    def allowed(name: str, **args) -> bool:
        try:
            act(concern, troublemaker, name, **args)
        except Refused as problem:
            assert problem.code is ErrorCode.SANCTIONED
            return False
        return True

    assert allowed("comment.submit", text="Encore moi.") is raising
    assert allowed("concern.report", code="insult") is raising
    assert allowed("concern.support") is supporting
    elsewhere = a_concern(make_commune(), make_person(), WATER)
    act(elsewhere, troublemaker, "concern.support")
    if not raising:
        with pytest.raises(Refused) as caught:
            a_concern(commune, troublemaker, WATER, published=False)
        assert caught.value.code is ErrorCode.SANCTIONED


def test_a_sanction_given_on_the_board_is_lifted_there_and_outlives_names(
    commune, concern, moderator
):
    person = concern.author
    act(concern, moderator, "concern.sanction", kind="ban", reason="Insultes.")
    sanction = Sanction.objects.get()
    assert sanction.sitting is None
    act(concern, moderator, "sanction.lift", sanction=sanction.pk, reason="Excuses reçues.")
    sanction.refresh_from_db()
    assert sanction.lifted_at is not None
    erase(person)
    assert board_states(commune)[f"sanction/{sanction.pk}"]["person"] is None


def test_staff_is_not_sanctioned(commune, moderator):
    clerk = make_person(commune, "clerk")
    concern = a_concern(commune, clerk)
    refused(
        ErrorCode.FORBIDDEN, concern, moderator, "concern.sanction", kind="warning", reason="Non."
    )


# ── likeness ──────────────────────────────────────────────────────────────────────────────────


def test_what_says_the_same_is_found_in_the_commune_alone(commune, concern):
    a_concern(commune, make_person(), WATER)
    a_concern(make_commune(), make_person(), ROAD)
    hidden = a_concern(commune, make_person(), f"{ROAD} Bis.", published=False)
    found = alike(commune.pk, "Il y a des trous dans la rue du marché de Godomey")
    assert [one.concern for one in found] == [concern.pk]
    assert hidden.pk not in {one.concern for one in alike(commune.pk, ROAD)}
    assert alike(commune.pk, "Le centre de santé ferme trop tôt le soir") == []
    assert alike(commune.pk, "") == []


def test_another_communes_staff_reaches_neither_concern_nor_board(commune, concern):
    stranger = make_person(make_commune(), "admin")
    context = board_context(commune, stranger)
    assert context.roles == frozenset()
    with transaction.atomic(), pytest.raises(AssertionError):
        act(concern, stranger, "concern.reject", code="insult")


# ── joining undone ────────────────────────────────────────────────────────────────────────────


def supporters(concern: Concern) -> set[int]:
    return set(concern.supporters.values_list("person_id", flat=True))


def test_separated_again_everyone_supports_and_follows_what_they_did(commune, concern, moderator):
    other = a_concern(commune, make_person(), f"{ROAD} Encore.")
    third = a_concern(commune, make_person(), f"{ROAD} Toujours.")
    both, first, second = make_person(), make_person(), make_person()
    for person, what in ((both, concern), (both, third), (first, concern), (second, other)):
        act(what, person, "concern.support")
    act(concern, first, "concern.follow")
    before = {one.pk: supporters(one) for one in (concern, other, third)}
    act(
        concern, moderator, "concern.merge", target=other.pk, concerns=[concern.pk, third.pk]
    )  # fmt: skip
    united = supporters(other)
    assert united == {both.pk, first.pk, second.pk, concern.author_id, third.author_id}
    assert again(other).supports == len(united)

    done = act(concern, moderator, "concern.split", concerns=[concern.pk])
    assert done.result == {"states": {str(concern.pk): "received"}}
    # Whoever supports the third too stays; who came through the first alone goes.
    assert supporters(other) == {both.pk, second.pk, third.author_id}
    assert again(other).supports == 3
    assert first.pk not in set(other.followers.values_list("person_id", flat=True))
    assert kinds(concern)[-1] == "concern.separated"
    assert states(concern)[f"concern/{concern.pk}"]["merged_into"] is None
    assert states(other)[f"concern/{other.pk}"]["relatives"] == 1
    assert states(other)[f"backing/{other.pk}"]["supports"] == 3
    act(concern, moderator, "concern.split", concerns=[third.pk])
    assert {one.pk: supporters(one) for one in (concern, other, third)} == before
    for one in (concern, other, third):
        assert again(one).supports == len(before[one.pk])


def test_only_what_is_joined_is_separated_from_the_outside_in_and_to_the_state_it_had(
    commune, concern, moderator
):
    waiting = a_concern(commune, make_person(), f"{ROAD} Bis.", published=False)
    other = a_concern(commune, make_person(), f"{ROAD} Encore.")
    refused(ErrorCode.WRONG_STATE, concern, moderator, "concern.split", concerns=[concern.pk])
    act(concern, moderator, "concern.merge", target=concern.pk, concerns=[waiting.pk])
    act(concern, moderator, "concern.merge", target=other.pk, concerns=[concern.pk])
    refused(ErrorCode.WRONG_STATE, concern, moderator, "concern.split", concerns=[waiting.pk])
    act(concern, moderator, "concern.split", concerns=[concern.pk])
    act(concern, moderator, "concern.split", concerns=[waiting.pk])
    assert (again(waiting).state, again(concern).state) == ("pending", "received")
    assert again(waiting).merged_into is None and not states(waiting)


@pytest.mark.parametrize("role", ["clerk", "host", None])
def test_joining_is_undone_by_moderators_alone(commune, concern, moderator, role):
    other = a_concern(commune, make_person(), f"{ROAD} Encore.")
    act(concern, moderator, "concern.merge", target=other.pk, concerns=[concern.pk])
    person = make_person(commune, role) if role else make_person()
    with pytest.raises(AssertionError, match=r"concern\.split is for"):
        act(concern, person, "concern.split", concerns=[concern.pk])
    elsewhere = make_person(make_commune(), "moderator")
    with pytest.raises(AssertionError, match=r"concern\.split is for"):
        act(concern, elsewhere, "concern.split", concerns=[concern.pk])
