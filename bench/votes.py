"""Durable votes: the writer queue against a transaction each, acks at 1,000 a second, kill -9.

`python -m bench.votes [--people 10000] [--rounds 3] [--database sqlite|postgresql|both]`
"""

import argparse
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg

from tests.support.processes import ROOT

from .native import Crowd, prepare_machine
from .ours import READY_ON, Ours
from .record import Rounds, median, save, say

RATE, BURST_RATE = 1_000, 4_000
KILL_AFTER_S = 1.0


def in_process(ours: Ours, rounds: int) -> list[dict[str, float]]:
    """Votes per second inside one process, on the database of `ours`."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.apps.ballots", str(ours.folder / "world.json"), str(rounds)],
        cwd=ROOT,
        env=ours.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: list[dict[str, float]] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def cast(ours: Ours) -> str:
    args = json.dumps({"poll": ours.world["poll"], "options": [ours.world["option"]]})
    return f'{{"id":"vote{{n}}","command":"ballot.cast","args":{args}}}'


def crowd_of(ours: Ours, people: int) -> Crowd:
    """Signed-in voters. From many addresses: limits per address are for machines, not halls."""
    return Crowd(ours.ports, people, paths=ours.paths(), ready_on=READY_ON, sources=200)


def markers(ours: Ours) -> tuple[set[int], int]:
    """Who has voted, and how many votes were counted, read straight from the database."""
    poll = ours.world["poll"]
    voters = f"SELECT person_id FROM consultations_ballotmarker WHERE poll_id = {poll}"  # noqa: S608
    counted = f"SELECT sum(votes) FROM consultations_polloption WHERE poll_id = {poll}"  # noqa: S608
    if ours.postgres is not None:
        with psycopg.connect(ours.postgres.url) as connection:
            people = {row[0] for row in connection.execute(voters).fetchall()}
            total = connection.execute(counted).fetchone()
    else:
        import sqlite3

        database = sqlite3.connect(ours.folder / "data" / "palabre.sqlite3")
        people = {row[0] for row in database.execute(voters).fetchall()}
        total = database.execute(counted).fetchone()
        database.close()
    return people, int(total[0] if total else 0)


def paced(postgres: bool, people: int) -> dict[str, float]:
    """Acks while 1,000 people a second vote over their WebSockets, everyone connected."""
    with Ours(people, postgres=postgres) as ours, crowd_of(ours, people) as crowd:
        crowd.connect()
        crowd.tell("mark")
        count = crowd.ask(f"cast {RATE} {people} {cast(ours)}")
        voters, counted = markers(ours)
        if not count.acked == len(voters) == counted == people:
            say(f"  acked {count.acked}, refused {count.refused}, {len(voters)} marked, {counted}")
        return {
            "acked": count.acked,
            "per_s": count.acked / count.wall_s,
            "p50_ms": count.p50_ms,
            "p99_ms": count.p99_ms,
            "max_ms": count.max_ms,
        }


def killed(postgres: bool, people: int) -> dict[str, float]:
    """kill -9 of web in the middle of a burst: every acked vote must be in the database."""
    with Ours(people, postgres=postgres) as ours, crowd_of(ours, people) as crowd:
        crowd.connect()
        crowd.tell("mark")
        killer = threading.Timer(KILL_AFTER_S, ours.programs[0].kill)
        killer.start()
        count = crowd.ask(f"cast {BURST_RATE} {people} {cast(ours)}")
        killer.join()
        target = ours.folder / "acked"
        crowd.tell(f"verdicts {target}")
        acked = acked_people(target, ours)
        time.sleep(0.2)
        voters, counted = markers(ours)
        return {
            "acked": len(acked),
            "answered": count.acked,
            "in_database": len(voters),
            "counted": counted,
            "acked_but_missing": len(acked - voters),
            "counted_without_voter": abs(counted - len(voters)),
        }


def acked_people(target: Path, ours: Ours) -> set[int]:
    deadline = time.monotonic() + 10
    while not target.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.2)
    people: list[int] = ours.world["people"]
    return {people[int(line)] for line in target.read_text().split()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    options = parser.parse_args()
    prepare_machine()
    found: dict[str, dict[str, float]] = {}
    for name, postgres in (("SQLite, synchronous=FULL", False), ("PostgreSQL", True)):
        if options.database not in {"both", name.partition(",")[0].lower()}:
            continue
        say(name)
        rounds = Rounds()
        with Ours(options.people, postgres=postgres) as ours:
            for program in ours.programs:
                program.stop()
            for figures in in_process(ours, options.rounds):
                rounds.add("votes/s", figures)
        acks = Rounds()
        for _ in range(options.rounds):
            acks.add("acks", paced(postgres, options.people))
        killing = killed(postgres, options.people)
        say(f"  kill -9: {killing}")
        values = rounds.values["votes/s"]
        found[name] = {
            "queue_per_s": median(values["queue"]),
            "single_per_s": median(values["single"]),
            "ratio": median(a / b for a, b in zip(values["queue"], values["single"], strict=True)),
            **{f"ack_{key}": value for key, value in acks.medians()["acks"].items()},
            **{f"kill_{key}": value for key, value in killing.items()},
        }
    kept = "votes" if options.database == "both" else f"votes-{options.database}"
    save(kept, {"people": options.people, "rounds": options.rounds, "found": found})


if __name__ == "__main__":
    main()
