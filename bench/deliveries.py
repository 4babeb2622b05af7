"""Callbacks to third parties: a worker beside a loop of posts, and how long others wait beside one that hangs."""

import contextlib
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api_project.environment import BASE_DIR
from bench.databases import on_each_database
from bench.machine import Patience
from bench.options import Options
from bench.service import BenchmarkFailed, environment, free_port, manage, run_module, running, wait_for, worker
from bench.tables import Report, Series, pairs_note, percentile, ratio

HEALTHY = 20
PER_SECOND = 40.0
LOOK_SECONDS = 0.05
PATIENCE_SECONDS = 120.0


@dataclass(slots=True)
class Found:
    """What all rounds found: deliveries per second, and milliseconds from the commit to the receipt."""

    loop: list[float] = field(default_factory=list)
    one: list[float] = field(default_factory=list)
    many: list[float] = field(default_factory=list)
    alone: list[Sequence[float]] = field(default_factory=list)
    beside: list[Sequence[float]] = field(default_factory=list)


class Receiver:
    """The program that is told, and what it has seen."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/"

    def ask(self, path: str) -> bytes:
        with urllib.request.urlopen(f"{self.url}{path}", timeout=60) as answer:
            told: bytes = answer.read()
        return told

    def wait(self, count: int) -> dict[str, float]:
        """Wait for so many callbacks and return their ids with the moments; raise BenchmarkFailed if one came twice."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (came := int(self.ask("count"))) < count:
            if time.monotonic() > deadline:
                raise BenchmarkFailed(f"Of {count} callbacks only {came} came.")
            time.sleep(LOOK_SECONDS)
        seen = json.loads(self.ask("seen"))
        if len(moments := dict(seen)) != len(seen):
            raise BenchmarkFailed(f"{len(seen) - len(moments)} callbacks came twice.")
        return moments


class Rows:
    """The program that fills in rows, for one service."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def order(self, name: str, *given: Any) -> Any:
        """Have something done and return what it gave."""
        self.begin(name, *given)
        return self.result()

    def begin(self, name: str, *given: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([name, *given]) + "\n")
        self._process.stdin.flush()

    def result(self) -> Any:
        assert self._process.stdout is not None
        if not (line := self._process.stdout.readline()):
            raise BenchmarkFailed("Filling in rows failed.")
        return json.loads(line)

    def wait_for_records(self, endpoints: Sequence[str]) -> None:
        """Wait until it is written down of all deliveries what came of them."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while left := self.order("pending", endpoints):
            if time.monotonic() > deadline:
                raise BenchmarkFailed(f"{left} deliveries did not end.")
            time.sleep(LOOK_SECONDS)


def measure(options: Options) -> Report:
    """Run it on SQLite, and on PostgreSQL when BENCH_DATABASE_URL names a server."""
    shape = f"{options.deliveries} callbacks to one endpoint, {options.each} each to {options.endpoints}"
    hanging = f"{options.waiting} wait for one that hangs, {PER_SECOND:g} a second for {HEALTHY} others"
    report = Report(f"deliveries: {shape}; {hanging}, {options.runs} runs of each, in turn")
    return on_each_database(options, report, lambda engine, url: _measure_on(engine, url, options, report))


def _measure_on(engine: str, database_url: str, options: Options, report: Report) -> None:
    data_dir = options.folder / engine
    data_dir.mkdir()
    allowed = {"WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8", "WEBHOOK_ALLOW_HTTP": "1"}
    env = environment(data_dir, DATABASE_URL=database_url, **allowed)
    manage(env, "migrate", "--verbosity=0")
    found = Found()
    with _receiver(env, data_dir) as receiver, _rows(env) as rows, worker(env):
        patience = Patience(options.patience)
        _rates(env, rows, receiver, options, patience, found)
        healthy: list[str] = rows.order("make", f"{receiver.url}healthy/", HEALTHY)
        for _ in range(options.runs):
            patience.wait()
            found.alone.append(_delays(rows, receiver, healthy, options))
            with _one_that_hangs(rows, receiver, options):
                found.beside.append(_delays(rows, receiver, healthy, options))
    _tell(engine, found, report)


