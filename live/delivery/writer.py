"""One writer per process.

Commands queue; while one commit runs, the next batch gathers (no timer). In a batch each command
has its own savepoint, so that one refused leaves no trace and hurts no other; commands with a
`batch` handler (ballots) are done together by set-based statements. Everybody is answered after
the durable commit, never before.
"""

import asyncio
import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from communes.many import numbers
from communes.models import Person
from live.actions.access import roles_of
from live.actions.context import Context
from live.actions.subjects import hold_subjects
from live.models import CommandReceipt
from live.protocol.base import Message
from live.protocol.errors import ErrorCode, Refused
from live.protocol.registry import Command, Done

from .statistics import BATCH_BUCKETS, Histogram

logger = logging.getLogger(__name__)

#: Commands that may wait; beyond, "busy, try again".
MAX_WAITING = 10_000
MAX_BATCH = 512
#: A batch takes no further single command after so long, to keep write transactions short.
BATCH_SECONDS = 0.008
BUSY_RETRY_S = 1.0
#: Below this many commands a batch is small, and may be followed by a pause.
SMALL_BATCH = 64
BREATH_S = 0.006

T = TypeVar("T")
#: Who waits for a job: a thread, or a coroutine.
Waiting: TypeAlias = "Future[Any] | asyncio.Future[Any]"


@dataclass(slots=True)
class Job:
    """A command with who sends it, or (`call`) a function to run in the writer's transaction."""

    future: Waiting
    call: Callable[[], Any] | None = None
    command: Command[Any] | None = None
    context: Context | None = None
    args: Message | None = None
    client_id: str = ""


@dataclass
class WriterStatistics:
    """Counted since start, for `/metrics`."""

    commands: int = 0
    batches: int = 0
    refused: int = 0
    failed: int = 0
    #: Commands of each transaction.
    sizes: Histogram = field(default_factory=lambda: Histogram(BATCH_BUCKETS))
    waiting: Callable[[], int] = field(default=lambda: 0)


