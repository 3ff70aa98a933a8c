"""`docs/protocol.md`: the protocol for those who write another client."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from live.actions.lifecycle import TRANSITIONS
from live.protocol.errors import ErrorCode
from live.protocol.frames import MAX_COMMAND_BYTES
from live.protocol.registry import registry

from .schema import BODIES, CLIENT_FRAMES, SERVER_FRAMES, Schema, definitions

INTRODUCTION = f"""\
# The protocol

Made by `manage.py protocol` from the models and the registry. Do not edit.

A client opens `/ws/sittings/<id>/?since=<seq>&epoch=<epoch>&stream=public|staff&ticket=…`, all
parameters optional, and gets JSON text frames, one message each. `welcome` comes first, then
what it lacks: `entries` after its position, or a `snapshot` when the position is unknown. From
then on `entries` and `latest` follow as things happen. Folding the entries (the last state of
each key; `null` removes it) gives the present. Positions have no gaps: an entry that does not
follow the last one means that the client asks again with `since`.

Clients send commands, at most {MAX_COMMAND_BYTES} bytes each, with an `id` of their own choice;
the answer is `ack` or `refused` with the same `id`. Sending the same command twice is harmless.
"""


def render() -> str:
    """The whole page, in Markdown."""
    models = definitions()
    shown: set[str] = set()
    parts = [INTRODUCTION]

    def models_of(classes: Iterable[type[BaseModel]]) -> None:
        for model in classes:
            if model.__name__ not in shown:
                shown.add(model.__name__)
                parts.append(_model(model, models))

    parts.append("## From the server\n")
    models_of(SERVER_FRAMES)
    parts.append("## From the client\n")
    models_of(CLIENT_FRAMES)
    parts.append("## Keys\n")
    parts.append(_keys())
    models_of(spec.state for spec in registry.keys.values())
    models_of(registry.latest.values())
    models_of(registry.mine.values())
    parts.append("## Commands\n")
    parts.append(_commands())
    models_of(registry.commands[name].args for name in sorted(registry.commands))
    parts.append("## Over HTTP\n")
    models_of(BODIES)
    parts.append("## Other shapes\n")
    parts.extend(_fields(name, schema) for name, schema in models.items()
                 if name not in shown and "properties" in schema)  # fmt: skip
    parts.append("## States of a sitting\n")
    parts.append(_table(("transition", "from", "to"), (
        (f"`sitting.{name}`", _names(str(s) for s in step.sources), f"`{step.target}`")
        for name, step in TRANSITIONS.items()
    )))  # fmt: skip
    parts.append("## Kinds of entries\n")
    parts.append(_table(("kind", "key"), (
        (f"`{kind.name}`", f"`{_key(kind.prefix)}`")
        for kind in sorted(registry.kinds.values(), key=lambda kind: kind.name)
    )))  # fmt: skip
    parts.append("## Refusals\n")
    parts.append(", ".join(f"`{code}`" for code in ErrorCode) + ".\n")
    return "\n".join(parts)


SINGLE = {"sitting", "screen", "stream", "publisher", "presence"}


def _key(prefix: str) -> str:
    return prefix if prefix in SINGLE else f"{prefix}/<id>"


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _keys() -> str:
    rows = [
        (f"`{_key(spec.prefix)}`", "everyone" if spec.public else "staff", spec.state.__name__)
        for spec in registry.keys.values()
    ]
    rows += [
        (f"`{_key(prefix)}`", "everyone, `latest` only", model.__name__)
        for prefix, model in registry.latest.items()
    ]
    rows += [
        (f"`{_key(prefix)}`", "the person, `mine`", model.__name__)
        for prefix, model in registry.mine.items()
    ]
    return _table(("key", "audience", "state"), rows)


def _commands() -> str:
    return _table(("command", "arguments", "who", "how often"), (
        (
            f"`{name}`",
            command.args.__name__,
            ", ".join(sorted(command.roles)) or "signed in",
            command.rate,
        )
        for name, command in sorted(registry.commands.items())
    ))  # fmt: skip


def _model(model: type[BaseModel], models: dict[str, Schema]) -> str:
    return _fields(model.__name__, models[model.__name__])


def _fields(name: str, schema: Schema) -> str:
    meaning = schema.get("description", "")
    rows = [
        (
            f"`{field}`",
            f"`{_type(kind)}`",
            "" if field in schema.get("required", ()) else "optional",
        )
        for field, kind in schema.get("properties", {}).items()
    ]
    table = _table(("field", "type", ""), rows) if rows else "No fields.\n"
    return "\n".join([f"### {name}\n", *([meaning + "\n"] if meaning else []), table])


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    lines += [f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _type(schema: Any) -> str:
    """A short name for the type of a field."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return repr(schema["const"]).replace("'", '"')
    if "enum" in schema:
        return " or ".join(f'"{value}"' for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_type(choice) for choice in schema["anyOf"])
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    if schema.get("type") == "object":
        inner = schema.get("additionalProperties")
        return f"{{…: {_type(inner)}}}" if isinstance(inner, dict) else "{…}"
    limits = [
        f"{word} {schema[key]}"
        for key, word in (("minLength", "from"), ("maxLength", "to"), ("pattern", "like"))
        if key in schema
    ]
    return " ".join([str(schema.get("type", "any")), *limits])
