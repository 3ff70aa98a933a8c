"""What is due and was let pass: the right staff are told, once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from communes.models import Commune, GoodPractice, Person, PracticeTrial, Role
from consultations.models import Question, QuestionState
from portal import overdue
from portal.models import StaffNotice
from tests.support.factories import make_commune, make_person, make_sitting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_french(french) -> None:
    """Messages are in their readers' language."""


def somebody(commune: Commune, role: str) -> Person:
    person = make_person(commune, role)
    person.email = f"{role}-{person.pk}@exemple.bj"
    person.save()
    return person


def morning(day: date, monkeypatch) -> None:
    now = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    overdue.tell_overdue.func()


def told(outbox) -> list[tuple[str, str]]:
    return sorted((mail.to[0], mail.subject.partition(" · ")[2]) for mail in outbox)


def test_a_hearing_that_is_due_is_told_once_to_who_prepares_it(mailoutbox, monkeypatch):
    commune = make_commune()
    clerk, admin = somebody(commune, "clerk"), somebody(commune, "admin")
    for role in ("moderator", "host"):
        somebody(commune, role)
    morning(date(2026, 10, 15), monkeypatch)
    assert not mailoutbox, "there is time yet"
    for day in (5, 6):
        morning(date(2026, 11, day), monkeypatch)
    title = "Une reddition de comptes est due"
    assert told(mailoutbox) == sorted([(clerk.email, title), (admin.email, title)])
    assert f"/{commune.slug}/seances/nouvelle/" in mailoutbox[0].body
    mailoutbox.clear()
    for day in (2, 3):
        morning(date(2027, 1, day), monkeypatch)
    assert {subject for _to, subject in told(mailoutbox)} == {
        "Une reddition de comptes n’a pas eu lieu"
    }
    assert len(mailoutbox) == 2


def test_what_is_announced_in_time_is_no_news(mailoutbox, monkeypatch):
    commune = make_commune()
    somebody(commune, "clerk")
    sitting = make_sitting(commune, "scheduled")
    type(sitting).objects.update(scheduled_at=datetime(2026, 12, 1, 9, tzinfo=UTC))
    morning(date(2026, 11, 5), monkeypatch)
    assert not mailoutbox


def late(sitting, text: str, **said) -> Question:
    due = timezone.now() - timedelta(days=2)
    return Question.objects.create(
        sitting=sitting, author=make_person(), text=text, state=QuestionState.APPROVED,
        answer_due=due, published_at=due, submitted_at=due, **said,
    )  # fmt: skip


def test_answers_owed_are_told_to_who_was_asked_or_else_to_who_answers(mailoutbox):
    commune = make_commune()
    host, clerk = somebody(commune, "host"), somebody(commune, "clerk")
    asked = somebody(commune, "moderator")
    sitting = make_sitting(commune, "scheduled")
    type(sitting).objects.update(scheduled_at=timezone.now() + timedelta(days=1))
    late(sitting, "Quand ouvre le marché ?")
    late(sitting, "Et le pont ?")
    late(sitting, "Et l’école ?", forwarded_person=asked)
    for _again in range(2):
        overdue.tell_overdue.func()
    got = {mail.to[0]: mail for mail in mailoutbox if "écrit" in mail.subject}
    assert set(got) == {host.email, clerk.email, asked.email}
    assert "2 réponses" in got[host.email].subject and "pont" in got[host.email].body
    assert "1 réponse" in got[asked.email].subject and "école" in got[asked.email].body
    assert sum("écrit" in mail.subject for mail in mailoutbox) == 3
    mailoutbox.clear()
    late(sitting, "Et la route ?")
    overdue.tell_overdue.func()
    news = [mail for mail in mailoutbox if "écrit" in mail.subject]
    assert len(news) == 2 and "pont" not in news[0].body, "only what is new"


def test_a_trial_without_a_word_is_asked_after_and_one_click_ends_that(mailoutbox):
    author, commune = make_commune(), make_commune()
    somebody(author, "clerk")
    clerk = somebody(commune, "clerk")
    practice = GoodPractice.objects.create(
        commune=author, title="Compost", theme="waste", problem="p", done="d",
        published_at=timezone.now() - timedelta(days=200),
    )  # fmt: skip
    old = timezone.now() - timedelta(days=100)
    trial = PracticeTrial.objects.create(
        practice=practice, commune=commune, state="trying", since=old, changed_at=old
    )
    for _again in range(2):
        overdue.tell_overdue.func()
    mails = [mail for mail in mailoutbox if "Compost" in mail.body]
    assert [mail.to[0] for mail in mails] == [clerk.email]
    stop = mails[0].extra_headers["List-Unsubscribe"].strip("<>")
    Client().post("/" + stop.split("/", 3)[3], {"List-Unsubscribe": "One-Click"})
    assert not Role.objects.get(person=clerk).told
    mailoutbox.clear()
    workplace = Client(headers={"accept-language": "fr"})
    workplace.force_login(clerk)
    assert "Compost" in workplace.get("/espace/").content.decode(), "it is still to be done"
    StaffNotice.objects.all().delete()
    overdue.tell_overdue.func()
    assert not [mail for mail in mailoutbox if mail.to[0] == clerk.email]
    PracticeTrial.objects.filter(pk=trial.pk).update(report="Bien.")
    assert not list(overdue.trials(timezone.now()))
    workplace.post("/espace/", {"tell": commune.slug})
    assert Role.objects.get(person=clerk).told
