"""How much memory processes use at most, as the kernel counts it: on Linux."""

import contextlib
from pathlib import Path

MIB = 1024 * 1024
# https://docs.kernel.org/filesystems/proc.html: writing 5 sets the peak back to what is used now.
RESET_PEAK = "5"


class PeakMemory:
    """The growth of processes from now to their peak. The processes are the children of `parent`."""

    def __init__(self, parent: int) -> None:
        self._before: dict[int, int] = {}
        for pid in children(parent):
            Path(f"/proc/{pid}/clear_refs").write_text(RESET_PEAK)
            self._before[pid] = _status(pid, "VmRSS")

    def growth(self) -> float:
        """Return, in MiB, the largest growth of any one process since this object was made."""
        return max(_status(pid, "VmHWM") - before for pid, before in self._before.items()) / MIB


def resident(parent: int) -> float:
    """Return, in MiB, what the largest child of a process uses now."""
    return max(_status(pid, "VmRSS") for pid in children(parent)) / MIB


def children(parent: int) -> list[int]:
    """Return the process ids of the children of a process."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            # The name, in brackets, may hold anything; the parent is the second field after it.
            if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(entry.name))
    return found


def _status(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
