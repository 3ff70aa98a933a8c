"""What the garbage collector costs: our settings against Python's own, in the same run.

`python -m bench.collector [--sockets 2000] [--rounds 3]`

Two of our servers side by side, one as it ships (frozen at start, collections rare), one with
Python's thresholds and nothing frozen. In each round everyone connects anew, then entries are
said to the whole room.
"""

import argparse
from contextlib import ExitStack

from .fanout import Running, figures, paced
from .handshakes import connect
from .native import Crowd, prepare_machine
from .ours import Ours
from .record import Rounds, median, save, say
from .usage import rss_kb

ENTRIES = 15
SHIPPED, PYTHON = "as shipped", "Python's own settings"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    prepare_machine()
    rounds = Rounds()
    with ExitStack() as stack:
        pairs: list[Running] = []
        for name, setting in ((SHIPPED, ""), (PYTHON, "python")):
            server = Ours(options.sockets, COLLECTOR=setting)
            server.name = name
            stack.enter_context(server)
            crowd = stack.enter_context(
                Crowd(
                    server.ports,
                    options.sockets,
                    paths=server.paths(),
                    ready_on=server.ready_on,
                    sources=100,
                )
            )
            pairs.append(Running(server, crowd, server.publisher(), 0.0))
        for number in range(options.rounds):
            say(f"round {number + 1}")
            for each in pairs:
                name = each.contender.name
                rounds.add(name, connect(each.contender, each.crowd))
                rounds.add(name, figures(*paced(each, ENTRIES)))
        memory = {each.contender.name: rss_kb(each.pids) for each in pairs}
    save(
        "collector",
        {
            "sockets": options.sockets,
            "rounds": options.rounds,
            "medians": rounds.medians(),
            "memory_kb": memory,
            "shipped_over_python": {
                name: median(rounds.ratio(name, SHIPPED, PYTHON))
                for name in ("us", "us_per_delivery", "p99_ms")
            },
        },
    )


if __name__ == "__main__":
    main()
