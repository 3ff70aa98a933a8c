"""A desk with work on it: questions as the timeline carries them, many at once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from playwright.async_api import Page

from communes.models import Commune, Person
from consultations.actions.transitions import tell_staff
from consultations.models import Question, QuestionState
from live.actions.context import Context, hold
from live.models import Sitting
from live.protocol.registry import registry
from live.timeline.append import By
from tests.support.factories import make_commune, make_person, make_sitting
from tests.support.world import World

SUBJECTS = (
    "le marché de Dantokpa",
    "la voirie d'Akpakpa",
    "les caniveaux de Zogbo",
    "l'école de Fidjrossè",
    "l'éclairage de Cadjèhoun",
    "la collecte des ordures à Vèdoko",
    "le budget des fêtes",
    "l'eau potable à Ladji",
)
ASKING = (
    "Quand la mairie va-t-elle s'occuper enfin de {subject} ?",
    "Combien a coûté {subject} l'an dernier, et qui a été payé ?",
    "Pourquoi rien n'avance-t-il pour {subject} malgré les promesses de la dernière audience, "
    "alors que tout le quartier attend depuis deux ans ?",
    "Peut-on voir les comptes de {subject} ?",
)
CITIZENS = 40


class Desk:
    """A hearing that is live, with its moderators and citizens."""

    def __init__(self) -> None:
        self.commune: Commune = make_commune()
        self.sitting: Sitting = make_sitting(self.commune)
        # Its address is wanted where nothing can be looked up.
        self.sitting.commune = self.commune
        self.items = list(self.sitting.agenda.values_list("pk", flat=True))
        self.citizens = [make_person() for _ in range(CITIZENS)]
        self.made = 0

    def moderator(self, name: str) -> Person:
        return make_person(self.commune, "moderator", display_name=name)

    @transaction.atomic
    def fill(self, count: int, wait_s: float = 3600) -> list[int]:
        """So many questions that wait, the oldest for `wait_s`; written as their submission
        writes them, without the filters. Their ids, oldest first."""
        hold(self.sitting.pk)
        now, by = timezone.now(), By("citizen")
        made = []
        for index in range(count):
            number = self.made + index
            question = Question.objects.create(
                sitting=self.sitting,
                author=self.citizens[number % CITIZENS],
                text=f"{number}. {_text(number)}",
                agenda_item_id=[*self.items, None][number % (len(self.items) + 1)],
                submitted_at=now - timedelta(seconds=wait_s * (count - index) / count),
            )
            tell_staff(question, "question.submitted", by)
            made.append(question.pk)
        self.made += count
        return made

    def ask(self, text: str, **more: Any) -> int:
        """A question through the filters, of somebody new."""
        return int(self.act(make_person(), "question.submit", text=text, **more)["question"])

    def act(self, person: Person, command: str, *roles: str, **args: Any) -> dict[str, Any]:
        """A command as the socket gives it; what it came to."""
        found = registry.commands[command]
        context = Context(self.sitting.pk, person.pk, person.display_name, frozenset(roles))
        with transaction.atomic():
            return found.handle(context, found.args.model_validate(args)).result

    def states(self, questions: Sequence[int]) -> dict[int, str]:
        rows = Question.objects.filter(pk__in=questions)
        return dict(rows.values_list("pk", "state"))

    def state(self, question: int) -> str:
        return Question.objects.values_list("state", flat=True).get(pk=question)


def _text(number: int) -> str:
    asking = ASKING[number % len(ASKING)]
    return asking.format(subject=SUBJECTS[number // len(ASKING) % len(SUBJECTS)])


async def enter(page: Page, palabre: World, desk: Desk) -> Page:
    """Open the desk, and wait until its first questions are there."""
    await page.goto(palabre.page_url(desk.sitting, "moderation"))
    await page.wait_for_selector("[data-connection=live]", timeout=30_000)
    await page.wait_for_selector("[data-review]", timeout=30_000)
    return page


PENDING = QuestionState.PENDING
