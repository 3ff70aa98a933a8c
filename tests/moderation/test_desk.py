"""Labels, notes, the channel, answers in writing, reports and figures of the desk."""

from datetime import timedelta

import pytest
from django.utils import timezone

from communes.identity.erasure import erase
from communes.models import Person
from consultations.models import Question
from live.models import Entry
from live.protocol.errors import ErrorCode, Refused
from live.protocol.frames import Stream
from live.timeline.digest import verify
from moderation.actions import statistics
from moderation.models import Decision
from tests.live.acting import a_person, act, context, folds_to_its_snapshot, kinds, states

pytestmark = pytest.mark.django_db


def code_of(who, name, **args) -> ErrorCode | None:
    try:
        act(who, name, **args)
    except Refused as refused:
        return refused.code
    return None


def staff(sitting) -> dict:
    return states(sitting, Stream.STAFF)


# ── labels, notes, channel ────────────────────────────────────────────────────────────────────


def test_labels_are_added_and_removed_and_nothing_happens_twice(sitting, moderator, question):
    act(moderator, "question.label", question=question, add=["voirie", " voirie ", "urgent"])
    assert staff(sitting)[f"review/{question}"]["labels"] == ["voirie", "urgent"]
    act(moderator, "question.label", question=question, remove=["voirie"])
    act(moderator, "question.label", question=question, remove=["voirie"])
    assert staff(sitting)[f"review/{question}"]["labels"] == ["urgent"]
    assert kinds(sitting).count("question.labelled") == 2


def test_a_question_takes_so_many_labels(moderator, question):
    act(moderator, "question.label", question=question, add=[f"n{n}" for n in range(10)])
    assert code_of(moderator, "question.label", question=question, add=["un de trop"]) is (
        ErrorCode.INVALID
    )


def test_notes_and_messages_are_for_staff(sitting, moderator, host, question):
    act(moderator, "question.note", question=question, text="Vérifier la date.")
    act(host, "question.note", question=question, text="Le DST répondra.")
    message = act(host, "staff.say", text="On passe à la voirie.").result["message"]
    everything = staff(sitting)
    notes = everything[f"note/{question}"]["notes"]
    assert [(note["role"], note["text"]) for note in notes] == [
        ("moderator", "Vérifier la date."),
        ("host", "Le DST répondra."),
    ]
    assert everything[f"review/{question}"]["notes"] == 2
    assert everything[f"staffchat/{message}"]["by_name"] == "Maire"
    assert not any(key.startswith(("note", "staffchat")) for key in states(sitting))


def test_a_colleague_who_leaves_takes_their_name_along(
    sitting, moderator, colleague, ask, question
):
    act(moderator, "question.note", question=question, text="Vérifier la date.")
    act(moderator, "staff.say", text="On passe à la voirie.")
    act(moderator, "review.claim", questions=[question])
    act(moderator, "question.reject", question=question, code="off_topic")
    decided = ask("Et le port ?")
    act(moderator, "question.reject", question=decided, code="off_topic")
    act(colleague, "review.second", question=decided, confirm=True)
    erase(Person.objects.get(pk=moderator.person))
    everything = Entry.objects.filter(timeline=sitting.timeline)
    assert "Sika" not in str(list(everything.values("key", "state")))
    assert staff(sitting)[f"note/{question}"]["notes"][0]["by"] == ""
    act(colleague, "review.second", question=question, confirm=True)
    sitting.timeline.refresh_from_db()
    assert verify(sitting.timeline).broken_at is None
    assert folds_to_its_snapshot(sitting)


# ── answers in writing ────────────────────────────────────────────────────────────────────────

ANSWER = "Les travaux commencent le 3 mars."


@pytest.fixture
def presenter(sitting):
    return a_person("K. Dossou", "interpreter")


def test_somebody_named_answers_in_writing(sitting, moderator, presenter, publish):
    question = publish()
    args = {"question": question, "to": "K. Dossou, DST", "person": presenter.public_id}
    act(moderator, "question.forward", days=15, **args)
    forwarded = staff(sitting)[f"review/{question}"]["forwarded"]
    assert (forwarded["to"], forwarded["person"]) == ("K. Dossou, DST", presenter.public_id)
    assert states(sitting)[f"question/{question}"]["answer_due"] == forwarded["due"]
    who = context(sitting, presenter)
    act(who, "question.answer_in_writing", question=question, text=ANSWER)
    public = states(sitting)[f"question/{question}"]
    assert (public["state"], public["answer"]["text"]) == ("answered", ANSWER)
    assert public["answer"]["official"] == "K. Dossou"
    assert folds_to_its_snapshot(sitting)


