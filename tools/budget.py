"""How much JavaScript a citizen's page loads before the player: a promise, so a check.

Reads the bundler's manifest: what the entry and the island of a sitting's page import at once.
What they import later (the player's library) is not counted here but shown.
"""

import gzip
import json
import sys
from typing import Any

from tools.console import ROOT, say

BUNDLE = ROOT / "frontend" / "dist"
ENTRY = "frontend/src/main.ts"
#: The island of a sitting's page, live and replay.
ISLAND = "frontend/src/islands/room/"
BUDGET_BYTES = 60_000

Manifest = dict[str, dict[str, Any]]


def closure(manifest: Manifest, *names: str) -> set[str]:
    """The chunks that these chunks cannot do without, themselves included."""
    found: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += manifest[name].get("imports", [])
    return found


def compressed(manifest: Manifest, name: str) -> int:
    """Bytes of a chunk as it travels (gzip -9, as whitenoise does)."""
    return len(gzip.compress((BUNDLE / manifest[name]["file"]).read_bytes(), 9))


def main() -> int:
    manifest: Manifest = json.loads((BUNDLE / "manifest.json").read_text())
    islands = [name for name in manifest if name.startswith(ISLAND)]
    if ENTRY not in manifest or not islands:
        say(f"{BUNDLE}/manifest.json has no {ENTRY} or nothing below {ISLAND}")
        return 1
    sizes = {
        name: compressed(manifest, name)
        for name in closure(manifest, ENTRY, *islands)
        if manifest[name]["file"].endswith(".js")
    }
    total = sum(sizes.values())
    for name, size in sorted(sizes.items(), key=lambda item: -item[1]):
        say(f"{size:8,} B  {name}")
    say(f"{total:8,} B  of {BUDGET_BYTES:,} allowed")
    return 0 if total <= BUDGET_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
