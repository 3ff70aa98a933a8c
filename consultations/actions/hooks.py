"""Where moderation joins in: `consultations` knows nothing of it."""

from collections.abc import Callable, Collection
from typing import Literal

from consultations.models import Comment, Concern, Question
from live.actions.context import Context
from live.protocol.errors import Refused
from live.timeline.append import By

#: What somebody may be excluded from.
Action = Literal["submit", "support", "vote", "react"]

#: (action, sitting, people) -> those of them who are excluded, with the refusal they get.
Guard = Callable[[Action, str, Collection[int]], dict[int, Refused]]
#: Looks at a question that came or was edited; may set flags and risk, before it is kept.
Screener = Callable[[Question], None]

#: A question that carries on for others is about to go: what becomes of those.
Leaving = Callable[[Question, By], None]

#: The same in a whole commune: (action, commune, people).
CommuneGuard = Callable[[Action, int, Collection[int]], dict[int, Refused]]
#: Looks at a concern, or a comment, that came; may set flags and risk, before it is kept.
ConcernScreener = Callable[[Concern], None]
CommentScreener = Callable[[Comment], None]

_guards: list[Guard] = []
_commune_guards: list[CommuneGuard] = []
_concern_screeners: list[ConcernScreener] = []
_comment_screeners: list[CommentScreener] = []
_screeners: list[Screener] = []
_leaving: list[Leaving] = []


def on_acting(guard: Guard) -> None:
    """Have `guard` asked before people act."""
    _guards.append(guard)


def on_arrival(screener: Screener) -> None:
    """Have `screener` look at every question that is asked or edited, after its row is saved."""
    _screeners.append(screener)


def on_leaving(hook: Leaving) -> None:
    """Have `hook` called before an author's withdrawal takes a question away."""
    _leaving.append(hook)


def excluded(action: Action, sitting_id: str, people: Collection[int]) -> dict[int, Refused]:
    """Those of `people` who may not do it, with the refusal each gets; for many at once."""
    found: dict[int, Refused] = {}
    for guard in _guards:
        found |= guard(action, sitting_id, people)
    return found


def check(action: Action, context: Context) -> None:
    """Raise `Refused` when this person is excluded from it."""
    refused = excluded(action, context.sitting_id, [context.person]).get(context.person)
    if refused is not None:
        raise refused


def on_acting_in_commune(guard: CommuneGuard) -> None:
    """Have `guard` asked before people act elsewhere than in a sitting."""
    _commune_guards.append(guard)


def on_concern(concern: ConcernScreener, comment: CommentScreener) -> None:
    """Have these look at every concern and every comment that comes, after its row is saved."""
    _concern_screeners.append(concern)
    _comment_screeners.append(comment)


def check_in(action: Action, commune_id: int, person: int) -> None:
    """Raise `Refused` when this person is excluded from it in a commune."""
    for guard in _commune_guards:
        refused = guard(action, commune_id, [person]).get(person)
        if refused is not None:
            raise refused


def screen_concern(concern: Concern) -> None:
    for screener in _concern_screeners:
        screener(concern)


def screen_comment(comment: Comment) -> None:
    for screener in _comment_screeners:
        screener(comment)


def leave(question: Question, by: By) -> None:
    """To be called before a question goes by its author's will."""
    for hook in _leaving:
        hook(question, by)


def screen(question: Question) -> None:
    for screener in _screeners:
        screener(question)
