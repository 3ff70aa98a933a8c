"""Concerns before a sitting, the answer that comes back, and who is told what."""

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from consultations.models import Comment, Concern, ConcernFollower, ConcernReferral, Question
from consultations.sending.stopping import Subscription
from consultations.tasks.concerns import tell_concern_followers
from live.models import Recording
from live.protocol.errors import ErrorCode, Refused
from portal.replay import LEAD_S
from tests.live.acting import act as act_in
from tests.live.acting import context
from tests.live.acting import states as sitting_states
from tests.support.factories import make_commune, make_person, make_sitting

from .concerning import ROAD, a_concern, act, kinds, said_by, states

pytestmark = pytest.mark.django_db

OFFICE = "Rachidath Fictive, voirie"


@pytest.fixture
def commune():
    return make_commune()


@pytest.fixture
def clerk(commune):
    return make_person(commune, "clerk")


@pytest.fixture
def concern(commune):
    return a_concern(commune, make_person())


def refused(concern: Concern, person, sitting, target: str = "question") -> Refused:
    with pytest.raises(Refused) as caught:
        act(concern, person, "concern.refer", sitting=sitting.pk, target=target)
    assert not ConcernReferral.objects.exists() and not Question.objects.exists()
    return caught.value


def run_tasks() -> int:
    """Tell whom there is to tell, as the worker would; how many tasks there were."""
    rows = DBTaskResult.objects.filter(task_path=tell_concern_followers.module_path)
    waiting = list(rows.order_by("enqueued_at"))
    rows.delete()
    for row in waiting:
        tell_concern_followers.call(*row.args_kwargs["args"])
    return len(waiting)


# ── to a sitting ──────────────────────────────────────────────────────────────────────────────


def test_a_concern_becomes_a_question_of_a_sitting(commune, clerk, concern):
    act(concern, make_person(), "concern.support")
    sitting = make_sitting(commune, "live")
    done = act(concern, clerk, "concern.refer", sitting=sitting.pk, target="question")
    question = sitting_states(sitting)[f"question/{done.result['question']}"]
    assert question["text"] == ROAD and question["state"] == "approved"
    assert str(concern.pk) in question["signature"] and "1" in question["signature"]
    assert Question.objects.get().supports == 0
    referral = states(concern)[f"concern/{concern.pk}"]["referrals"][0]
    assert (referral["kind"], referral["sitting"], referral["answered_at"]) == (
        "question", sitting.pk, None,
    )  # fmt: skip


def test_a_concern_becomes_the_last_point_of_an_agenda(commune, clerk, concern):
    sitting = make_sitting(commune, "scheduled")
    act(concern, clerk, "concern.refer", sitting=sitting.pk, target="agenda")
    titles = [item.title for item in sitting.agenda.order_by("position")]
    assert titles[:2] == ["Ouverture", "Questions des citoyens"]
    assert len(titles) == 3 and ROAD[:40] in titles[2]
    referral = states(concern)[f"concern/{concern.pk}"]["referrals"][0]
    assert referral["kind"] == "agenda"


def test_a_sitting_of_another_commune_is_refused_in_words(commune, clerk, concern):
    elsewhere = make_sitting(make_commune(), "scheduled")
    problem = refused(concern, clerk, elsewhere)
    assert (problem.code, problem.field) == (ErrorCode.INVALID, "sitting")
    assert problem.message is not None


@pytest.mark.parametrize("state", ["draft", "ended", "archived", "cancelled"])
def test_only_a_sitting_that_is_announced_or_going_on_takes_concerns(
    commune, clerk, concern, state
):
    assert refused(concern, clerk, make_sitting(commune, state)).code is ErrorCode.WRONG_STATE


def test_a_rehearsal_and_closed_questions_take_none(commune, clerk, concern):
    rehearsal = make_sitting(commune, "scheduled", rehearsal=True)
    assert refused(concern, clerk, rehearsal).code is ErrorCode.WRONG_STATE
    closed = make_sitting(commune, "live")
    act_in(context(closed, clerk, "clerk"), "sitting.close_questions")
    assert refused(concern, clerk, closed).code is ErrorCode.QUESTIONS_CLOSED


def test_a_sitting_takes_a_concern_once(commune, clerk, concern):
    sitting = make_sitting(commune, "live")
    act(concern, clerk, "concern.refer", sitting=sitting.pk, target="question")
    with pytest.raises(Refused) as caught:
        act(concern, clerk, "concern.refer", sitting=sitting.pk, target="question")
    assert caught.value.code is ErrorCode.CONFLICT
    act(concern, clerk, "concern.refer", sitting=sitting.pk, target="agenda")


