"""Promises: made at a second of a sitting, followed up, judged by citizens, recalled."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from communes.identity.erasure import erase
from consultations.actions.commitments import late_by, mark_late, moving_voices
from consultations.actions.levels import hall_code
from consultations.actions.own import own_values
from consultations.models import Commitment, CommitmentFollower, CommitmentVoice
from live.actions.lifecycle import change
from live.models import Timeline
from live.protocol.errors import ErrorCode, Refused
from live.protocol.frames import Stream
from live.timeline.append import SYSTEM
from live.timeline.digest import verify
from live.timeline.read import entries_since
from tests.consultations.polling import voters
from tests.live.acting import (
    a_commune,
    a_person,
    a_sitting,
    act,
    context,
    folds_to_its_snapshot,
    kinds,
    states,
)

pytestmark = pytest.mark.django_db

WORDING = "Paver la rue 12 d'Agla avant la saison des pluies"


@pytest.fixture
def sitting():
    return a_sitting()


@pytest.fixture
def host(sitting):
    return context(sitting, a_person("Hôte", "host"), "host")


def promise(host, **args) -> int:
    wanted = {
        "wording": WORDING,
        "owner": "2e adjoint, voirie",
        "due_on": timezone.localdate() + timedelta(days=30),
        **args,
    }
    return act(host, "commitment.make", **wanted).result["commitment"]


def history(commitment: int) -> list[str]:
    timeline = Commitment.objects.get(pk=commitment).timeline_id
    return [entry.kind for entry in entries_since(timeline, 0, Stream.STAFF)]


def refusal(who, command: str, **args) -> Refused:
    with pytest.raises(Refused) as refused:
        act(who, command, **args)
    return refused.value


# ── making ────────────────────────────────────────────────────────────────────────────────────


def test_a_promise_is_public_at_the_second_it_is_made(sitting, host):
    before = timezone.now()
    key = promise(host, budget_line="Chapitre 23")
    state = states(sitting)[f"commitment/{key}"]
    assert (state["wording"], state["state"]) == (WORDING, "open")
    assert state["page"] == f"/cotonou/engagements/{key}/"
    entry = entries_since(sitting.timeline_id, 0, Stream.PUBLIC)[-1]
    assert entry.kind == "commitment.made"
    assert abs(entry.at - state["made_at"]) < 1000
    assert entry.at >= before.timestamp() * 1000 - 1
    assert history(key) == ["commitment.made"]
    assert folds_to_its_snapshot(sitting)


@pytest.mark.parametrize(
    "wrong",
    [
        {"owner": ""},
        {"owner": "   "},
        {"wording": "Bientôt"},
        {"due_on": "demain"},
        {"due_on": "2020-01-01"},
        {"question": 999_999},
    ],
    ids=str,
)
def test_a_promise_names_who_does_what_by_when(host, wrong):
    with pytest.raises((ValueError, Refused)):
        promise(host, **wrong)
    assert not Commitment.objects.exists()
    assert Timeline.objects.count() == 1


@pytest.mark.parametrize("state", ["scheduled", "closed_doors", "ended"])
def test_promises_are_made_in_public(state):
    sitting = a_sitting(state)
    host = context(sitting, a_person("Hôte", "host"), "host")
    with pytest.raises(Refused):
        promise(host)


def test_whoever_asked_the_question_follows_what_was_promised(sitting, host):
    citizen = context(sitting, a_person("Citoyenne"))
    text = "Quand la rue 12 sera-t-elle pavée ?"
    question = act(citizen, "question.submit", text=text).result["question"]
    assert refusal(
        host, "commitment.make", wording=WORDING, owner="Voirie", question=question,
        due_on=timezone.localdate(),
    ).field == "question"  # fmt: skip
    act(context(sitting, a_person("Mod", "moderator"), "moderator"), "question.approve",
        question=question)  # fmt: skip
    key = promise(host, question=question)
    mine = own_values(sitting.pk, [citizen.person])[citizen.person]
    assert mine[f"commitment/{key}"] == {"voice": None, "followed": True}


def test_the_wording_is_put_right_while_the_sitting_goes_on(sitting, host):
    key = promise(host)
    act(host, "commitment.edit", commitment=key, owner="3e adjoint")
    act(host, "commitment.edit", commitment=key, owner="3e adjoint")
    assert states(sitting)[f"commitment/{key}"]["owner"] == "3e adjoint"
    assert history(key) == ["commitment.made", "commitment.edited"]
    change(sitting.pk, "end", SYSTEM)
    assert refusal(host, "commitment.edit", commitment=key, owner="4e adjoint").code is (
        ErrorCode.WRONG_STATE
    )


# ── what becomes of it ────────────────────────────────────────────────────────────────────────


def test_news_come_with_a_word_or_a_proof_and_dropping_with_a_reason(sitting, host):
    key = promise(host)
    assert refusal(host, "commitment.update", commitment=key, state="kept").field == "note"
    assert refusal(host, "commitment.update", commitment=key, state="dropped").field == "note"
    assert refusal(host, "commitment.update", commitment=key).field == "note"
    act(host, "commitment.update", commitment=key, note="Le marché est attribué.")
    link = "https://cotonou.example/marches/12"
    act(host, "commitment.update", commitment=key, state="kept", link=link)
    state = states(sitting)[f"commitment/{key}"]
    assert (state["state"], state["evidence"]["link"]) == ("kept", link)
    act(host, "commitment.update", commitment=key, state="open")
    act(host, "commitment.update", commitment=key, state="dropped", note="Pas de crédits.")
    assert states(sitting)[f"commitment/{key}"]["reason"] == "Pas de crédits."
    assert history(key) == [
        "commitment.made",
        "commitment.updated",
        "commitment.kept",
        "commitment.reopened",
        "commitment.dropped",
    ]
    assert verify(Commitment.objects.get(pk=key).timeline).broken_at is None


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://example.bj/x", "pas une adresse"])
def test_a_proof_is_a_web_address(host, link):
    key = promise(host)
    with pytest.raises(ValueError):
        act(host, "commitment.update", commitment=key, link=link)


def test_after_the_sitting_only_the_promises_own_timeline_goes_on(sitting, host):
    key = promise(host)
    change(sitting.pk, "end", SYSTEM)
    entries = kinds(sitting)
    act(host, "commitment.update", commitment=key, note="Les travaux ont commencé.")
    assert kinds(sitting) == entries
    assert history(key) == ["commitment.made", "commitment.updated"]


def test_a_promise_is_late_once_its_day_has_passed(sitting, host):
    due, kept = promise(host), promise(host)
    act(host, "commitment.update", commitment=kept, state="kept", note="Fait.")
    for key in (due, kept):
        Commitment.objects.filter(pk=key).update(due_on=timezone.localdate() - timedelta(days=1))
    assert late_by() == [due]
    assert mark_late(due)
    assert not mark_late(due)
    assert late_by() == []
    assert states(sitting)[f"commitment/{due}"]["state"] == "late"
    assert history(due) == ["commitment.made", "commitment.late"]
    # Taken up again after its day, it is late at once.
    act(host, "commitment.update", commitment=due, state="kept", note="Fait, enfin.")
    act(host, "commitment.update", commitment=due, state="open", note="Pas tout à fait.")
    assert states(sitting)[f"commitment/{due}"]["state"] == "late"


def test_another_communes_promise_is_out_of_reach(host):
    other = a_sitting(commune=a_commune("parakou"))
    theirs = promise(
        context(other, a_person("Autre", "host", commune=a_commune("parakou")), "host")
    )
    for command in ("commitment.update", "commitment.follow", "commitment.confirm"):
        args = {"note": "Rien."} if command == "commitment.update" else {}
        assert refusal(host, command, commitment=theirs, **args).code is ErrorCode.NOT_FOUND


# ── what citizens say ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def kept(sitting, host):
    key = promise(host)
    act(host, "commitment.update", commitment=key, state="kept", note="La rue est pavée.")
    return key


def test_there_is_nothing_to_judge_while_a_promise_is_under_way(sitting, host):
    key = promise(host)
    who = context(sitting, a_person())
    assert refusal(who, "commitment.confirm", commitment=key).code is ErrorCode.WRONG_STATE


def test_one_voice_each_that_may_change(sitting, kept):
    who = context(sitting, a_person())
    counts = []
    for command in ("confirm", "confirm", "contest", "recant", "recant", "confirm"):
        act(who, f"commitment.{command}", commitment=kept)
        row = Commitment.objects.get(pk=kept)
        counts.append((row.confirmed, row.contested))
    assert counts == [(1, 0), (1, 0), (0, 1), (0, 0), (0, 0), (1, 0)]
    assert CommitmentVoice.objects.count() == 1
    mine = own_values(sitting.pk, [who.person])[who.person]
    assert mine[f"commitment/{kept}"] == {"voice": "confirmed", "followed": False}


def test_voices_are_counted_by_level_never_below_ten(sitting, kept):
    people = voters(21)
    for index, person in enumerate(people):
        who = context(sitting, person)
        if index < 11:
            act(who, "hall.enter", code=hall_code(sitting.pk).code)
        act(who, f"commitment.{'confirm' if index % 2 else 'contest'}", commitment=kept)
        if index == 19:
            assert set(moving_voices(sitting.pk)[kept].levels) == set()
    voices = moving_voices(sitting.pk)[kept]
    assert (voices.confirmed, voices.contested) == (10, 11)
    hall = voices.levels["hall"]
    assert (hall.confirmed, hall.contested) == (5, 6)


def test_deleting_the_account_takes_the_voice_back(sitting, kept):
    person = a_person()
    act(context(sitting, person), "commitment.contest", commitment=kept)
    erase(person)
    row = Commitment.objects.get(pk=kept)
    assert (row.confirmed, row.contested) == (0, 0)


def test_followers_are_told_and_nobody_else(sitting, host):
    key = promise(host)
    who = context(sitting, a_person())
    assert act(who, "commitment.follow", commitment=key).mine == {
        f"commitment/{key}": {"voice": None, "followed": True}
    }
    act(who, "commitment.follow", commitment=key)
    assert CommitmentFollower.objects.count() == 1
    act(host, "commitment.update", commitment=key, note="Les travaux ont commencé.")
    assert DBTaskResult.objects.get().args_kwargs["args"][0] == key
    act(who, "commitment.unfollow", commitment=key)
    act(host, "commitment.update", commitment=key, note="Les travaux avancent.")
    assert DBTaskResult.objects.count() == 1


# ── the next hearing ──────────────────────────────────────────────────────────────────────────


def finished(sitting):
    return change(sitting.pk, "end", SYSTEM)


def test_the_next_hearing_opens_with_what_was_promised(sitting, host):
    open_one, kept_one = promise(host), promise(host, wording="Curer les caniveaux d'Agla")
    act(host, "commitment.update", commitment=kept_one, state="kept", note="Fait.")
    finished(sitting)
    following = a_sitting("live", title="Deuxième reddition")
    items = states(following)["promises"]["items"]
    assert {item["id"]: item["state"] for item in items} == {open_one: "open", kept_one: "kept"}
    assert {item["sitting_title"] for item in items} == {"Reddition de comptes"}
    # What happens to one of them during the hearing is said there.
    host_there = context(following, a_person("Hôte 2", "host"), "host")
    act(host_there, "commitment.update", commitment=open_one, state="kept", note="Pavée.")
    items = states(following)["promises"]["items"]
    assert {item["state"] for item in items} == {"kept"}
    assert folds_to_its_snapshot(following)
    # Later, what was settled is only recalled by the hearing right after.
    finished(following)
    third = a_sitting("live", title="Troisième reddition")
    assert "promises" not in states(third)


def test_a_council_session_opens_without_promises(sitting, host):
    promise(host)
    finished(sitting)
    assert "promises" not in states(a_sitting("live", kind="council"))


def test_a_rehearsals_promises_are_forgotten_with_it(host):
    rehearsal = a_sitting("live", rehearsal=True)
    practising = context(rehearsal, a_person("Hôte", "host"), "host")
    key = promise(practising)
    assert "promises" not in states(a_sitting("live"))
    assert refusal(host, "commitment.follow", commitment=key).code is ErrorCode.NOT_FOUND
    timelines = Timeline.objects.count()
    act(context(rehearsal, a_person("Clerk", "clerk"), "clerk"), "sitting.end")
    assert not Commitment.objects.exists()
    assert Timeline.objects.count() == timelines - 1
