"""What a reader has to know about the machine to make sense of figures."""

import os
import platform
import statistics
import time
from pathlib import Path

SYNCS = 30
BLOCK = bytes(4096)
QUIET_SHARE = 0.9
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


def wait_for_quiet(patience: float) -> None:
    """Wait until others leave the processors alone, at most so many seconds; where that cannot be seen, do not wait."""
    deadline = time.monotonic() + patience
    while STAT.exists() and time.monotonic() < deadline:
        idle_before, all_before = _ticks()
        time.sleep(QUIET_SECONDS)
        idle, all_ticks = _ticks()
        if idle - idle_before >= QUIET_SHARE * (all_ticks - all_before):
            return


def _ticks() -> tuple[int, int]:
    """Return how long the processors have been idle (waiting for a disk included), and all in all."""
    values = [int(word) for word in STAT.read_text().splitlines()[0].split()[1:9]]
    return values[3] + values[4], sum(values)


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
