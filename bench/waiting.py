"""Clients that wait with `Prefer: wait`: how many really do, what they cost, and what others notice of them."""

import contextlib
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from api_project.environment import BASE_DIR
from bench.databases import Sql, on_each_database
from bench.machine import Patience
from bench.options import Options
from bench.processes import Usage
from bench.service import BenchmarkFailed, environment, manage, run_module, web_server
from bench.tables import Report, Series, pairs_note, percentile, ratio

# A client that is turned away comes again after so long, and they begin within as long.
RETRY_AFTER_SECONDS = 3.0
WAIT_SECONDS = 60
PAUSE_SECONDS = 0.005
# What an answer that nobody holds back may take, so that it is not taken for one that was.
SLOW_SECONDS = 1.0
# For all to be told the end.
PATIENCE_SECONDS = 60.0
# More than anybody here asks: what is measured is not how clients are throttled.
NO_THROTTLE = "1000000"

END = (
    "UPDATE transcripts_transcript SET status = 'error', error_code = 'rejected', completed_at = CURRENT_TIMESTAMP"
    " WHERE title = 'Waited for'"
)
BEGIN_AGAIN = (
    "UPDATE transcripts_transcript SET status = 'queued', error_code = '', completed_at = NULL"
    " WHERE title = 'Waited for'"
)


def measure(options: Options) -> Report:
    """Run it on SQLite, and on PostgreSQL when BENCH_DATABASE_URL names a server."""
    seconds = _seconds(options)
    shape = f"{options.waiters} clients, {seconds:g} s a run, {options.runs} runs with and without them, in turn"
    report = Report(f"waiting: {shape}")
    return on_each_database(options, report, lambda engine, url: _measure_on(engine, url, options, report))


def _seconds(options: Options) -> float:
    # Long enough for each to have asked several times.
    return max(options.seconds, 1.0) if options.quick else max(options.seconds, 12.0)


@dataclass(slots=True)
class _Found:
    """One figure per run of each kind, in milliseconds, in cores, or as the name says."""

    get_middle: list[float] = field(default_factory=list)
    get_worst: list[float] = field(default_factory=list)
    post_middle: list[float] = field(default_factory=list)
    post_worst: list[float] = field(default_factory=list)
    cores: list[float] = field(default_factory=list)
    growth: list[float] = field(default_factory=list)


@dataclass(slots=True)
class _Waiters:
    """What the waiting clients saw, one figure per run."""

    waiting: list[float] = field(default_factory=list)
    turned_away: list[float] = field(default_factory=list)
    turned_away_middle: list[float] = field(default_factory=list)
    told_waiting: list[float] = field(default_factory=list)
    told_asking: list[float] = field(default_factory=list)

    def note(self, seen: dict[str, list[Any]], ended: float, seconds: float) -> None:
        if seen["problems"]:
            raise BenchmarkFailed(f"A client that waits was answered: {seen['problems'][0]}")
        # Who had asked before the end and had no answer yet was waiting.
        waiting = [1000 * (told - ended) for asked, told in seen["told"] if asked < ended - SLOW_SECONDS]
        asking = [told - ended for asked, told in seen["told"] if asked >= ended - SLOW_SECONDS]
        self.waiting.append(len(waiting))
        self.turned_away.append(len(seen["turned_away"]) / seconds)
        if seen["turned_away"]:
            self.turned_away_middle.append(1000 * percentile(seen["turned_away"], 0.5))
        if waiting:
            self.told_waiting.append(percentile(waiting, 0.5))
        if asking:
            self.told_asking.append(percentile(asking, 0.5))


def _measure_on(engine: str, database_url: str, options: Options, report: Report) -> None:
    data_dir = options.folder / engine
    data_dir.mkdir()
    env = environment(data_dir, DATABASE_URL=database_url, THROTTLE_REQUESTS=NO_THROTTLE)
    env["BENCH_CLIENTS"] = str(options.waiters)
    manage(env, "migrate", "--verbosity=0")
    *waited_for, (transcript, key) = json.loads(run_module(env, "bench.waiting_rows"))
    database = Sql(data_dir, database_url)
    without, beside, waiters = _Found(), _Found(), _Waiters()
    seconds = _seconds(options)
    with web_server(env) as pid:
        probe = _Probe(int(env["PORT"]), transcript, key)
        probe.ask(min(seconds, 2.0), _Found(), pid)
        patience = Patience(options.patience)
        for _ in range(options.runs):
            patience.wait()
            probe.ask(seconds, without, pid)
            with _waiting(env, waited_for) as load:
                time.sleep(RETRY_AFTER_SECONDS)
                probe.ask(seconds, beside, pid)
                database.execute(END)
                ended = time.time()
                waiters.note(json.loads(_line_of(load)), ended, seconds + RETRY_AFTER_SECONDS)
            database.execute(BEGIN_AGAIN)
    _tell(engine, options, without, beside, waiters, report)