def test_the_answer_on_video_comes_back_as_a_link_to_its_second(commune, clerk, concern):
    sitting = make_sitting(commune, "live")
    done = act(concern, clerk, "concern.refer", sitting=sitting.pk, target="question")
    host = context(sitting, make_person(commune, "host"), "host")
    act_in(host, "question.answer", question=done.result["question"])
    assert kinds(concern)[-2:] == ["concern.referred", "concern.answered"]
    referral = states(concern)[f"concern/{concern.pk}"]["referrals"][0]
    assert referral["answered_at"] is not None
    page = f"/{commune.slug}/seances/{sitting.slug}/"
    client = Client()
    assert client.get(referral["moment"])["Location"] == page
    answered = ConcernReferral.objects.get().answered_at
    assert answered is not None
    Recording.objects.create(
        sitting=sitting, duration_s=900, size_bytes=1, has_video=True, has_audio=True,
        anchors=[[0.0, answered.timestamp() - 300]],
    )  # fmt: skip
    assert client.get(referral["moment"])["Location"] == f"{page}?t={300 - LEAD_S}"


def test_an_answer_in_the_sitting_waits_for_no_concern_that_was_joined(commune, clerk, concern):
    sitting = make_sitting(commune, "live")
    done = act(concern, clerk, "concern.refer", sitting=sitting.pk, target="question")
    other = a_concern(commune, make_person(), f"{ROAD} Encore.")
    moderator = make_person(commune, "moderator")
    act(other, moderator, "concern.merge", target=other.pk, concerns=[concern.pk])
    act_in(context(sitting, clerk, "host"), "question.answer", question=done.result["question"])
    assert kinds(concern)[-1] == "concern.merged"
    assert ConcernReferral.objects.get().answered_at is not None


# ── who is told ───────────────────────────────────────────────────────────────────────────────


def test_those_who_follow_are_told_of_states_answers_and_sittings(commune, clerk, concern):
    run_tasks()
    mail.outbox.clear()
    koffi = make_person(email="koffi@example.bj", language="fr")
    act(concern, koffi, "concern.follow")
    act(concern, clerk, "concern.move", state="refused", office=OFFICE, note="Voie privée.")
    assert run_tasks() == 1
    to_koffi = [one for one in mail.outbox if one.to == ["koffi@example.bj"]]
    assert len(to_koffi) == 1 and len(mail.outbox) == 2
    text = str(to_koffi[0].body)
    assert "Voie privée." in text and OFFICE in text
    assert f"/{commune.slug}/preoccupations/{concern.pk}/" in text
    act(concern, clerk, "concern.move", state="taken_up", office=OFFICE)
    act(concern, clerk, "concern.answer", text="Nous venons lundi.", office=OFFICE)
    sitting = make_sitting(commune, "live")
    act(concern, clerk, "concern.refer", sitting=sitting.pk, target="question")
    assert run_tasks() == 3
    told = [str(one.body) for one in mail.outbox if one.to == ["koffi@example.bj"]]
    assert len(told) == 4 and any("Nous venons lundi." in body for body in told)


def test_one_click_ends_messages_about_a_concern(concern):
    koffi = make_person()
    act(concern, koffi, "concern.follow")
    token = Subscription("concern", str(concern.pk), koffi.pk).url.rsplit("/", 2)[1]
    Client().post(f"/rappels/{token}/", {"List-Unsubscribe": "One-Click"})
    assert not ConcernFollower.objects.filter(person=koffi).exists()
    assert ConcernFollower.objects.filter(concern=concern).count() == 1


def test_the_author_is_told_that_it_is_published_and_nobody_of_what_they_said(commune, clerk):
    author = make_person(email="auteure@example.bj")
    concern = a_concern(commune, author)
    mail.outbox.clear()
    assert run_tasks() == 1
    assert [one.to for one in mail.outbox] == [["auteure@example.bj"]]
    act(concern, clerk, "concern.follow")
    mail.outbox.clear()
    act(concern, clerk, "concern.answer", text="Nous venons lundi.", office=OFFICE)
    run_tasks()
    assert [one.to for one in mail.outbox] == [["auteure@example.bj"]]


def test_nothing_is_enqueued_when_nobody_follows(commune, clerk, concern):
    ConcernFollower.objects.all().delete()
    DBTaskResult.objects.all().delete()
    act(concern, clerk, "concern.move", state="done", office=OFFICE)
    assert run_tasks() == 0
    said_by(concern, make_person())
    assert Comment.objects.count() == 1 and run_tasks() == 0
    assert Concern.objects.get().changed_at <= timezone.now()
