"""`python -m bench [names]`: run the named benchmarks, or all, and print their tables."""

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from api_project.environment import BASE_DIR
from bench import deliveries, detail, finding, latency, long_result, upload, waiting, webhooks
from bench.machine import facts
from bench.options import Options
from bench.service import BenchmarkFailed
from bench.tables import Report

BENCHMARKS: dict[str, Callable[[Options], Report]] = {
    "upload": upload.measure,
    "webhooks": webhooks.measure,
    "latency": latency.measure,
    "deliveries": deliveries.measure,
    "detail": detail.measure,
    "finding": finding.measure,
    "long-result": long_result.measure,
    "waiting": waiting.measure,
}


def main(arguments: Sequence[str]) -> int:
    """Run and print; return the exit status."""
    options, names = _read(arguments)
    # So that a stop takes the way out that leaves nothing behind.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    made = not options.folder.exists()
    options.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        for name in names:
            with tempfile.TemporaryDirectory(prefix="bench-", dir=options.folder) as folder:
                own = options.inside(Path(folder))
                lines = facts(own.folder)
                report = BENCHMARKS[name](own)
                print(report.text(command=f"python -m bench {_command(name, arguments)}", machine=lines), flush=True)
    except BenchmarkFailed as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        if made:
            options.folder.rmdir()
    return 0


def _read(arguments: Sequence[str]) -> tuple[Options, list[str]]:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure; see docs/benchmarks.md.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of {', '.join(BENCHMARKS)}; default all")
    parser.add_argument("--runs", type=int, help="counted runs of each kind (default 5)")
    parser.add_argument("--folder", type=Path, default=BASE_DIR / "data", help="where the data are written meanwhile")
    parser.add_argument("--quick", action="store_true", help="see that it works; the figures mean nothing")
    parser.add_argument("--patience", type=float, default=0.0, help="seconds to wait for a quiet machine (default 0)")
    parser.add_argument("--size", type=int, default=1_000_000_000, help="upload: bytes of the file")
    parser.add_argument("--seconds", type=float, default=4.0, help="webhooks, detail, waiting: length of one run")
    parser.add_argument("--connections", type=int, default=16, help="webhooks, detail: kept-alive connections at once")
    parser.add_argument("--waiters", type=int, default=500, help="waiting: clients that wait at once")
    parser.add_argument("--worker", action="store_true", help="webhooks: let the worker run beside")
    parser.add_argument("--clip", type=Path, help="latency: the recording (default one of tests/audio)")
    parser.add_argument("--poll", type=float, default=0.1, help="latency: seconds between our client's questions")
    parser.add_argument("--sizes", default=finding.SIZES, help="finding: how many transcripts, parted by commas")
    parser.add_argument("--stores", type=Path, help="finding: a folder to keep what was filled in, for the next time")
    parser.add_argument("--deliveries", type=int, default=2000, help="deliveries: callbacks to one endpoint")
    parser.add_argument("--endpoints", type=int, default=1000, help="deliveries: how many there are where many are")
    parser.add_argument("--each", type=int, default=5, help="deliveries: callbacks to each of those many")
    parser.add_argument("--waiting", type=int, default=10_000, help="deliveries: what waits for one that hangs")
    parser.add_argument("--healthy", type=float, default=25.0, help="deliveries: seconds for which others are told")
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - set(BENCHMARKS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    names = list(dict.fromkeys(given.names)) or list(BENCHMARKS)
    options = Options(
        folder=given.folder.resolve(),
        runs=given.runs or (1 if given.quick else 5),
        patience=given.patience,
        quick=given.quick,
        size=min(given.size, 8_000_000) if given.quick else given.size,
        seconds=min(given.seconds, 0.3) if given.quick else given.seconds,
        connections=given.connections,
        waiters=min(given.waiters, 30) if given.quick else given.waiters,
        worker=given.worker,
        clip=given.clip,
        poll=given.poll,
        sizes=finding.read_sizes(finding.QUICK_SIZES if given.quick else given.sizes),
        stores=given.stores.resolve() if given.stores else None,
        deliveries=min(given.deliveries, 60) if given.quick else given.deliveries,
        endpoints=min(given.endpoints, 25) if given.quick else given.endpoints,
        each=given.each,
        waiting=min(given.waiting, 100) if given.quick else given.waiting,
        healthy_seconds=min(given.healthy, 1.0) if given.quick else given.healthy,
        # Named like the one of the tests; without it PostgreSQL is left out.
        database_url=os.environ.get("BENCH_DATABASE_URL", ""),
    )
    return options, names


def _command(name: str, arguments: Sequence[str]) -> str:
    return " ".join([name, *(word for word in arguments if word not in BENCHMARKS)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