@contextlib.contextmanager
def _waiting(env: dict[str, str], waited_for: list[list[str]]) -> Iterator[subprocess.Popen[str]]:
    """Let the clients wait for the block, or until they are told the end."""
    command = [sys.executable, "-m", "bench.waiting_load", "--port", env["PORT"]]
    command += ["--wait", str(WAIT_SECONDS), "--spread", str(RETRY_AFTER_SECONDS)]
    process = subprocess.Popen(command, env=env, cwd=BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        _send(process, json.dumps(waited_for))
        if _line_of(process) != "ready\n":
            raise BenchmarkFailed("The clients that wait did not start.")
        _send(process, "")
        yield process
    finally:
        process.kill()
        process.communicate()


def _send(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def _line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line: str = process.stdout.readline()
    return line


class _Probe:
    """A client that reads a record and creates one, again and again, and does not wait."""

    def __init__(self, port: int, transcript: str, key: str) -> None:
        self._port = port
        self._headers = {"Authorization": f"Bearer {key}"}
        self._detail = f"/api/v1/transcripts/{transcript}/"

    def ask(self, seconds: float, found: _Found, server: int) -> None:
        """Ask in turn for so long, and note how long each took and what the server used meanwhile."""
        gets: list[float] = []
        posts: list[float] = []
        usage, began = Usage(server), time.perf_counter()
        # One for each run: between runs it would be idle for longer than the server keeps it.
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)) as one:
            while time.perf_counter() - began < seconds:
                gets.append(self._timed(one, "GET", self._detail, 200))
                posts.append(self._timed(one, "POST", "/api/v1/transcripts/", 202))
                time.sleep(PAUSE_SECONDS)
        found.cores.append(usage.processor_seconds() / (time.perf_counter() - began))
        found.growth.append(usage.peak_growth())
        found.get_middle.append(1000 * percentile(gets, 0.5))
        found.get_worst.append(1000 * percentile(gets, 0.99))
        found.post_middle.append(1000 * percentile(posts, 0.5))
        found.post_worst.append(1000 * percentile(posts, 0.99))

    def _timed(self, one: http.client.HTTPConnection, method: str, path: str, status: int) -> float:
        body = json.dumps({"audio_url": "https://example.com/a.mp3"}) if method == "POST" else None
        sent = time.perf_counter()
        one.request(method, path, body, {**self._headers, "Content-Type": "application/json"})
        answer = one.getresponse()
        content = answer.read()
        if answer.status != status:
            raise BenchmarkFailed(f"The service answered {answer.status}: {content.decode(errors='replace')}")
        return time.perf_counter() - sent


def _tell(engine: str, options: Options, without: _Found, beside: _Found, waiters: _Waiters, report: Report) -> None:
    report.add(
        Series(f"{engine}: really wait, of {options.waiters}", "clients", waiters.waiting),
        Series(f"{engine}: answered at once", "per s", waiters.turned_away),
        Series(f"{engine}: half of those within", "ms", waiters.turned_away_middle or [0.0]),
        Series(f"{engine}: the end is told to half of those who wait within", "ms", waiters.told_waiting or [0.0]),
        Series(f"{engine}: to half of those who ask again within", "s", waiters.told_asking or [0.0]),
    )
    for name, unit, of in (
        ("GET detail, half within", "ms", "get_middle"),
        ("GET detail, 99 % within", "ms", "get_worst"),
        ("POST, half within", "ms", "post_middle"),
        ("POST, 99 % within", "ms", "post_worst"),
        ("web processes, processor", "cores", "cores"),
        ("largest web process, peak memory growth", "MiB", "growth"),
    ):
        report.add(
            Series(f"{engine}: {name}, without", unit, getattr(without, of)),
            Series(f"{engine}: {name}, with them", unit, getattr(beside, of)),
        )
    for name, of in (("GET detail", "get_middle"), ("POST", "post_middle")):
        pairs = ratio(f"{engine}, {name}: with / without", getattr(beside, of), getattr(without, of))
        report.add(pairs)
        report.notes.append(pairs_note(pairs))
