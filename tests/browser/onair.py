"""A hearing on air, by a publisher that is a process of its own."""

from tests.browser.room import Hearing
from tests.support.sender import Sender


class OnAir(Hearing):
    """`sender` can be killed, and sends again with `sender.send()`."""

    sender: Sender
