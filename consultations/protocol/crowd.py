"""What a crowd does without a name: reactions, being there; and reminders for who comes later."""

from typing import Literal

from live.protocol.base import Message
from live.protocol.registry import registry

ReactionName = Literal["applaud", "agree", "unclear", "slower"]

#: Reactions are counted over windows of so many seconds.
REACTION_WINDOW_S = 10


class ReactionCounts(Message):
    """Key `reactions`, and latest value of the same name: how often each was sent in the window of
    ten seconds that began at `window`. Old counts mean nothing: clients let them fade when
    `window` lies more than two windows back."""

    window: int
    applaud: int
    agree: int
    unclear: int
    slower: int


class ExposureState(Message):
    """Latest value `exposure`: how much attention there has been so far, in person-minutes
    (`person_minutes` at `at`; it grows by `people` a minute), for the order "what rises".

    A question's rise, to sort by, highest first::

        supports / (now - seen_from + max(10, people))

    with `supports` and `seen_from` of `support/<id>`, and now = person_minutes + people × minutes
    since `at`. `seen_from` is what `person_minutes` was when the question was published, so the
    divisor is how many person-minutes it has been there to be seen, plus one minute of the room:
    a question published late is not held back by the supports that older ones gathered before.
    """

    at: int
    people: int
    person_minutes: float


class SendReaction(Message):
    reaction: ReactionName


class MyReminder(Message):
    """`mine` value `reminder`: I am told when this sitting starts, by these ways. Without any
    (no e-mail address, no notifications allowed on a device) there is nothing to tell by."""

    email: bool
    push: bool


registry.add_key("reactions", ReactionCounts, public=True)
registry.add_kinds("reactions", "reactions.counted")
registry.add_latest("exposure", ExposureState)
registry.add_mine("reminder", MyReminder)
