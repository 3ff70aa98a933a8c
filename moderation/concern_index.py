"""Which concerns of a commune say the same: the words and the score of `moderation.similarity`,
over the concerns of a commune instead of the questions of a sitting."""

from dataclasses import dataclass

from django.db.models import Count

from consultations.actions.concern_states import PUBLIC
from consultations.models import Concern
from moderation.models import ConcernWord, IndexedConcern
from moderation.normalise import words
from moderation.similarity import CANDIDATES, SUGGESTED, Weights, score


@dataclass(frozen=True, slots=True)
class Likeness:
    """A concern that resembles a text; `score` from 0 to 1."""

    concern: int
    score: float


def index(concern: Concern) -> None:
    """Keep a concern's words, in the transaction that keeps the concern."""
    mine = words(concern.text)
    ConcernWord.objects.filter(concern=concern).delete()
    IndexedConcern.objects.update_or_create(
        concern=concern, defaults={"commune_id": concern.commune_id, "words": " ".join(mine)}
    )
    ConcernWord.objects.bulk_create(
        ConcernWord(commune_id=concern.commune_id, concern=concern, word=word) for word in mine
    )


def alike(
    commune_id: int, text: str, limit: int = 5, *, besides: int | None = None
) -> list[Likeness]:
    """Public concerns of a commune that say about the same as `text`, the most alike first: what
    somebody who is about to raise one may support instead. Reads only."""
    mine = words(text)
    if not mine:
        return []
    indexed = ConcernWord.objects.filter(commune=commune_id)
    known = _occurrences(commune_id, mine)
    # The rare words first: the common ones are in too many concerns to find by them.
    telling = sorted(known, key=lambda word: known[word])
    shared = (
        indexed.filter(word__in=telling, concern__state__in=PUBLIC)
        .exclude(concern=besides)
        .values_list("concern")
        .annotate(n=Count("id"))
        .order_by("-n", "-concern")
    )
    candidates = [key for key, _ in shared[:CANDIDATES]]
    theirs = {
        key: text.split()
        for key, text in IndexedConcern.objects.filter(concern__in=candidates).values_list(
            "concern_id", "words"
        )
    }
    others = {word for their_words in theirs.values() for word in their_words} - set(known)
    known |= _occurrences(commune_id, sorted(others))
    weights = Weights(known, IndexedConcern.objects.filter(commune=commune_id).count())
    found = [Likeness(key, score(mine, said, weights)) for key, said in theirs.items()]
    close = [one for one in found if one.score >= SUGGESTED]
    return sorted(close, key=lambda one: (-one.score, one.concern))[:limit]


def _occurrences(commune_id: int, wanted: list[str]) -> dict[str, int]:
    rows = ConcernWord.objects.filter(commune=commune_id, word__in=wanted).values_list("word")
    return dict(rows.annotate(n=Count("id")).order_by())
