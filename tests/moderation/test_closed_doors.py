"""Behind closed doors staff go on working, and nothing of it is said in public."""

import pytest

from live.models import AgendaItem
from live.protocol.errors import ErrorCode, Refused
from tests.live.acting import act, states
from tests.moderation.test_appeals import code_of

pytestmark = pytest.mark.django_db

CLOSED = ErrorCode.CLOSED_DOORS
VOTE = {"prompt": "Faut-il refaire la rue 12 ?", "options": ["Oui", "Non"], "secret": True}


@pytest.fixture
def published(publish) -> int:
    return publish("Quand la rue 12 sera-t-elle pavée ?")


@pytest.fixture
def polls(host) -> dict[str, int]:
    made = {}
    for name in ("prepared", "open", "held_back"):
        results = "on_reveal" if name == "held_back" else "live"
        made[name] = act(host, "poll.prepare", results=results, **VOTE).result["poll"]
    for name in ("open", "held_back"):
        act(host, "poll.open", poll=made[name])
    act(host, "poll.close", poll=made["held_back"])
    return made


def test_nothing_new_is_said_in_public(sitting, moderator, host, clerk, question, published, polls):
    item = AgendaItem.objects.filter(sitting=sitting)[0].pk
    act(clerk, "sitting.close_doors")
    before = states(sitting)
    for who, command, args in (
        (moderator, "question.approve", {"question": question}),
        (moderator, "question.highlight", {"question": published}),
        (moderator, "question.show", {"question": published}),
        (moderator, "question.merge", {"target": published, "questions": [question]}),
        (host, "question.answer", {"question": published}),
        (host, "question.answer_in_writing", {"question": published, "text": "En mars."}),
        (host, "poll.open", {"poll": polls["prepared"]}),
        (host, "poll.close", {"poll": polls["open"]}),
        (host, "poll.reveal", {"poll": polls["held_back"]}),
        (host, "screen.poll", {"poll": polls["open"]}),
        (clerk, "agenda.open", {"item": item}),
        (
            host,
            "commitment.make",
            {"wording": "La rue sera pavée.", "owner": "Voirie", "due_on": "2099-01-01"},
        ),
    ):
        assert code_of(who, command, **args) == CLOSED, command
    assert states(sitting) == before


def test_the_queue_is_worked_on_and_what_should_not_be_there_is_taken_away(
    sitting, moderator, clerk, host, ask, question, published
):
    other = ask("Où en est le marché de Dantokpa, dites ?")
    act(clerk, "sitting.close_doors")
    act(moderator, "review.claim", questions=[question])
    act(moderator, "question.label", question=question, add=["marché"])
    act(moderator, "question.merge", target=question, questions=[other])
    act(moderator, "question.reject", question=question, code="insult")
    act(moderator, "question.reject", question=published, code="personal_data")
    assert f"question/{published}" not in states(sitting)
    act(host, "poll.prepare", **VOTE)


def test_a_published_question_goes_when_its_author_wants(
    sitting, citizen, moderator, clerk, question
):
    act(moderator, "question.approve", question=question)
    act(clerk, "sitting.close_doors")
    act(citizen, "question.withdraw", question=question)
    assert f"question/{question}" not in states(sitting)


def test_all_goes_on_when_the_doors_open_again(sitting, moderator, clerk, question):
    act(clerk, "sitting.close_doors")
    with pytest.raises(Refused):
        act(moderator, "question.approve", question=question)
    act(clerk, "sitting.reopen_doors")
    act(moderator, "question.approve", question=question)
    assert states(sitting)[f"question/{question}"]["state"] == "approved"
