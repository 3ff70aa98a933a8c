"""One reader in ten has stopped reading: what that costs the others, and the server's memory.

`python -m bench.stalled [--sockets 5000] [--rounds 4]`

Two of our servers run side by side, one whose crowd all reads, one with a tenth that never does
(connected, then silent). Entries come in eights until everything that stands between server and
the silent ones is full and they are let go; rounds alternate.
"""

import argparse
import urllib.request
from contextlib import ExitStack

from .fanout import figures, paced, start
from .native import prepare_machine
from .ours import Ours
from .record import Rounds, median, save, say
from .usage import forget_peak, peak_kb

BURSTS, TOGETHER = 25, 8
READING, STALLED = "everyone reads", "one in ten does not"


def dropped(port: int) -> float:
    """Clients that the server has let go of."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        for line in answer.read().decode().splitlines():
            if line.startswith("palabre_clients_dropped_total "):
                return float(line.split()[1])
    raise RuntimeError("no such figure")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=4)
    options = parser.parse_args()
    prepare_machine()
    silent = options.sockets // 10
    rounds = Rounds()
    with ExitStack() as stack:
        reading, stalled = Ours(), Ours()
        reading.name, stalled.name = READING, STALLED
        pairs = [
            start(stack, reading, options.sockets - silent),
            start(stack, stalled, options.sockets, stalled=silent),
        ]
        for each in pairs:
            forget_peak(each.pids)
        before = {each.contender.name: peak_kb(each.pids) for each in pairs}
        for number in range(options.rounds):
            say(f"round {number + 1}")
            for each in pairs:
                found = figures(*paced(each, BURSTS, together=TOGETHER))
                rounds.add(each.contender.name, found)
        growth = {
            each.contender.name: peak_kb(each.pids) - before[each.contender.name] for each in pairs
        }
        gone = dropped(stalled.port)
    save(
        "stalled",
        {
            "sockets": options.sockets,
            "silent": silent,
            "rounds": options.rounds,
            "medians": rounds.medians(),
            "cpu_ratio": median(rounds.ratio("us_per_delivery", STALLED, READING)),
            "p99_ratio": median(rounds.ratio("p99_ms", STALLED, READING)),
            "peak_growth_kb": growth,
            "let_go": gone,
        },
    )


if __name__ == "__main__":
    main()
