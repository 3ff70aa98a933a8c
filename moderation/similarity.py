"""Which questions of a sitting ask the same.

Every question is indexed by its normalised words. What shares telling words with a text is fetched
from the index (never the whole sitting), and compared word by word; words that do not match as
they are may match by spelling (RapidFuzz). Each word weighs what it tells: the rarer among the
sitting's questions, the more (inverse document frequency), so that "route" means little and
"Zogbo" much.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count
from rapidfuzz.distance import JaroWinkler

from consultations.models import Question, QuestionState
from moderation.models import Group, IndexedQuestion, IndexedWord
from moderation.normalise import words

#: From here on two questions are shown as near duplicates; chosen on half of the labelled sample
#: (`bench/duplicates.py`), reported on the other.
THRESHOLD = 0.54
#: And so much alike must a question be, on average, to a whole group that it joins.
TOGETHER = 0.5
#: What is suggested to somebody who is typing may be a little further off.
SUGGESTED = 0.42
#: Spelling: words more alike than this count as the same, in part.
SPELLING = 0.88
#: Each speaks of a matter (`moderation.lexicon`) that the other does not.
APART = 0.8
#: Candidates compared with one text.
CANDIDATES = 60
#: The first questions of a sitting say little of which words are common. So many are supposed to
#: have come before, in which so many had a word for a matter (`moderation.lexicon`), or any other:
#: a place, a name.
BEFORE, BEFORE_MATTER, BEFORE_OTHER = 40, 4.0, 0.5
#: What even the commonest word weighs.
LEAST = 0.3
#: Questions that nobody should be pointed to.
GONE = (QuestionState.WITHDRAWN,)
PUBLIC = (
    QuestionState.APPROVED,
    QuestionState.HIGHLIGHTED,
    QuestionState.ON_SCREEN,
    QuestionState.ANSWERED,
)


@dataclass(frozen=True, slots=True)
class Match:
    """A question that resembles a text; `score` from 0 to 1."""

    question: int
    score: float
    group: int | None = None


def similar(sitting_id: str, text: str, limit: int = 5) -> list[Match]:
    """Published questions of a sitting that ask about the same as `text`, the most alike first:
    what somebody who is typing may support instead. Reads only."""
    matches = _matches(sitting_id, words(text))
    close = [match for match in matches if match.score >= SUGGESTED]
    public = set(
        Question.objects.filter(
            pk__in=[match.question for match in close], state__in=PUBLIC
        ).values_list("pk", flat=True)
    )
    return [match for match in close if match.question in public][:limit]


def place(question: Question) -> set[int]:
    """Index a question (again), and put it into the group of what it resembles most; the groups
    that this changes. Runs in the transaction that keeps the question."""
    mine = words(question.text)
    indexed = IndexedQuestion.objects.filter(question=question).first()
    before = indexed.group_id if indexed else None
    if indexed is not None:
        IndexedWord.objects.filter(question=question).delete()
    matches = _matches(question.sitting_id, mine, besides=question.pk)
    best = _best(matches)
    group = best.group if best else None
    if best is not None and group is None:
        group = Group.objects.create(sitting_id=question.sitting_id).pk
        IndexedQuestion.objects.filter(question=best.question).update(group=group)
    row = indexed or IndexedQuestion(question=question, sitting_id=question.sitting_id)
    row.group_id, row.words = group, " ".join(mine)
    row.save(force_insert=indexed is None)
    IndexedWord.objects.bulk_create(
        IndexedWord(sitting_id=question.sitting_id, question=question, word=word) for word in mine
    )
    return set() if group == before else {key for key in (before, group) if key is not None}


def _best(matches: list[Match]) -> Match | None:
    """The question that a new one belongs with: the most alike whose group it resembles as a
    whole, so that a group does not grow from question to question into another matter."""
    scores: dict[int, list[float]] = {}
    for match in matches:
        if match.group is not None:
            scores.setdefault(match.group, []).append(match.score)
    for match in matches:
        if match.score < THRESHOLD:
            return None
        theirs = scores[match.group] if match.group is not None else [match.score]
        if sum(theirs) / len(theirs) >= TOGETHER:
            return match
    return None


def members(group: int) -> list[int]:
    """The questions of a group, oldest first."""
    rows = IndexedQuestion.objects.filter(group=group).order_by("question")
    return list(rows.values_list("question_id", flat=True))


def _matches(sitting_id: str, mine: list[str], besides: int | None = None) -> list[Match]:
    """Questions that share words with these, scored, the most alike first."""
    if not mine:
        return []
    indexed = IndexedWord.objects.filter(sitting=sitting_id)
    total = IndexedQuestion.objects.filter(sitting=sitting_id).count()
    known = dict(
        indexed.filter(word__in=mine).values_list("word").annotate(n=Count("id")).order_by()
    )
    telling = sorted(known, key=lambda word: known[word])
    candidates = _candidates(sitting_id, telling, besides)
    rows = IndexedQuestion.objects.filter(question__in=candidates).exclude(question__state__in=GONE)
    found = []
    theirs = {row.question_id: (row.words.split(), row.group_id) for row in rows}
    others = {word for their_words, _ in theirs.values() for word in their_words} - set(known)
    known |= dict(
        indexed.filter(word__in=others).values_list("word").annotate(n=Count("id")).order_by()
    )
    weights = Weights(known, total)
    for key, (their_words, group) in theirs.items():
        found.append(Match(key, score(mine, their_words, weights), group))
    return sorted(found, key=lambda match: (-match.score, match.question))


def _candidates(sitting_id: str, telling: list[str], besides: int | None) -> list[int]:
    """Questions that have most of these words, the rare ones first."""
    shared = (
        IndexedWord.objects.filter(sitting=sitting_id, word__in=telling)
        .exclude(question=besides)
        .values_list("question")
        .annotate(n=Count("id"))
        .order_by("-n", "-question")
    )
    return [key for key, _ in shared[:CANDIDATES]]


class Weights:
    """How much each word tells, given in how many of `total` questions it occurs."""

    def __init__(self, occurrences: dict[str, int], total: int) -> None:
        self._occurrences = occurrences
        self._total = total + BEFORE

    def __getitem__(self, word: str) -> float:
        before = BEFORE_MATTER if word.isupper() else BEFORE_OTHER
        return LEAST + math.log(self._total / (self._occurrences.get(word, 0) + before))


def score(mine: Iterable[str], theirs: Iterable[str], weights: Weights) -> float:
    """How much two questions have in common, 0 to 1: the weight of what both say over the weight
    of all they say (Dice)."""
    left, right = set(mine), set(theirs)
    if not left or not right:
        return 0.0
    shared = 2 * sum(weights[word] for word in left & right)
    only_left, only_right = left - right, right - left
    for word in sorted(left - right):
        near, alike = _nearest(word, only_right)
        if near is not None:
            only_left.discard(word)
            only_right.discard(near)
            shared += alike * (weights[word] + weights[near])
    everything = sum(weights[word] for word in left) + sum(weights[word] for word in right)
    apart = any(map(str.isupper, only_left)) and any(map(str.isupper, only_right))
    return shared / everything * (APART if apart else 1)


def _nearest(word: str, others: set[str]) -> tuple[str | None, float]:
    """The word of `others` that is spelt most alike, when it is alike enough."""
    best, alike = None, SPELLING
    if len(word) < 4 or word.isdigit() or word.isupper():
        return None, 0.0
    for other in others:
        if len(other) < 4 or other.isdigit() or other.isupper():
            continue
        found = JaroWinkler.similarity(word, other, score_cutoff=alike)
        if found > alike or (found == alike and best is None):
            best, alike = other, found
    return best, alike if best is not None else 0.0
