"""Ten thousand clients come back at once with their position: after a cut, and after a restart.

`python -m bench.reconnect [--sockets 10000] [--rounds 3]`
"""

import argparse
import time

from .native import Crowd, prepare_machine
from .ours import READY_ON, Ours
from .record import Rounds, save, say
from .usage import cpu_s

ENTRIES = 30
WITHIN_S = 240.0


def come_back(ours: Ours, crowd: Crowd, *, restart: bool) -> dict[str, float]:
    """Drop everyone, let the timeline grow meanwhile, and have them back."""
    publisher = ours.publisher()
    publisher.number = ours.world.setdefault("published", 0)
    if restart:
        ours.programs[0].stop()
    crowd.tell("drop")
    crowd.tell("mark")
    if restart:
        ours.programs.clear()
        ours.start_web(0, ours.port)
    for _ in range(ENTRIES):
        publisher.publish()
    before, began = cpu_s(ours.pids), time.monotonic()
    crowd.connect(WITHIN_S)
    seconds = time.monotonic() - began
    count = crowd.ask(f"expect {publisher.number} {WITHIN_S}")
    ours.world["published"] = publisher.number
    publisher.close()
    return {
        "seconds": seconds,
        "cpu_ms_each": (cpu_s(ours.pids) - before) / crowd.count * 1e3,
        "lost": float(count.lost),
        "doubled": float(count.doubled),
        "short": float(crowd.count * ENTRIES - count.entries),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    prepare_machine()
    rounds = Rounds()
    with (
        Ours(options.sockets) as ours,
        Crowd(
            ours.ports,
            options.sockets,
            paths=ours.paths(),
            ready_on=READY_ON,
            resume=True,
            sources=200,
            inflight=2000,
        ) as crowd,
    ):
        crowd.connect(WITHIN_S)
        publisher = ours.publisher()
        publisher.publish()
        crowd.ask(f"expect 1 {WITHIN_S}")
        ours.world["published"] = 1
        publisher.close()
        for number in range(options.rounds):
            say(f"round {number + 1}")
            rounds.add("after a cut", come_back(ours, crowd, restart=False))
            rounds.add("after a restart", come_back(ours, crowd, restart=True))
    save(
        "reconnect",
        {"sockets": options.sockets, "rounds": options.rounds, "medians": rounds.medians()},
    )


if __name__ == "__main__":
    main()
