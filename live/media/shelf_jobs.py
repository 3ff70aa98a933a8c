"""What a shelf has the writer thread do, in order, until one of it fails.

After a failure nothing that was asked before it is done any more: sound must not get ahead of a
picture that could not be written. `give_up` says that this is accounted for; what is asked after
that is done again.
"""

from collections.abc import Callable

from .disk import Disk
from .shelf_files import OpenSegment, Skipped


class Jobs:
    """A shelf's jobs; lives on the event loop."""

    def __init__(
        self,
        disk: Disk,
        failed: Callable[[BaseException, OpenSegment | None], None],
        late: Callable[[OpenSegment], None],
    ) -> None:
        """`failed`: a job of now went wrong, or was not taken; with the segment that it was to
        close. `late`: the same of a job that was given up before, and was to close one."""
        self._disk = disk
        self._failed = failed
        self._late = late
        self._epoch = 0
        #: Set by the writer thread: the epoch in which a job failed.
        self._broken = -1
        self._asked = 0
        #: Called whenever a job was answered.
        self.on_answer: Callable[[], None] = lambda: None

    @property
    def idle(self) -> bool:
        """Whether everything asked so far was answered."""
        return self._asked == 0

    def give_up(self) -> None:
        """What was asked so far and is not done yet is not to be done."""
        self._epoch += 1

    def run(
        self,
        job: Callable[[], object],
        done: Callable[[], None] | None = None,
        *,
        size: int = 0,
        lost: OpenSegment | None = None,
    ) -> None:
        """Have the writer do `job`, unless it was given up meanwhile; `done` is called when it is
        on disk. `size`: bytes that it holds in memory; `lost`: the segment that it closes."""
        epoch = self._epoch

        def guarded() -> None:
            if self._broken == epoch or epoch != self._epoch:
                raise Skipped
            try:
                job()
            except Exception:
                self._broken = epoch
                raise

        def answer(error: BaseException | None) -> None:
            self._asked -= 1
            if error is None:
                if done is not None:
                    done()
            elif epoch == self._epoch:
                self._failed(error, lost)
            elif lost is not None:
                self._late(lost)
            self.on_answer()

        try:
            self._disk.submit(guarded, answer, size=size)
        except OSError as error:
            self._failed(error, lost)
        else:
            self._asked += 1
