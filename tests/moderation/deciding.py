"""Deciding concerns and comments: the people who do, and one of either kind to be decided."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from communes.models import Person
from consultations.models import Concern, ConcernBoard, PendingRefusal
from live.protocol.errors import ErrorCode, Refused
from moderation.actions import sweep
from moderation.models import Decision
from tests.consultations.concerning import (
    ROAD,
    a_concern,
    act,
    board_context,
    board_states,
    said_by,
    states,
)
from tests.live.acting import act as act_as
from tests.support.factories import make_person

REPROACH = "Madame le maire, où est passé l'argent que la mairie a détourné pour cette rue ?"
KINDS = ("concern", "comment")


class One:
    """A concern or a comment, decided alike."""

    def __init__(self, kind: str, concern: Concern, text: str = "", *, published: bool = True):
        self.kind, self.concern, self.commune = kind, concern, concern.commune
        if kind == "concern":
            author = make_person()
            self.concern = a_concern(self.commune, author, text or ROAD, published=published)
            self.id = self.concern.pk
            return
        board = ConcernBoard.objects.filter(commune=self.commune)
        board.update(comment_moderation="after" if published else "before")
        self.id = said_by(concern, make_person(), text or "Chez nous, rue 12, aussi.").pk

    def do(self, person: Person, what: str, **args) -> dict:
        """`approve`, `reject`, `label`; or `second`, `undo` of what moderators decide."""
        named = {"concern": None, "comment": None, self.kind: self.id}
        if what in {"second", "undo"}:
            return act(self.concern, person, f"review.{what}", **named, **args).result
        if what == "label":
            return act(self.concern, person, "concern.label", **named, **args).result
        about = {self.kind: self.id}
        return act(self.concern, person, f"{self.kind}.{what}", **about, **args).result

    @property
    def review(self) -> dict:
        return board_states(self.commune)[f"{self.kind}_review/{self.id}"]

    @property
    def public(self) -> bool:
        return f"{self.kind}/{self.id}" in states(self.concern)

    def decided(self) -> list[str]:
        rows = Decision.objects.filter(**{self.kind: self.id}).order_by("pk")
        return list(rows.exclude(role="other").values_list("verdict", flat=True))


def refused(expected: ErrorCode, do, /, *args, **more) -> Refused:
    with pytest.raises(Refused) as caught:
        do(*args, **more)
    assert caught.value.code is expected, caught.value
    return caught.value


def board_act(commune, person: Person, name: str, **args):
    return act_as(board_context(commune, person), name, **args).result


def claimed(commune) -> dict[str, str]:
    found = board_states(commune)
    return {key: state["by_name"] for key, state in found.items() if "_claim/" in key}


def expire(commune) -> None:
    PendingRefusal.objects.update(until=timezone.now() - timedelta(seconds=1))
    for board, moving in sweep.due_on_boards([str(commune.pk)]).items():
        for what, key in moving.due:
            with transaction.atomic():
                sweep.do(board, what, key)
