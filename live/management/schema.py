"""The JSON Schema of everything that travels, from the Pydantic models and the registry."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from live.archive.manifest import Manifest
from live.protocol import frames
from live.protocol.errors import ErrorCode
from live.protocol.registry import registry
from live.transport.api import PreviewAddress, PublishToken
from live.transport.following import Ticket
from live.transport.media_status import MediaReport

Schema = dict[str, Any]

#: Server to client, in the order a client meets them; then what a client sends.
SERVER_FRAMES: tuple[type[BaseModel], ...] = (
    frames.WelcomeFrame,
    frames.SnapshotFrame,
    frames.EntriesFrame,
    frames.LatestFrame,
    frames.MineFrame,
    frames.AckFrame,
    frames.RefusedFrame,
)
CLIENT_FRAMES: tuple[type[BaseModel], ...] = (frames.CommandFrame,)
#: Bodies of HTTP answers that islands read.
BODIES: tuple[type[BaseModel], ...] = (
    Manifest,
    Ticket,
    PublishToken,
    PreviewAddress,
    MediaReport,
)


def state_models() -> list[type[BaseModel]]:
    """Models of states: what the server says."""
    specs = (*(spec.state for spec in registry.keys.values()),)
    return _once(*specs, *registry.latest.values(), *registry.mine.values())


def argument_models() -> list[type[BaseModel]]:
    """Models of commands' arguments: what a client says."""
    return _once(*(command.args for command in registry.commands.values()))


def _once(*models: type[BaseModel]) -> list[type[BaseModel]]:
    return list(dict.fromkeys(models))


def definitions() -> dict[str, Schema]:
    """A schema per model, by its name, in a stable order, with `#/$defs/` references.

    What the server sends is described as written (fields with defaults are there), what a client
    sends as read (they may be left out).
    """
    said: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (model, "serialization") for model in (*SERVER_FRAMES, *BODIES, *state_models())
    ]
    heard: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (model, "validation") for model in (*CLIENT_FRAMES, *argument_models())
    ]
    _, schema = models_json_schema([*said, *heard])
    found: dict[str, Schema] = schema["$defs"]
    found.setdefault("ErrorCode", {"enum": [str(code) for code in ErrorCode], "type": "string"})
    optional = {model.__name__ for model, _ in heard}
    for name, model in found.items():
        if "properties" in model and name not in optional:
            model["required"] = list(model["properties"])
    return {name: _untitled(found[name]) | {"title": name} for name in sorted(found)}


def _untitled(schema: Any) -> Any:
    """Without the titles that Pydantic makes of field names: each would become a type."""
    if isinstance(schema, list):
        return [_untitled(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _untitled(field) for name, field in value.items()}
        if key == "properties"
        else _untitled(value)
        for key, value in schema.items()
        if key != "title" or not isinstance(value, str)
    }


def document() -> Schema:
    """One schema that names every model, for tools that want a root."""
    models = definitions()
    return {
        "title": "Models",
        "description": "Every model by its name.",
        "type": "object",
        "properties": {name: {"$ref": f"#/$defs/{name}"} for name in models},
        "required": list(models),
        "additionalProperties": False,
        "$defs": models,
    }
