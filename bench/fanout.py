"""CPU per delivery at 5,000 sockets: ours, nchan, `ws`, the usual Channels way, a bare loop.

`python -m bench.fanout [--sockets 5000] [--rounds 5]`

All servers run at once, each with its crowd connected; rounds go from one to the next, so that
whatever else the machine does hits all of them. Entries are paced, one at a time: every server
writes each entry to everyone before the next one comes.
"""

import argparse
import time
from contextlib import ExitStack
from dataclasses import dataclass

from .contenders import Contender, Floor, Nchan, NodeWs, PerConsumer
from .native import Count, Crowd, prepare_machine
from .ours import Ours
from .publisher import Publisher
from .record import Rounds, median, save, say
from .usage import cpu_s, rss_kb

INTERVAL_S = 0.3
#: Entries of a round; the usual way takes seconds for each.
ENTRIES, ENTRIES_PER_CONSUMER = 20, 2
WITHIN_S = 60.0

OURS, ASGI, TWO = "palabre", "palabre, plain ASGI send", "palabre, two processes + Redis"
COALESCED, ONE_PG = "palabre, 8 entries coalesced", "palabre, one process on PostgreSQL"


@dataclass
class Running:
    """A server with its crowd and whoever publishes to it."""

    contender: Contender
    crowd: Crowd
    publisher: Publisher
    kb_per_connection: float

    @property
    def pids(self) -> list[int]:
        return self.contender.pids


def start(stack: ExitStack, contender: Contender, sockets: int, stalled: int = 0) -> Running:
    """Start a server and connect everyone."""
    stack.enter_context(contender)
    before = rss_kb(contender.pids)
    crowd = stack.enter_context(
        Crowd(
            contender.ports,
            sockets,
            path=contender.path,
            ready_on=contender.ready_on,
            stalled=stalled,
        )
    )
    crowd.connect()
    running = Running(contender, crowd, contender.publisher(), 0.0)
    running.publisher.publish()
    crowd.ask(f"expect {running.publisher.number} {WITHIN_S}")
    running.kb_per_connection = (rss_kb(contender.pids) - before) / sockets
    say(f"{contender.name}: {sockets} connected, {running.kb_per_connection:.1f} kB each")
    return running


def paced(
    running: Running, entries: int, together: int = 1, every_s: float = INTERVAL_S
) -> tuple[Count, float]:
    """Publish, one (or `together`) at a time; what the crowd counted, and the server's seconds."""
    running.crowd.tell("mark")
    before = cpu_s(running.pids)
    count: Count | None = None
    for _ in range(entries):
        began = time.monotonic()
        if together == 1:
            running.publisher.publish()
        else:
            running.publisher.burst(together)
        count = running.crowd.ask(f"expect {running.publisher.number} {WITHIN_S}")
        time.sleep(max(0.0, every_s - (time.monotonic() - began)))
    assert count is not None
    return count, cpu_s(running.pids) - before


def figures(count: Count, seconds: float) -> dict[str, float]:
    return {
        "us_per_delivery": seconds / count.entries * 1e6,
        "p50_ms": count.p50_ms,
        "p99_ms": count.p99_ms,
        "generator_share": count.cpu_s / count.wall_s,
        "lost": float(count.lost),
        "doubled": float(count.doubled),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    prepare_machine()
    rounds = Rounds()
    with ExitStack() as stack:
        ours = Ours()
        asgi, one, two = Ours(wire=False), Ours(postgres=True), Ours(processes=2)
        asgi.name, one.name, two.name = ASGI, ONE_PG, TWO
        servers = [Floor(), Nchan(), NodeWs(), ours, asgi, one, two, PerConsumer()]
        running = [start(stack, server, options.sockets) for server in servers]
        for number in range(options.rounds):
            say(f"round {number + 1}")
            for each in running:
                slow = isinstance(each.contender, PerConsumer)
                entries = ENTRIES_PER_CONSUMER if slow else ENTRIES
                rounds.add(each.contender.name, figures(*paced(each, entries)))
                if each.contender is ours:
                    rounds.add(COALESCED, figures(*paced(each, entries // 2, together=8)))
        memory = {each.contender.name: each.kb_per_connection for each in running}
    ratios = {
        other: median(rounds.ratio("us_per_delivery", OURS, other))
        for other in rounds.values
        if other not in {OURS, COALESCED, TWO, ONE_PG}
    }
    save(
        "fanout",
        {
            "sockets": options.sockets,
            "rounds": options.rounds,
            "medians": rounds.medians(),
            "kb_per_connection": memory,
            "palabre_over": ratios,
            "coalesced_over_single": median(rounds.ratio("us_per_delivery", COALESCED, OURS)),
            "two_processes_over_one": median(rounds.ratio("us_per_delivery", TWO, ONE_PG)),
        },
    )


if __name__ == "__main__":
    main()
