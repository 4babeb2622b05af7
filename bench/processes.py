"""What processes use of memory and processors, as the kernel counts it: on Linux."""

import contextlib
import os
from pathlib import Path

MIB = 1024 * 1024
# https://docs.kernel.org/filesystems/proc.html: writing 5 sets the peak back to what is used now.
RESET_PEAK = "5"


class Usage:
    """What the children of a process use from now on."""

    def __init__(self, parent: int) -> None:
        self._resident: dict[int, int] = {}
        for pid in children(parent):
            Path(f"/proc/{pid}/clear_refs").write_text(RESET_PEAK)
            self._resident[pid] = _status(pid, "VmRSS")
        self._seconds = processor_seconds(parent)
        self._parent = parent

    def peak_growth(self) -> float:
        """Return, in MiB, the largest growth of any one process from the beginning to its peak."""
        return max(_status(pid, "VmHWM") - before for pid, before in self._resident.items()) / MIB

    def processor_seconds(self) -> float:
        """Return the processor time of all of them together."""
        return processor_seconds(self._parent) - self._seconds


class OwnPeak:
    """What this process itself uses from now on."""

    def __init__(self) -> None:
        Path("/proc/self/clear_refs").write_text(RESET_PEAK)
        self._before = _status(os.getpid(), "VmRSS")

    def growth(self) -> float:
        """Return, in MiB, how far it grew from the beginning to its peak."""
        return (_status(os.getpid(), "VmHWM") - self._before) / MIB


def processor_seconds(parent: int) -> float:
    """Return the processor time that the children of a process have used since they were started."""
    # The 14th and 15th field, user and system time, in ticks.
    ticks = [sum(map(int, _stat(pid)[11:13])) for pid in children(parent)]
    return sum(ticks) / os.sysconf("SC_CLK_TCK")


def resident(parent: int) -> float:
    """Return, in MiB, what the largest child of a process uses now."""
    return max(_status(pid, "VmRSS") for pid in children(parent)) / MIB


def children(parent: int) -> list[int]:
    """Return the process ids of the children of a process."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if int(_stat(int(entry.name))[1]) == parent:
                found.append(int(entry.name))
    return found


def _stat(pid: int) -> list[str]:
    """Return the fields from the third on: the name before them, in brackets, may hold anything."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _status(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
