"""How much JavaScript a citizen's page loads before the player: a promise, so a check.

Reads the bundler's manifest: what the entry and the island of a page import at once, and the
island's words in the language that has most to say. The player's library comes later.
"""

import gzip
import json
import re
import sys
from typing import Any

from tools.console import ROOT, say

BUNDLE = ROOT / "frontend" / "dist"
ENTRY = "frontend/src/main.ts"
#: The islands of citizens' pages, and what they go on with: one of those is loaded at once. What is
#: loaded when it is first needed (a form behind a button) is not counted.
ISLANDS = "frontend/src/islands"
PAGES = {"room": ("LiveRoom", "ReplayRoom"), "concern": (), "concerns": ()}
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


def heaviest(manifest: Manifest, page: str, further: tuple[str, ...]) -> int | None:
    """Bytes of what a page loads at most, said chunk by chunk; None where something is missing."""
    island = f"{ISLANDS}/{page}/index.ts"
    rooms = [f"{ISLANDS}/{page}/{room}.svelte" for room in further]
    # Its words, one chunk a language.
    words = [name for name in manifest if re.search(rf"virtual:words/\w+/{page}$", name)]
    missing = [name for name in (ENTRY, island, *rooms) if name not in manifest]
    if missing or not words:
        say(f"{BUNDLE}/manifest.json has no {', '.join(missing) or f'words for {page}'}")
        return None
    longest = max(words, key=lambda name: compressed(manifest, name))
    totals = []
    for parts in [[room] for room in rooms] or [[]]:
        sizes = {
            name: compressed(manifest, name)
            for name in closure(manifest, ENTRY, island, longest, *parts)
            if manifest[name]["file"].endswith(".js")
        }
        totals.append(sum(sizes.values()))
        for name, size in sorted(sizes.items(), key=lambda item: -item[1]):
            say(f"{size:8,} B  {name}")
        say(f"{totals[-1]:8,} B  of {BUDGET_BYTES:,} allowed")
    return max(totals)


def main() -> int:
    manifest: Manifest = json.loads((BUNDLE / "manifest.json").read_text())
    totals = [heaviest(manifest, page, further) for page, further in PAGES.items()]
    return 0 if all(one is not None and one <= BUDGET_BYTES for one in totals) else 1


if __name__ == "__main__":
    sys.exit(main())
