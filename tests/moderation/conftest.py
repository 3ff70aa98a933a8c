"""A hearing with its people, and questions put to it; a commune with a concern."""

from collections.abc import Callable

import pytest

from communes.models import Commune, Person
from consultations.models import Concern
from consultations.protocol import SetRules
from live.actions.context import Context
from live.models import Sitting
from tests.consultations.concerning import a_concern
from tests.live.acting import a_person, a_sitting, act, context
from tests.support.factories import make_commune, make_person

from .deciding import KINDS, One

TEXT = "Où en est le marché de Dantokpa ?"


@pytest.fixture
def sitting() -> Sitting:
    return a_sitting()


@pytest.fixture
def citizen(sitting) -> Context:
    return context(sitting, a_person("Codjo"))


@pytest.fixture
def moderator(sitting) -> Context:
    return context(sitting, a_person("Sika", "moderator"), "moderator")


@pytest.fixture
def colleague(sitting) -> Context:
    return context(sitting, a_person("Bio", "moderator"), "moderator")


@pytest.fixture
def host(sitting) -> Context:
    return context(sitting, a_person("Maire", "host"), "host")


@pytest.fixture
def clerk(sitting) -> Context:
    return context(sitting, a_person("Greffe", "clerk"), "clerk")


@pytest.fixture
def ask(sitting) -> Callable[..., int]:
    """`ask(text, citizen)`: a new question; each of somebody else unless told."""

    def submit(text: str = TEXT, who: Context | None = None, **more) -> int:
        who = who or context(sitting, a_person("Quelqu'un"))
        return act(who, "question.submit", text=text, **more).result["question"]

    return submit


@pytest.fixture
def publish(ask, moderator) -> Callable[..., int]:
    """As `ask`, and approved."""

    def submit(text: str = TEXT, who: Context | None = None, **more) -> int:
        question = ask(text, who, **more)
        act(moderator, "question.approve", question=question)
        return question

    return submit


@pytest.fixture
def question(ask, citizen) -> int:
    return ask(TEXT, citizen)


@pytest.fixture
def rules(sitting, clerk) -> Callable[..., None]:
    def change(**wanted) -> None:
        act(clerk, "rules.set", **SetRules.model_validate(wanted).model_dump(exclude_none=True))

    return change


# ── a commune's desk ──────────────────────────────────────────────────────────────────────────


@pytest.fixture
def commune() -> Commune:
    return make_commune()


@pytest.fixture
def sika(commune) -> Person:
    return make_person(commune, "moderator", display_name="Sika")


@pytest.fixture
def bio(commune) -> Person:
    return make_person(commune, "moderator", display_name="Bio")


@pytest.fixture
def concern(commune) -> Concern:
    return a_concern(commune, make_person())


@pytest.fixture(params=KINDS)
def make(request, concern) -> Callable[..., One]:
    """`make(text)`: a concern, and another time a comment."""
    return lambda text="", published=True: One(request.param, concern, text, published=published)


@pytest.fixture
def one(make) -> One:
    return make()
