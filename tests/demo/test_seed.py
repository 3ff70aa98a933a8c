"""`manage.py seed`: invented people in three communes, written once."""

import io
import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from communes.identity.contact import Contact
from communes.models import Commune, Office, Person, Role
from communes.permissions import roles_in
from consultations.models import Question
from live.actions.lifecycle import change
from live.models import AgendaItem, Entry, Sitting, SittingState
from live.timeline.append import SYSTEM
from portal.demo.lines import (
    COUNCIL_LINES,
    COUNCIL_PROMISE,
    HEARING_BALLOTS,
    HEARING_LINES,
    HEARING_PROMISES,
)
from portal.demo.people import CROWD, EVERYONE
from portal.demo.seeding import MOST_OLD, ensure_hearing, ensure_past, seed

pytestmark = pytest.mark.django_db

WRITTEN = (Commune, Office, Person, Role, Sitting, AgendaItem, Entry)


@pytest.fixture(autouse=True)
def uploads(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return settings.MEDIA_ROOT


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("seed", *arguments, stdout=out)
    return out.getvalue()


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in WRITTEN}


def test_seeding_twice_changes_nothing(uploads):
    run()
    first = counts()
    pictures = {path.name: path.stat().st_mtime_ns for path in (uploads / "arms").iterdir()}
    run()
    assert counts() == first
    assert first["Commune"] == 3
    assert first["Sitting"] == 3
    assert {path.name: path.stat().st_mtime_ns for path in (uploads / "arms").iterdir()} == pictures


def test_everything_says_that_it_is_a_demonstration():
    run()
    for model in (Commune, Office, Person, Sitting):
        assert not model.objects.filter(demo=False).exists(), model
    for sitting in Sitting.objects.all():
        assert "Démonstration" in sitting.summary


def test_three_sittings_are_registered():
    run()
    found = {sitting.commune.slug: sitting for sitting in Sitting.objects.all()}
    assert found["akpro-misserete"].state == "scheduled"
    ahead = found["akpro-misserete"].scheduled_at - timezone.now()
    assert timedelta(days=2) < ahead < timedelta(days=4)
    assert found["akpro-misserete"].agenda.count() == 4
    assert found["cotonou"].kind == "hearing"
    assert found["cotonou"].window_s == 600
    assert found["abomey-calavi"].kind == "council"


def test_without_the_hearing():
    run("--no-hearing")
    assert not Sitting.objects.filter(kind="hearing").exists()


def test_each_printed_number_signs_in_with_its_role():
    people = json.loads(run("--json"))
    table = run()
    assert {row["role"] for row in people} == {"citizen", "admin", "clerk", "moderator", "host"}
    communes = {commune.name: commune for commune in Commune.objects.all()}
    for row in people:
        person = Contact.phone(row["phone"]).person()
        assert person is not None, row
        assert person.display_name == row["name"]
        assert row["phone"] in table
        assert row["name"] in table
        if row["role"] != "citizen":
            assert row["role"] in roles_in(person, communes[row["commune"]])
    for commune in communes:
        roles = {row["role"] for row in people if row["commune"] == commune}
        assert roles == {"admin", "clerk", "moderator", "host"}


def test_no_number_is_stored_readable():
    run()
    for person in Person.objects.all():
        row = " ".join(str(value) for value in vars(person).values())
        assert "018000" not in row


def test_numbers_are_nobody_elses():
    numbers = [character.phone for character in EVERYONE]
    assert len(set(numbers)) == len(numbers)
    assert all(number.startswith("+229018000") for number in numbers)


def test_a_session_that_has_passed_is_announced_anew():
    run()
    sitting = Sitting.objects.get(commune__slug="akpro-misserete")
    Sitting.objects.filter(pk=sitting.pk).update(scheduled_at=timezone.now() - timedelta(days=1))
    run()
    sitting.refresh_from_db()
    assert sitting.scheduled_at > timezone.now()
    assert Sitting.objects.filter(commune__slug="akpro-misserete").count() == 1


def test_a_real_commune_is_left_alone():
    Commune.objects.create(slug="cotonou", name="Cotonou")
    with pytest.raises(CommandError, match="cotonou"):
        run()
    assert not Person.objects.exists()


def over(sitting: Sitting) -> None:
    for name in ("open", "end", "archive"):
        change(sitting.pk, name, SYSTEM)


def test_old_hearings_begin_again_instead_of_piling_up():
    seed(hearing=True)
    first = ensure_hearing()
    Question.objects.create(
        sitting=first, text="Une question d’hier ?", submitted_at=timezone.now()
    )
    met = []
    for _ in range(MOST_OLD):
        sitting = ensure_hearing()
        assert ensure_hearing().pk == sitting.pk, "the same until it is over"
        met.append(sitting.pk)
        over(sitting)
    assert len(set(met)) == MOST_OLD
    again = ensure_hearing()
    assert again.pk == first.pk, "the oldest"
    assert again.state == SittingState.SCHEDULED
    assert again.media_purge, "media has to delete what it recorded"
    assert not Question.objects.filter(sitting=first).exists()
    assert Sitting.objects.filter(kind="hearing").count() == MOST_OLD


def test_a_past_sitting_without_a_recording_is_played_again():
    seed(hearing=False)
    failed = ensure_past()
    over(failed)
    second = ensure_past()
    assert second.pk != failed.pk
    assert second.state == SittingState.SCHEDULED
    over(second)
    over(ensure_past())
    count = Sitting.objects.filter(commune__slug="abomey-calavi").count()
    ensure_past()
    assert Sitting.objects.filter(commune__slug="abomey-calavi").count() == count == MOST_OLD


def test_what_citizens_say_fits_the_protocol():
    from consultations.protocol import (
        CreatePoll,
        MakeCommitment,
        RejectQuestion,
        SubmitQuestion,
    )

    lines = (*HEARING_LINES, *COUNCIL_LINES)
    assert len({line.text for line in lines}) == len(lines)
    assert len(HEARING_LINES) >= 40
    for line in lines:
        SubmitQuestion(text=line.text)
        if line.refused:
            why = {"reason": line.refused, "code": line.code}
            RejectQuestion.model_validate({"question": 1, **why})
    for ballot in HEARING_BALLOTS:
        CreatePoll.model_validate(ballot.arguments)
    assert {ballot.kind for ballot in HEARING_BALLOTS} == {"one", "several", "yes_no", "rating"}
    for promise in (*HEARING_PROMISES, COUNCIL_PROMISE):
        MakeCommitment.model_validate(promise.arguments(date(2026, 3, 1)))
    assert len(CROWD) == 12
