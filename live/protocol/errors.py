"""Why a command or a request was refused. The code is for programs, the message for people."""

from enum import StrEnum
from typing import Any


class ErrorCode(StrEnum):
    """Stable codes; `docs/protocol.md` lists them. Messages are in `live.transport.wording`."""

    MALFORMED = "malformed"
    UNKNOWN_COMMAND = "unknown_command"
    INVALID = "invalid"
    TOO_LARGE = "too_large"
    TOO_OFTEN = "too_often"
    BUSY = "busy"
    SIGN_IN = "sign_in"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    WRONG_STATE = "wrong_state"
    CONFLICT = "conflict"
    ALREADY_VOTED = "already_voted"
    QUESTIONS_CLOSED = "questions_closed"
    POLL_CLOSED = "poll_closed"
    CLOSED_DOORS = "closed_doors"
    SANCTIONED = "sanctioned"
    NOT_LISTED = "not_listed"
    NOT_IN_HALL = "not_in_hall"
    WRONG_CODE = "wrong_code"
    EXPIRED = "expired"
    INTERNAL = "internal"


class Refused(Exception):
    """A command that cannot be done. Nothing of it was kept.

    `field` names the argument at fault; `retry_after` is in seconds; `detail` goes to logs and to
    programs, never to the interface. `message` says it better than the code's own words would:
    anything whose `str` is text in the language of the moment. `data` tells programs what is so
    now, as after a conflict.
    """

    def __init__(
        self,
        code: ErrorCode,
        detail: str = "",
        *,
        field: str | None = None,
        retry_after: float | None = None,
        message: object = None,
        data: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.field = field
        self.retry_after = retry_after
        self.message = message
        self.data = data
