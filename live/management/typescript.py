"""`frontend/src/generated/`: `protocol.ts`, types from the schema; `tables.ts`, from the registry.

Apart from each other, so that a citizen's page does not load what only staff's pages read.
"""

import json
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from live.actions.lifecycle import TRANSITIONS
from live.protocol.frames import MAX_COMMAND_BYTES
from live.protocol.registry import registry

from .schema import SERVER_FRAMES, document

HEADER = """\
// Made by `manage.py protocol` from the Pydantic models and the registry. Do not edit.
"""


class NoTool(Exception):
    """`json2ts` is not installed."""


def render(root: Path) -> str:
    """The whole module; raises `NoTool` when `npm ci` was not run."""
    frames = " | ".join(model.__name__ for model in SERVER_FRAMES)
    return "\n".join(
        [
            HEADER,
            _types(root),
            f"export type ServerFrame = {frames};",
            "",
            _interface("KeyFamilies", "State of each family of keys.", {
                spec.prefix: spec.state.__name__ for spec in registry.keys.values()
            }),
            _interface("LatestFamilies", "Values that come without position.", {
                prefix: model.__name__ for prefix, model in registry.latest.items()
            }),
            _interface("MineFamilies", "Values that concern one person alone.", {
                prefix: model.__name__ for prefix, model in registry.mine.items()
            }),
            _interface("CommandArgs", "Arguments of each command.", {
                name: command.args.__name__ for name, command in sorted(registry.commands.items())
            }),
            "export type CommandName = keyof CommandArgs;",
            "",
            "/** Every kind of entry. */",
            f"export type EntryKind ={_union(sorted(registry.kinds))};",
            "",
            f"export const MAX_COMMAND_BYTES = {MAX_COMMAND_BYTES};",
            "",
        ]
    )  # fmt: skip


def render_tables() -> str:
    """The module of tables that staff's pages read."""
    return "\n".join(
        [
            HEADER,
            'import type { CommandName } from "./protocol";',
            "",
            "/** Roles that may send a command; none: anyone signed in. */",
            "export const COMMAND_ROLES: Readonly<Record<CommandName, readonly string[]>> = {",
            *(
                f"  {json.dumps(name)}: {json.dumps(sorted(command.roles))},"
                for name, command in sorted(registry.commands.items())
            ),
            "};",
            "",
            "/** States from which a sitting can make each transition. */",
            "export const TRANSITIONS: Readonly<Record<string, readonly string[]>> = {",
            *(
                f"  {json.dumps(name)}: {json.dumps(sorted(str(s) for s in step.sources))},"
                for name, step in TRANSITIONS.items()
            ),
            "};",
            "",
        ]
    )


def _types(root: Path) -> str:
    tool = root / "node_modules" / ".bin" / "json2ts"
    if not tool.exists():
        raise NoTool("json-schema-to-typescript is missing: run `npm ci` first")
    done = subprocess.run(  # noqa: S603 - a pinned tool of this repository, no outside input
        [tool, "--ignoreMinAndMaxItems", "--bannerComment=", "--style.printWidth=100"],
        input=json.dumps(document()),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip() + "\n"


def _interface(name: str, meaning: str, fields: Mapping[str, str]) -> str:
    rows = [f"  {json.dumps(key)}: {kind};" for key, kind in fields.items()]
    return "\n".join([f"/** {meaning} */", f"export interface {name} {{", *rows, "}", ""])


def _union(names: Iterable[str]) -> str:
    return "".join(f"\n  | {json.dumps(name)}" for name in names)
