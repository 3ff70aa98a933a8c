"""Sanctions: for the person, in the whole commune, with a reason and an appeal."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from communes.identity.erasure import erase
from communes.models import Person
from consultations.actions import hooks
from live.models import Entry
from live.protocol.errors import ErrorCode, Refused
from live.protocol.frames import Stream
from live.transport.wording import message
from moderation.actions.sanctions import belongings_of, of_sanction
from moderation.models import Sanction
from tests.live.acting import (
    a_commune,
    a_person,
    a_sitting,
    act,
    context,
    folds_to_its_snapshot,
    states,
)

pytestmark = pytest.mark.django_db

REASON = "Insultes répétées"


def issue(moderator, question, kind, minutes=None) -> int:
    args = {"question": question, "kind": kind, "reason": REASON, "minutes": minutes}
    return act(moderator, "sanction.issue", **args).result["sanction"]


def attempt(who, name, **args) -> ErrorCode | None:
    try:
        act(who, name, **args)
    except Refused as refused:
        return refused.code
    return None


@pytest.mark.parametrize(
    ("kind", "minutes", "submit", "support"),
    [
        ("warning", None, None, None),
        ("mute", 30, ErrorCode.SANCTIONED, None),
        ("ban", None, ErrorCode.SANCTIONED, ErrorCode.SANCTIONED),
        ("ban", 60, ErrorCode.SANCTIONED, ErrorCode.SANCTIONED),
    ],
)
def test_each_kind_excludes_from_what_it_says(
    sitting, citizen, moderator, question, publish, kind, minutes, submit, support
):
    published = publish("La piste de Zogbo ?")
    issue(moderator, question, kind, minutes)
    assert attempt(citizen, "question.submit", text="Et alors, la piste ?") is submit
    assert attempt(citizen, "question.edit", question=question, text="Autre chose ?") is submit
    assert attempt(citizen, "question.support", question=published) is support
    assert folds_to_its_snapshot(sitting)


@pytest.mark.parametrize(
    ("kind", "barred"),
    [
        ("warning", set()),
        ("mute", {"submit"}),
        ("ban", {"submit", "support", "vote", "react"}),
    ],
)
def test_a_crowd_is_asked_about_at_once(sitting, citizen, moderator, question, kind, barred):
    issue(moderator, question, kind, 30)
    crowd = [citizen.person, *(a_person(f"Voix {n}").pk for n in range(3))]
    for action in ("submit", "support", "vote", "react"):
        found = set(hooks.excluded(action, sitting.pk, crowd))
        assert found == ({citizen.person} if action in barred else set())


def test_it_holds_in_the_commune_and_nowhere_else(citizen, moderator, question):
    issue(moderator, question, "ban")
    person = Person.objects.get(pk=citizen.person)
    here, elsewhere = a_sitting(), a_sitting(commune=a_commune("porto-novo"))
    assert attempt(context(here, person), "question.submit", text="Et ici ?") is (
        ErrorCode.SANCTIONED
    )
    assert attempt(context(elsewhere, person), "question.submit", text="Et là ?") is None


def test_who_is_excluded_is_told_until_when_and_why(sitting, citizen, moderator, question):
    sanction = issue(moderator, question, "mute", 30)
    with pytest.raises(Refused) as refused:
        act(citizen, "question.submit", text="Et alors, la piste ?")
    assert 29 * 60 < refused.value.retry_after <= 30 * 60
    assert refused.value.data["sanction"] == sanction
    with translation.override("fr"):
        assert REASON in message(refused.value, "fr")
    mine = belongings_of(sitting.pk, [citizen.person])[citizen.person][f"sanction/{sanction}"]
    assert (mine["kind"], mine["reason"], mine["may_appeal"]) == ("mute", REASON, True)
    assert of_sanction(f"sanction/{sanction}") == [(citizen.person, {f"sanction/{sanction}": mine})]
    assert f"sanction/{sanction}" not in states(sitting)


def test_it_ends_by_itself_and_when_it_is_lifted(citizen, moderator, question):
    first = issue(moderator, question, "mute", 30)
    Sanction.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert attempt(citizen, "question.submit", text="Et alors, la piste ?") is None
    assert belongings_of(moderator.sitting_id, [citizen.person])  # given here: still shown
    second = issue(moderator, question, "ban")
    act(moderator, "sanction.lift", sanction=second, reason="Une erreur")
    assert attempt(citizen, "question.submit", text="Et la piste, alors ?") is None
    assert attempt(moderator, "sanction.lift", sanction=second, reason="Encore") is (
        ErrorCode.CONFLICT
    )
    assert first != second


def test_a_warning_is_told_in_other_sittings_for_a_while_only(
    citizen, moderator, sitting, question
):
    warning = issue(moderator, question, "warning")
    another = a_sitting(commune=sitting.commune)
    assert f"sanction/{warning}" in belongings_of(another.pk, [citizen.person])[citizen.person]
    Sanction.objects.filter(pk=warning).update(at=timezone.now() - timedelta(days=31))
    assert belongings_of(another.pk, [citizen.person]) == {}
    assert f"sanction/{warning}" in belongings_of(sitting.pk, [citizen.person])[citizen.person]


def test_a_mute_needs_an_end(moderator, question):
    with pytest.raises(Refused) as refused:
        issue(moderator, question, "mute")
    assert (refused.value.code, refused.value.field) == (ErrorCode.INVALID, "minutes")


def test_staff_lose_their_role_first(sitting, moderator, ask):
    question = ask("Et moi ?", context(sitting, a_person("Hôte", "host"), "host"))
    with pytest.raises(Refused) as refused:
        issue(moderator, question, "ban")
    assert refused.value.code is ErrorCode.FORBIDDEN


def test_deleting_the_account_erases_the_name_and_does_not_lift_a_ban(
    sitting, citizen, moderator, question
):
    Person.objects.filter(pk=citizen.person).update(phone_hash="f" * 64)
    sanction = issue(moderator, question, "ban")
    erase(Person.objects.get(pk=citizen.person))
    state = states(sitting, Stream.STAFF)[f"sanction/{sanction}"]
    assert (state["person"], state["person_name"]) == (None, "")
    everything = Entry.objects.filter(timeline=sitting.timeline).values("key", "state")
    assert "Codjo" not in str(list(everything))
    again, other = a_person("Codjo, encore"), a_person("Une autre")
    Person.objects.filter(pk=again.pk).update(phone_hash="f" * 64)
    assert attempt(context(sitting, again), "question.submit", text="Me revoilà !") is (
        ErrorCode.SANCTIONED
    )
    assert attempt(context(sitting, other), "question.submit", text="Me voilà !") is None


def test_a_sanction_that_is_over_keeps_nothing_of_a_deleted_account(citizen, moderator, question):
    Person.objects.filter(pk=citizen.person).update(phone_hash="f" * 64)
    issue(moderator, question, "mute", 5)
    Sanction.objects.update(until=timezone.now() - timedelta(seconds=1))
    erase(Person.objects.get(pk=citizen.person))
    assert Sanction.objects.get().contacts == []
