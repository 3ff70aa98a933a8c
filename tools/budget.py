"""How much JavaScript a citizen's page loads before the player: a promise, so a check.

Reads the bundler's manifest: what the entry and the island of a sitting's page import at once,
and the island's words in the language that has most to say. The player's library comes later.
"""

import gzip
import json
import re
import sys
from typing import Any

from tools.console import ROOT, say

BUNDLE = ROOT / "frontend" / "dist"
ENTRY = "frontend/src/main.ts"
#: The island of a sitting's page, and what it goes on with: one of them is loaded at once. What is
#: loaded when it is first needed (a form behind a button) is not counted.
ISLAND = "frontend/src/islands/room/"
ROOMS = ("LiveRoom", "ReplayRoom")
#: Its words, one chunk a language.
WORDS = re.compile(r"virtual:words/\w+/room$")
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
    island = f"{ISLAND}index.ts"
    rooms = [f"{ISLAND}{room}.svelte" for room in ROOMS]
    missing = [name for name in (ENTRY, island, *rooms) if name not in manifest]
    if missing:
        say(f"{BUNDLE}/manifest.json has no {', '.join(missing)}")
        return 1
    words = [name for name in manifest if WORDS.search(name)]
    if not words:
        say(f"{BUNDLE}/manifest.json has no words for {ISLAND}")
        return 1
    longest = max(words, key=lambda name: compressed(manifest, name))
    totals = []
    for room in rooms:
        sizes = {
            name: compressed(manifest, name)
            for name in closure(manifest, ENTRY, island, room, longest)
            if manifest[name]["file"].endswith(".js")
        }
        totals.append(sum(sizes.values()))
        for name, size in sorted(sizes.items(), key=lambda item: -item[1]):
            say(f"{size:8,} B  {name}")
        say(f"{totals[-1]:8,} B  of {BUDGET_BYTES:,} allowed")
    return 0 if max(totals) <= BUDGET_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