class Writer:
    """A queue and the thread that empties it."""

    def __init__(self) -> None:
        self._queue: queue.Queue[Job | None] = queue.Queue(MAX_WAITING)
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self.statistics = WriterStatistics(waiting=self._queue.qsize)
        #: Called after each transaction, on the writer's thread.
        self.after_batch: Callable[[], None] | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float = 10) -> None:
        """Finish what is queued, then end."""
        self._queue.put(None)
        self._thread.join(timeout)

    def send(
        self, command: Command[Any], context: Context, args: Message, client_id: str
    ) -> "Future[Done]":
        """Queue a command. The future has what it came to, after the commit, or a `Refused`."""
        future: Future[Done] = Future()
        self._put(Job(future, None, command, context, args, client_id))
        return future

    async def do(
        self, command: Command[Any], context: Context, args: Message, client_id: str
    ) -> Done:
        """As `send`, for coroutines: the loop is woken once for a batch, not for each of it."""
        future: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._put(Job(future, None, command, context, args, client_id))
        return await future

    def call(self, function: Callable[[], T]) -> "Future[T]":
        """Queue a function to run in the writer's transaction."""
        future: Future[T] = Future()
        self._put(Job(future, function))
        return future

    def _put(self, job: Job) -> None:
        try:
            self._queue.put_nowait(job)
        except queue.Full:
            job.future.set_exception(Refused(ErrorCode.BUSY, retry_after=BUSY_RETRY_S))

    def _run(self) -> None:
        later: list[Job] = []
        stopping = False
        while not (stopping and not later):
            jobs, stopped = self._gather(later)
            stopping = stopping or stopped
            began = time.monotonic()
            later = self._write(jobs) if jobs else []
            self._breathe(len(jobs), time.monotonic() - began, stopping)
        connection.close()

    def _breathe(self, done: int, seconds: float, stopping: bool) -> None:
        """After a small batch, with more waiting: let as much time pass as it took, if it is not
        more than `BREATH_S`.

        Batches cost much the same whatever their size. Without this a steady stream of commands
        makes many small ones, which keep the interpreter from those who read and write sockets.
        """
        if done < SMALL_BATCH and not stopping and not self._queue.empty():
            time.sleep(min(seconds, BREATH_S))

    def _gather(self, jobs: list[Job]) -> tuple[list[Job], bool]:
        """What is queued now, after `jobs`; waits only when there is nothing at all."""
        jobs = list(jobs)
        while len(jobs) < MAX_BATCH:
            try:
                job = self._queue.get(block=not jobs)
            except queue.Empty:
                break
            if job is None:
                return jobs, True
            jobs.append(job)
        return jobs, False

    def _write(self, jobs: list[Job], *, last: bool = False) -> list[Job]:
        """Do a batch in one transaction and answer it; the jobs that it had no time for. `last`:
        it was tried before, and is not once more."""
        outcomes: list[tuple[Job, Any]] = []
        later: list[Job] = []
        try:
            with transaction.atomic():
                outcomes, later = _do(jobs)
        except (IntegrityError, OperationalError) as error:
            if not last and (_deadlocked(error) or (len(jobs) > 1 and _constrained(error))):
                # Found at the commit alone (deferred constraints), so it could be any of them: each
                # by itself, that the others are not lost with it. Or a function, which does not say
                # beforehand what it locks, met another process and was chosen to give way.
                logger.warning("a batch of %d commands is done one by one", len(jobs))
                for job in jobs:
                    self._write([job], last=True)
                return []
            outcomes, later = self._lost(jobs), []
            connection.close()
        except Exception:  # noqa: BLE001 - answered and logged by _lost
            # The commit failed (disk full, database gone, deadlock): nothing of the batch was kept.
            outcomes, later = self._lost(jobs), []
            connection.close()
        self.statistics.batches += 1
        self.statistics.commands += len(outcomes)
        self.statistics.sizes.add(len(outcomes))
        self.statistics.refused += sum(isinstance(what, Exception) for _, what in outcomes)
        _answer(outcomes)
        if self.after_batch is not None:
            self.after_batch()
        return later

    def _lost(self, jobs: list[Job]) -> list[tuple[Job, Any]]:
        """What the jobs of a transaction came to that could not be committed."""
        logger.exception("a batch of %d commands failed", len(jobs))
        self.statistics.failed += len(jobs)
        refusal = Refused(ErrorCode.BUSY, "not committed", retry_after=BUSY_RETRY_S)
        return [(job, refusal) for job in jobs]


def _constrained(error: DatabaseError) -> bool:
    return isinstance(error, IntegrityError)


def _deadlocked(error: DatabaseError) -> bool:
    """PostgreSQL ended this transaction for another (SQLSTATE 40P01)."""
    return getattr(error.__cause__, "sqlstate", None) == "40P01"


def _answer(outcomes: list[tuple[Job, Any]]) -> None:
    """Tell everyone what their job came to."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[Waiting, Any]]] = {}
    for job, outcome in outcomes:
        if isinstance(job.future, asyncio.Future):
            loops.setdefault(job.future.get_loop(), []).append((job.future, outcome))
        elif job.future.set_running_or_notify_cancel():
            _settle([(job.future, outcome)])
    for loop, waiting in loops.items():
        with contextlib.suppress(RuntimeError):  # the loop is closing
            loop.call_soon_threadsafe(_settle, waiting)


def _settle(outcomes: list[tuple[Waiting, Any]]) -> None:
    for future, outcome in outcomes:
        if future.done():
            continue  # whoever waited has gone
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)


def _do(jobs: list[Job]) -> tuple[list[tuple[Job, Any]], list[Job]]:
    jobs, outcomes = _of_those_still_here(jobs)
    singles = [job for job in jobs if job.command is None or job.command.batch is None]
    hold_subjects({held for job in singles for held in _held(job)})
    together: dict[str, list[Job]] = {}
    for job in jobs:
        if job.command is not None and job.command.batch is not None:
            together.setdefault(job.command.name, []).append(job)
    for group in together.values():
        outcomes += _do_together(group)
    deadline = time.monotonic() + BATCH_SECONDS
    for index, job in enumerate(singles):
        if index and time.monotonic() > deadline:
            return outcomes, singles[index:]
        outcomes.append((job, _do_one(job)))
    return outcomes, []


def _of_those_still_here(jobs: list[Job]) -> tuple[list[Job], list[tuple[Job, Any]]]:
    """The jobs whose sender still has an account, and the refusals of the others: a ticket
    outlives the account, and rows that name nobody would be found at the commit, which is
    everybody's."""
    people = {job.context.person for job in jobs if job.context}
    asked, values = numbers(people)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {Person._meta.db_table} WHERE is_active AND id IN ({asked})",  # noqa: S608
            values,
        )
        here = {row[0] for row in cursor.fetchall()}
    gone = Refused(ErrorCode.SIGN_IN, "the account is gone")
    refused = [(job, gone) for job in jobs if job.context and job.context.person_id not in here]
    left = [job for job in jobs if not job.context or job.context.person_id in here]
    return left, list(refused)


