"""When there is no room for smaller pictures: which are dropped, and when they come back."""

from dataclasses import dataclass

from .rungs import RUNGS, Rung

#: A segment that has waited so long: the ladder is falling behind.
BEHIND_S = 6.0
#: It is in step again below this.
IN_STEP_S = 3.0
#: Between two drops: what was dropped must have had time to help.
_SETTLE_S = 4.0
#: A share of the machine's processors must be idle before a rung comes back.
IDLE_SHARE = 0.25
_LONGEST_PATIENCE = 32
#: A rung that is dropped again so soon after it came back waits twice as long.
_RELAPSE_S = 120.0


@dataclass
class Governor:
    """Drops 480p first, then 240p; brings them back one by one. Times: monotonic seconds.

    `patience_s`: how long all must have been well before one comes back; doubled after each
    relapse.
    """

    patience_s: float = 30.0
    dropped: int = 0
    drops: int = 0
    _changed: float = float("-inf")
    _well_since: float | None = None
    _back_at: float = float("-inf")
    _factor: int = 1

    @property
    def made(self) -> tuple[Rung, ...]:
        """The rungs that are made now, largest first."""
        return RUNGS[self.dropped :]

    def observe(self, now: float, *, behind_s: float, idle: float, room: bool) -> bool:
        """Look at how things are; whether that changed what is made. `room`: on the disk."""
        before = self.dropped
        if not room:
            self._drop(now, len(RUNGS))
        elif behind_s > BEHIND_S:
            if now - self._changed >= _SETTLE_S:
                self._drop(now, min(len(RUNGS), self.dropped + 1))
            self._well_since = None
        elif behind_s > IN_STEP_S or idle < IDLE_SHARE:
            self._well_since = None
        else:
            self._well_since = now if self._well_since is None else self._well_since
            if self.dropped and now - self._well_since >= self.patience_s * self._factor:
                self.dropped -= 1
                self._changed = self._back_at = self._well_since = now
        return self.dropped != before

    def _drop(self, now: float, dropped: int) -> None:
        self._well_since = None
        if dropped == self.dropped:
            return
        if self.dropped == 0 or dropped == len(RUNGS):
            relapsed = now - self._back_at < _RELAPSE_S
            self._factor = min(_LONGEST_PATIENCE, self._factor * 2) if relapsed else 1
        self.drops += dropped - self.dropped
        self.dropped, self._changed = dropped, now
