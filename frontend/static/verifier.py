#!/usr/bin/env python3
"""Check a transparency report: python3 verifier.py empreintes.csv [decisions.csv]

Needs Python 3.9 or later and nothing else. Reads the two tables as the report gives them,
computes every digest again, and says the last one: compare it with the one you noted before.
Ends with status 1 when something was changed, removed or slipped in.
"""

import csv
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Optional

Table = list[dict[str, str]]

SAID = ("seq", "at_us", "kind", "key", "commitment")


def lines(path: str) -> Table:
    with Path(path).open(encoding="utf-8-sig", newline="") as table:
        return list(csv.DictReader(table, delimiter=";"))


def broken_at(chain: Table) -> Optional[int]:  # noqa: UP045
    """The first line that does not follow from those before it, or None."""
    previous = ""
    for number, line in enumerate(chain, start=1):
        text = "\n".join([previous] + [line[name] for name in SAID])
        computed = hashlib.sha256(text.encode()).hexdigest()
        if line["digest"] != computed or line["seq"] != str(number):
            return number
        previous = computed
    return None


def unvouched(decisions: Table, chain: Table) -> Iterator[dict[str, str]]:
    """Decisions whose entry is not in the chain, or was made in another role."""
    entries = {line["seq"]: line for line in chain}
    for row in decisions:
        entry = entries.get(row["seq"])
        if entry is None or (entry["digest"], entry["role"]) != (row["digest"], row["role"]):
            yield row


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")


def main(paths: list[str]) -> int:
    if not 1 <= len(paths) <= 2:
        say(__doc__)
        return 2
    chain = lines(paths[0])
    at = broken_at(chain)
    if at is not None:
        say("Broken at line", at)
        return 1
    for row in unvouched(lines(paths[1]), chain) if len(paths) == 2 else ():
        say("Not in the chain: the decision of entry", row["seq"] or "?")
        return 1
    say(len(chain), "entries hold. The last digest:", chain[-1]["digest"] if chain else "none")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
