"""Latency at 10,000 sockets with two entries a second, and memory of connections signed in.

`python -m bench.quiet [--sockets 10000] [--rounds 3]`
"""

import argparse
from contextlib import ExitStack

from .contenders import Contender, Floor, Nchan, NodeWs
from .fanout import Running, figures, paced
from .native import Crowd, prepare_machine
from .ours import Ours
from .record import Rounds, median, save, say
from .usage import rss_kb

ENTRIES = 20
WITHIN_S = 60.0


def start(stack: ExitStack, contender: Contender, sockets: int) -> Running:
    """Start a server and connect everyone; to ours with tickets, as people who are signed in."""
    stack.enter_context(contender)
    before = rss_kb(contender.pids)
    paths = contender.paths() if isinstance(contender, Ours) else None
    crowd = stack.enter_context(
        Crowd(
            contender.ports,
            sockets,
            path=contender.path,
            paths=paths,
            ready_on=contender.ready_on,
            sources=64,
        )
    )
    crowd.connect()
    running = Running(contender, crowd, contender.publisher(), 0.0)
    running.publisher.publish()
    crowd.ask(f"expect {running.publisher.number} {WITHIN_S}")
    running.kb_per_connection = (rss_kb(contender.pids) - before) / sockets
    say(f"{contender.name}: {sockets} connected, {running.kb_per_connection:.1f} kB each")
    return running


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    prepare_machine()
    rounds = Rounds()
    with ExitStack() as stack:
        ours = Ours(options.sockets)
        running = [
            start(stack, server, options.sockets) for server in (Floor(), Nchan(), NodeWs(), ours)
        ]
        for number in range(options.rounds):
            say(f"round {number + 1}")
            for each in running:
                rounds.add(each.contender.name, figures(*paced(each, ENTRIES, every_s=0.5)))
    save(
        "quiet",
        {
            "sockets": options.sockets,
            "rounds": options.rounds,
            "medians": rounds.medians(),
            "kb_per_connection": {each.contender.name: each.kb_per_connection for each in running},
            "p99_over_nchan": median(rounds.ratio("p99_ms", ours.name, Nchan.name)),
            "cpu_over_nchan": median(rounds.ratio("us_per_delivery", ours.name, Nchan.name)),
        },
    )


if __name__ == "__main__":
    main()
