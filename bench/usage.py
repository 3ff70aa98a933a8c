"""What processes cost: processor time and memory, read from the kernel."""

from collections.abc import Iterable
from pathlib import Path


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    found = [pid]
    for task in _tasks(pid):
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in children:
            found += family(int(child))
    return found


def _tasks(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []


def cpu_s(pids: Iterable[int]) -> float:
    """Seconds that these processes and their descendants have spent on a processor, in the kernel
    too (`schedstat`: nanoseconds, of all threads that still live)."""
    total = 0
    for pid in pids:
        for member in family(pid):
            for task in _tasks(member):
                try:
                    total += int((task / "schedstat").read_text().split()[0])
                except OSError:
                    continue
    return total / 1e9


def rss_kb(pids: Iterable[int]) -> float:
    """Resident memory of these processes and their descendants, in kB; shared pages are counted
    in parts (PSS), so that a server with two processes is not charged twice."""
    total = 0
    for pid in pids:
        for member in family(pid):
            try:
                lines = Path(f"/proc/{member}/smaps_rollup").read_text().splitlines()
            except OSError:
                continue
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return float(total)


def forget_peak(pids: Iterable[int]) -> None:
    """Have `peak_kb` count from what is resident now (proc(5), `clear_refs`)."""
    for pid in pids:
        for member in family(pid):
            Path(f"/proc/{member}/clear_refs").write_text("5")


def peak_kb(pids: Iterable[int]) -> float:
    """The most that was resident at any moment since `forget_peak`, in kB, summed over these
    processes and their descendants (`VmHWM`: shared pages count in each)."""
    return float(
        sum(
            int(Path(f"/proc/{member}/status").read_text().partition("VmHWM:")[2].split()[0])
            for pid in pids
            for member in family(pid)
        )
    )
