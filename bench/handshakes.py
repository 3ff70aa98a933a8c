"""Handshakes per CPU-second: ours with a ticket and all that follows (welcome, backlog, one's own
values, counters), against a Channels consumer on stock daphne that only accepts.

`python -m bench.handshakes [--sockets 3000] [--rounds 5]`
"""

import argparse
from contextlib import ExitStack

from .contenders import BareConsumer, Contender, Nchan, NodeWs
from .native import Crowd, prepare_machine
from .ours import Ours
from .record import Rounds, median, save, say
from .usage import cpu_s

WITHIN_S = 180.0


def connect(contender: Contender, crowd: Crowd) -> dict[str, float]:
    """Connect a crowd and let it go again."""
    crowd.tell("drop")
    crowd.ask("idle 2")
    crowd.tell("mark")
    before = cpu_s(contender.pids)
    count = crowd.connect(WITHIN_S)
    seconds = cpu_s(contender.pids) - before
    return {
        "per_cpu_s": crowd.count / seconds,
        "us": seconds / crowd.count * 1e6,
        "per_s": crowd.count / count.wall_s,
        "generator_share": count.cpu_s / count.wall_s,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    prepare_machine()
    rounds = Rounds()
    with ExitStack() as stack:
        ours = Ours(options.sockets)
        servers: list[Contender] = [BareConsumer(), ours, NodeWs(), Nchan()]
        pairs = []
        for server in servers:
            stack.enter_context(server)
            paths = ours.paths() if server is ours else None
            crowd = Crowd(
                server.ports,
                options.sockets,
                path=server.path,
                paths=paths,
                ready_on=server.ready_on,
                sources=100,
            )
            pairs.append((server, stack.enter_context(crowd)))
        for number in range(options.rounds):
            say(f"round {number + 1}")
            for server, crowd in pairs:
                rounds.add(server.name, connect(server, crowd))
    save(
        "handshakes",
        {
            "sockets": options.sockets,
            "rounds": options.rounds,
            "medians": rounds.medians(),
            "over_bare": median(rounds.ratio("per_cpu_s", ours.name, BareConsumer.name)),
        },
    )


if __name__ == "__main__":
    main()