def test_nobody_else_does(sitting, citizen, moderator, presenter, publish):
    question = publish()
    args = {"question": question, "text": ANSWER}
    for who in (citizen, moderator, context(sitting, presenter)):
        assert code_of(who, "question.answer_in_writing", **args) is ErrorCode.FORBIDDEN
    # Roles are those of the database, whatever a ticket says.
    forged = context(sitting, a_person("Faux"), "host")
    assert code_of(forged, "question.answer_in_writing", **args) is ErrorCode.FORBIDDEN


def test_an_answer_is_given_long_after_the_sitting_and_can_be_bettered(
    sitting, host, clerk, publish
):
    question = publish()
    act(clerk, "sitting.end")
    assert states(sitting)[f"question/{question}"]["state"] == "not_reached"
    official = "A. Hounsou, maire"
    act(host, "question.answer_in_writing", question=question, text=ANSWER, official=official)
    act(clerk, "question.answer_in_writing", question=question, text=f"{ANSWER} Ou le 4.")
    public = states(sitting)[f"question/{question}"]
    assert (public["state"], public["answer"]["text"]) == ("answered", f"{ANSWER} Ou le 4.")


def test_what_was_not_published_is_not_answered_and_strangers_are_not_asked(
    sitting, host, moderator, question
):
    args = {"question": question, "text": ANSWER}
    assert code_of(host, "question.answer_in_writing", **args) is ErrorCode.WRONG_STATE
    stranger = a_person("Inconnu")
    args = {"question": question, "to": "Inconnu", "person": stranger.public_id}
    assert code_of(moderator, "question.forward", **args) is ErrorCode.NOT_FOUND


# ── reports ───────────────────────────────────────────────────────────────────────────────────


def test_a_report_counts_once_per_person_and_hides_nothing(sitting, citizen, publish):
    question = publish()
    act(citizen, "question.report", question=question, code="insult")
    act(citizen, "question.report", question=question, code="personal_data")
    other = context(sitting, a_person("Autre"))
    act(other, "question.report", question=question, code="insult")
    review = staff(sitting)[f"review/{question}"]
    assert (review["reports"], review["state"]) == (2, "approved")
    assert review["risk"] >= 30
    assert {"code": "reported", "excerpt": "insult"} in review["flags"]
    assert states(sitting)[f"question/{question}"]["state"] == "approved"


def test_who_reported_is_not_said(sitting, citizen, publish):
    act(citizen, "question.report", question=publish(), code="insult")
    entry = Entry.objects.get(timeline=sitting.timeline, kind="question.reported")
    assert entry.actor is None
    assert "Codjo" not in str(entry.state)


def test_only_what_others_published_can_be_reported(citizen, question, publish):
    own = publish("Et ma question ?", citizen)
    assert code_of(citizen, "question.report", question=question, code="insult") is (
        ErrorCode.NOT_FOUND
    )
    assert code_of(citizen, "question.report", question=own, code="insult") is ErrorCode.FORBIDDEN


# ── figures ───────────────────────────────────────────────────────────────────────────────────


def test_the_desk_shows_backlog_pace_waits_and_coverage(sitting, moderator, ask):
    item = sitting.agenda.first().pk
    questions = [ask(f"Question {n} sur le port", agenda_item=item) for n in range(4)]
    questions.append(ask("Appelez le 97 12 34 56, c'est moins cher"))
    for wait, question in zip((10, 20, 300), questions, strict=False):
        row = Question.objects.filter(pk=question)
        row.update(submitted_at=timezone.now() - timedelta(seconds=wait))
        act(moderator, "question.approve", question=question)
    act(moderator, "question.answer", question=questions[0])
    state = statistics.state(sitting.pk)
    assert (state.backlog, state.risky) == (2, 1)
    assert (state.arriving, state.decided) == (0.8, 0.6)  # the first wait is over five minutes
    assert 19 <= state.wait_median_s <= 22
    assert 250 <= state.wait_p95_s <= 301
    themes = {theme.agenda_item: theme for theme in state.coverage}
    assert (themes[item].published, themes[item].answered, themes[item].pending) == (3, 1, 1)
    assert themes[None].pending == 1


def test_an_empty_desk_has_figures_too(sitting):
    state = statistics.state(sitting.pk)
    assert (state.backlog, state.wait_p95_s, state.oldest_s, state.coverage) == (0, 0, 0, [])
    assert not Decision.objects.exists()
