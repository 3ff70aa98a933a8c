"""How many near duplicates are found, and how fast: `python -m bench.duplicates [--tune]`.

The labelled sample (`bench/data/questions_fr.json`) goes through the product's own action in a
database of its own, in several random orders, as questions of a sitting. Two questions count as
found together when they end in the same group. Every other group and every other single question
is for choosing the threshold (`--tune`), the rest for the report: what is reported was not used
to choose.
"""

import argparse
import itertools
import json
import os
import random
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

_FOLDER = tempfile.TemporaryDirectory(prefix="palabre-bench-")
os.environ.update(DATA_DIR=_FOLDER.name, DATABASE_URL="", DJANGO_SETTINGS_MODULE="config.settings")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from communes.models import Person  # noqa: E402
from consultations.actions.questions import submit  # noqa: E402
from consultations.protocol import SubmitQuestion  # noqa: E402
from live.actions.context import Context  # noqa: E402
from moderation import similarity  # noqa: E402
from moderation.models import IndexedQuestion  # noqa: E402
from tests.support.factories import make_sitting  # noqa: E402

SAMPLE = Path(__file__).parent / "data" / "questions_fr.json"
ORDERS = 3


@dataclass(frozen=True)
class Labelled:
    text: str
    #: Questions with the same label ask the same.
    label: int


@dataclass
class Score:
    """Pairs of questions, summed over orders."""

    found: int = 0
    right: int = 0
    wanted: int = 0
    groups: int = 0
    whole: int = 0
    seconds: float = 0.0
    questions: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0

    def line(self, name: str) -> str:
        both = self.precision + self.recall
        f1 = 2 * self.precision * self.recall / both if both else 0.0
        return (
            f"{name:<24} precision {self.precision:.3f}  recall {self.recall:.3f}  F1 {f1:.3f}  "
            f"groups whole {self.whole}/{self.groups}  "
            f"{1000 * self.seconds / max(1, self.questions):.2f} ms a question"
        )


def sample(half: int | None) -> list[Labelled]:
    """The sample, or one half of it."""
    data = json.loads(SAMPLE.read_text(encoding="utf-8"))
    labels = itertools.count()
    found: list[Labelled] = []
    for kind in ("groups", "singles"):
        for number, texts in enumerate(data[kind]):
            if half is None or number % 2 == half:
                label = next(labels)
                group = texts if isinstance(texts, list) else [texts]
                found += [Labelled(text, label) for text in group]
    return found


def measure(questions: list[Labelled], orders: int = ORDERS) -> Score:
    """Put the questions to a sitting, in several orders, and look which came together."""
    score = Score()
    for order in range(orders):
        shuffled = random.Random(order).sample(questions, len(questions))  # noqa: S311
        placed = _ask(shuffled, score)
        _compare(shuffled, placed, score)
    return score


def _ask(questions: list[Labelled], score: Score) -> list[int | None]:
    sitting = make_sitting(state="live")
    keys = []
    for number, question in enumerate(questions):
        person = Person.objects.create_user(display_name=f"Voix {number}")
        context = Context(sitting.pk, person.pk)
        began = time.perf_counter()
        with transaction.atomic():
            keys.append(submit(context, SubmitQuestion(text=question.text)).pk)
        score.seconds += time.perf_counter() - began
        score.questions += 1
    rows = IndexedQuestion.objects.filter(question__in=keys)
    groups = dict(rows.values_list("question_id", "group_id"))
    return [groups[key] for key in keys]


def _compare(questions: list[Labelled], placed: list[int | None], score: Score) -> None:
    pairs = list(zip(questions, placed, strict=True))
    for (one, here), (two, there) in itertools.combinations(pairs, 2):
        together = here is not None and here == there
        same = one.label == two.label
        score.found += together
        score.wanted += same
        score.right += together and same
    members: dict[int, list[int | None]] = {}
    for question, place in pairs:
        members.setdefault(question.label, []).append(place)
    for places in members.values():
        if len(places) > 1:
            score.groups += 1
            score.whole += places[0] is not None and len(set(places)) == 1


def tune() -> None:
    """Precision and recall of every threshold, on the half that is for choosing it."""
    for step in range(34, 80, 2):
        similarity.THRESHOLD = step / 100
        print(measure(sample(0), orders=2).line(f"threshold {step / 100:.2f}"), flush=True)


def show(questions: list[Labelled]) -> None:
    """What went wrong, to read."""
    shuffled = random.Random(0).sample(questions, len(questions))  # noqa: S311
    placed = _ask(shuffled, Score())
    groups: dict[int, list[Labelled]] = {}
    for question, place in zip(shuffled, placed, strict=True):
        if place is not None:
            groups.setdefault(place, []).append(question)
    for members in groups.values():
        if len({member.label for member in members}) > 1:
            print("joined:", *(f"  [{m.label}] {m.text}" for m in members), sep="\n")
    for question, place in zip(shuffled, placed, strict=True):
        others = [q for q in shuffled if q.label == question.label and q is not question]
        if others and place is None:
            print("missed:", f"  {question.text}", f"  like: {others[0].text}", sep="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tune", action="store_true", help="try thresholds on the first half")
    parser.add_argument("--show", action="store_true", help="print mistakes of the first half")
    args = parser.parse_args()
    call_command("migrate", "--noinput", "--verbosity=0")
    if args.tune:
        tune()
    elif args.show:
        show(sample(0))
    else:
        for name, half in (
            ("chosen on (first half)", 0),
            ("reported (other half)", 1),
            ("all", None),
        ):
            questions = sample(half)
            print(measure(questions).line(f"{name}, {len(questions)}"), flush=True)


if __name__ == "__main__":
    main()
