"""From a client's frame to a queued command."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from live.actions.context import Context
from live.delivery.writer import current_writer
from live.protocol.base import Message
from live.protocol.errors import ErrorCode, Refused
from live.protocol.frames import MAX_COMMAND_BYTES, CommandFrame
from live.protocol.registry import Command, Done, registry

from .limits import PER_ADDRESS, spend

#: 2^53 - 1 (RFC 8259 section 6): larger ones are no id of ours.
MAX_INTEGER = 9_007_199_254_740_991


@dataclass(frozen=True)
class Sender:
    """Who sends, from where."""

    context: Context
    address: str


def decode(raw: str | bytes) -> CommandFrame:
    """A client's frame; raises `Refused`."""
    if len(raw) > MAX_COMMAND_BYTES:
        raise Refused(ErrorCode.TOO_LARGE, f"more than {MAX_COMMAND_BYTES} bytes")
    try:
        return CommandFrame.model_validate_json(raw)
    except ValidationError as error:
        raise Refused(ErrorCode.MALFORMED, _first(error)) from error


def prepare(frame: CommandFrame, sender: Sender) -> tuple[Command[Any], Message]:
    """The command and its arguments, permitted and within limits; raises `Refused`."""
    command = registry.commands.get(frame.command)
    if command is None:
        raise Refused(ErrorCode.UNKNOWN_COMMAND, frame.command)
    context = sender.context
    if context.person_id is None:
        raise Refused(ErrorCode.SIGN_IN)
    if context.kind not in command.on:
        raise Refused(ErrorCode.UNKNOWN_COMMAND, f"{command.name} is not for a {context.kind}")
    if command.roles and not command.roles & context.roles:
        raise Refused(ErrorCode.FORBIDDEN, f"needs one of {sorted(command.roles)}")
    # Their own limit first: whoever floods uses up nobody else's share of the address, which may
    # be a whole town's.
    spend(command.rate, command.name, str(context.person_id))
    spend(PER_ADDRESS, "address", sender.address)
    if command.sitting_rate is not None:
        spend(command.sitting_rate, command.name, context.kind, context.subject_id)
    if not _storable(frame.args):
        raise Refused(ErrorCode.INVALID, "a number or a character that no database holds")
    try:
        return command, command.args.model_validate(frame.args)
    except ValidationError as error:
        place = error.errors()[0]["loc"]
        field = str(place[0]) if place else None
        raise Refused(ErrorCode.INVALID, _first(error), field=field) from error


def _storable(value: Any) -> bool:
    """Whether every database can hold what a client sends: no NUL in texts (PostgreSQL refuses
    it), no number beyond what JavaScript counts exactly."""
    if isinstance(value, str):
        return "\0" not in value
    if isinstance(value, int):
        return abs(value) <= MAX_INTEGER
    if isinstance(value, dict):
        return all(_storable(key) and _storable(inner) for key, inner in value.items())
    return not isinstance(value, list) or all(map(_storable, value))


async def dispatch(frame: CommandFrame, sender: Sender) -> Done:
    """Do a command and return what it came to, durably; raises `Refused`."""
    command, args = prepare(frame, sender)
    return await current_writer().do(command, sender.context, args, frame.id)


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