def _rates(
    env: dict[str, str], rows: Rows, receiver: Receiver, options: Options, patience: Patience, found: Found
) -> None:
    one: list[str] = rows.order("make", f"{receiver.url}one/", 1)
    many: list[str] = rows.order("make", f"{receiver.url}many/", options.endpoints)
    # What is loaded and connected at first is not what is asked for.
    _rate(rows, receiver, many[:20], 5)
    for _ in range(options.runs):
        patience.wait()
        seconds = float(run_module(env, "bench.delivery_posts", f"{receiver.url}loop/", str(options.deliveries)))
        found.loop.append(options.deliveries / seconds)
        receiver.ask("seen")
        found.one.append(_rate(rows, receiver, one, options.deliveries))
        found.many.append(_rate(rows, receiver, many, options.each))


def _rate(rows: Rows, receiver: Receiver, endpoints: Sequence[str], each: int) -> float:
    """Return how many are delivered per second, from the moment that the worker may begin."""
    count = rows.order("fill", endpoints, each)
    woken = rows.order("wake", endpoints)
    came = receiver.wait(count)
    rows.wait_for_records(endpoints)
    return float(count / (max(came.values()) - woken))


def _delays(rows: Rows, receiver: Receiver, endpoints: Sequence[str], options: Options) -> list[float]:
    """Return the milliseconds from the commit of each event to its receipt."""
    committed: dict[str, float] = rows.order("write", endpoints, options.healthy_seconds, PER_SECOND)
    came = receiver.wait(len(committed))
    rows.wait_for_records(endpoints)
    # A worker may see a commit before the one who made it.
    return [1000 * max(0.0, came[event] - moment) for event, moment in committed.items()]


@contextlib.contextmanager
def _one_that_hangs(rows: Rows, receiver: Receiver, options: Options) -> Iterator[None]:
    """Have much waiting for an endpoint that answers nothing; nobody knows that yet when the block begins."""
    hanging = rows.order("make", f"{receiver.url}hang/", 1)
    rows.order("fill", hanging, options.waiting)
    rows.order("wake", hanging)
    yield
    rows.order("end", hanging)
    receiver.ask("release")


@contextlib.contextmanager
def _receiver(env: dict[str, str], folder: Path) -> Iterator[Receiver]:
    port = free_port()
    receiver = Receiver(port)
    log = folder / "receiver.log"
    with running([sys.executable, "-m", "bench.delivery_receiver", str(port)], env, log) as process:
        wait_for(process, log, lambda: _listens(receiver))
        yield receiver


def _listens(receiver: Receiver) -> bool:
    with contextlib.suppress(OSError):
        return receiver.ask("count") == b"0"
    return False


@contextlib.contextmanager
def _rows(env: dict[str, str]) -> Iterator[Rows]:
    command = [sys.executable, "-m", "bench.delivery_rows"]
    process = subprocess.Popen(command, env=env, cwd=BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Rows(process)
    finally:
        process.kill()
        process.communicate()


def _tell(engine: str, found: Found, report: Report) -> None:
    report.add(
        Series(f"{engine}: a loop of signed posts", "per s", found.loop),
        Series(f"{engine}: a worker, to one endpoint", "per s", found.one),
        Series(f"{engine}: a worker, to many endpoints", "per s", found.many),
    )
    for name, delays in (("alone", found.alone), ("beside one that hangs", found.beside)):
        report.add(
            Series(f"{engine}, {name}: half are received within", "ms", [percentile(each, 0.5) for each in delays]),
            Series(f"{engine}, {name}: 99 % are received within", "ms", [percentile(each, 0.99) for each in delays]),
        )
    worst = [[percentile(each, 0.99) for each in delays] for delays in (found.beside, found.alone)]
    ratios = [
        ratio(f"{engine}, one endpoint / loop", found.one, found.loop),
        ratio(f"{engine}, many endpoints / loop", found.many, found.loop),
        ratio(f"{engine}, 99 % beside one that hangs / alone", *worst),
    ]
    report.add(*ratios)
    report.notes.extend(map(pairs_note, ratios))