def _held(job: Job) -> set[tuple[str, str]]:
    if job.command is None or job.context is None or job.args is None:
        return set()
    return job.context.held_for(job.command, job.args)


def _do_together(jobs: list[Job]) -> list[tuple[Job, Any]]:
    batch = jobs[0].command.batch if jobs[0].command else None
    if batch is None:
        raise TypeError("not a batched command")
    try:
        with transaction.atomic():
            return list(zip(jobs, batch([(job.context, job.args) for job in jobs]), strict=True))
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - answered, and logged by _refusal
        if len(jobs) > 1:
            # One of them is to blame; the others are not to pay for it.
            return [pair for job in jobs for pair in _do_together([job])]
        return [(job, _refusal(error)) for job in jobs]


def _do_one(job: Job) -> Any:
    try:
        with transaction.atomic():
            return job.call() if job.call else _do_command(job)
    except OperationalError:
        # Not this command's fault (disk full, connection lost): the whole batch is in doubt.
        raise
    except Exception as error:  # noqa: BLE001 - answered, and logged by _refusal
        return error if job.call else _refusal(error)


def _do_command(job: Job) -> Done:
    command, context = job.command, job.context
    if command is None or context is None:
        raise TypeError("not a command")
    if command.roles and not command.roles & roles_of(context):
        # The ticket said otherwise, but the role was taken away since.
        raise Refused(ErrorCode.FORBIDDEN, "the role was taken away")
    if not command.receipt:
        return command.handle(context, job.args)
    receipt = CommandReceipt.objects.filter(
        person_id=context.person, client_id=job.client_id
    ).first()
    if receipt is not None:
        return Done(receipt.result)
    done = command.handle(context, job.args)
    CommandReceipt.objects.create(
        person_id=context.person, client_id=job.client_id, result=done.result
    )
    return done


def _refusal(error: Exception) -> Refused:
    if isinstance(error, Refused):
        return error
    logger.error("a command failed", exc_info=error)
    return Refused(ErrorCode.INTERNAL, type(error).__name__)


_writer: Writer | None = None


def start_writer() -> Writer:
    """Start this process's writer (the web process does, at start-up)."""
    global _writer
    if _writer is None:
        _writer = Writer()
        _writer.start()
    return _writer


def stop_writer() -> None:
    global _writer
    if _writer is not None:
        _writer.stop()
        _writer = None


def current_writer() -> Writer:
    """This process's writer; raises `RuntimeError` where none runs."""
    if _writer is None:
        raise RuntimeError("this process has no writer")
    return _writer


def perform(function: Callable[[], T]) -> T:
    """Run an action and return what it returns, or raise what it raises.

    In a web process it goes through the writer; in a management command it is a transaction of
    its own. This is how views and commands write; never call it inside a transaction.
    """
    if _writer is not None:
        return _writer.call(function).result()
    with transaction.atomic():
        return function()
