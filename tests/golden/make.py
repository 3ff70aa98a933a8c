"""Makes the golden timelines: `python -m tests.golden.make`.

The expected states are found without a fold, by looking backwards for the last entry of each
key, so that a wrong fold cannot agree with itself.
"""

import json
import random
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Entry = dict[str, Any]


def entry(seq: int, kind: str, key: str, state: Any, actor: str = "moderator") -> Entry:
    return {
        "seq": seq,
        "at": 1_790_000_000_000 + seq * 1500,
        "kind": kind,
        "key": key,
        "state": state,
        "actor": actor,
    }


def last_states(entries: list[Entry]) -> dict[str, Any]:
    keys = sorted({item["key"] for item in entries})
    found = {}
    for key in keys:
        last = next(item for item in reversed(entries) if item["key"] == key)
        if last["state"] is not None:
            found[key] = last["state"]
    return found


def question_life() -> list[Entry]:
    def question(state: str) -> dict[str, Any]:
        return {"id": 7, "text": "Quand réparera-t-on la piste ?", "state": state, "signature": ""}

    return [
        entry(1, "sitting.opened", "sitting", {"state": "live", "title": "Séance"}, "clerk"),
        entry(2, "question.approved", "question/7", question("approved")),
        entry(3, "support.counted", "support/7", {"supports": 3}, "system"),
        entry(4, "question.shown", "question/7", question("on_screen"), "host"),
        entry(5, "screen.shown", "screen", {"shows": "question/7"}, "host"),
        entry(6, "question.answered", "question/7", question("answered"), "host"),
        entry(7, "screen.cleared", "screen", {"shows": None}, "host"),
        entry(8, "question.unpublished", "question/7", None),
        entry(9, "question.approved", "question/7", question("approved")),
        entry(10, "sitting.ended", "sitting", {"state": "ended", "title": "Séance"}, "clerk"),
    ]


def many_keys() -> list[Entry]:
    chance = random.Random(20261124)
    keys = [f"question/{n}" for n in range(1, 13)] + [f"tally/{n}" for n in range(1, 4)]
    entries = []
    for seq in range(1, 61):
        key = chance.choice(keys)
        gone = chance.random() < 0.15
        state = None if gone else {"n": seq, "nested": {"é": [seq, None, True]}}
        entries.append(entry(seq, "any.thing", key, state, "system"))
    return entries


def main() -> None:
    for name, entries in (("question_life", question_life()), ("many_keys", many_keys())):
        golden = {
            "entries": entries,
            "snapshots": [
                {"after": n, "states": last_states(entries[:n])} for n in range(len(entries) + 1)
            ],
        }
        text = json.dumps(golden, ensure_ascii=False, indent=1, sort_keys=True)
        (HERE / f"{name}.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
