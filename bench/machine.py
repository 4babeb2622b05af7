"""What a reader has to know about the machine to make sense of figures."""

import os
import platform
import statistics
import time
from pathlib import Path

SYNCS = 30
BLOCK = bytes(4096)
# A machine on which others take less than this of one core counts as quiet.
QUIET_CORES = 0.4
QUIET_SECONDS = 1.0
STAT = Path("/proc/stat")


def facts(folder: Path) -> list[str]:
    """Return lines about processors, system, load and the disk under `folder`."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    cost = [1000 * seconds for seconds in _sync_seconds(folder)]
    middle, worst = statistics.median(cost), max(cost)
    return [
        f"{cores} cores ({_processor()}), {platform.system()} {platform.release()}, Python {platform.python_version()}",
        f"4 KiB written and fsynced: median {middle:.2f} ms, worst of {SYNCS} {worst:.2f} ms",
        f"load average before: {load}",
    ]


class Patience:
    """Waits for a machine that others leave alone, so many seconds in all; where that cannot be seen, not at all."""

    def __init__(self, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds

    @property
    def is_left(self) -> bool:
        return STAT.exists() and time.monotonic() < self._deadline

    def wait(self) -> None:
        """Return when the processors are idle, or patience is at its end."""
        while self.is_left:
            before = busy_seconds()
            time.sleep(QUIET_SECONDS)
            if busy_seconds() - before <= QUIET_CORES * QUIET_SECONDS:
                return


def busy_seconds() -> float:
    """Return how long all processors together have been at work since the machine was started, for us or for others."""
    if not STAT.exists():
        return 0.0
    user, nice, system, _idle, _waiting, *rest = map(int, STAT.read_text().splitlines()[0].split()[1:9])
    return (user + nice + system + sum(rest)) / os.sysconf("SC_CLK_TCK")


def _sync_seconds(folder: Path) -> list[float]:
    found = []
    path = folder / "sync"
    with path.open("wb", buffering=0) as file:
        for _ in range(SYNCS):
            begin = time.perf_counter()
            file.write(BLOCK)
            os.fsync(file.fileno())
            found.append(time.perf_counter() - begin)
    path.unlink()
    return found


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
