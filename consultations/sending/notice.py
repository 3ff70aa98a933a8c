"""One message to one person, however it travels."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Notice:
    """What to tell, in the person's language. `url` and `stop_url` are whole addresses; the second
    ends messages of this sort without signing in."""

    title: str
    body: str
    url: str
    stop_url: str
    #: Notifications with the same tag replace each other on a device.
    tag: str
