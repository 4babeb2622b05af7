"""AssemblyAI's webhooks per second beside a view that commits one bare INSERT, same server, same database."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from api_project.environment import BASE_DIR
from bench.databases import Sql, postgres_database
from bench.machine import Patience
from bench.options import Options
from bench.service import BenchmarkFailed, environment, manage, web_server, worker
from bench.tables import Report, Series, pairs_note, percentile, ratio

# Two, so that one client process's interpreter lock is not what is measured.
CLIENTS = 2
TARGETS = ("receiver", "bare")
MAKE_TABLE = {
    "SQLite": "CREATE TABLE bench_bare (id integer PRIMARY KEY AUTOINCREMENT, body text NOT NULL)",
    "PostgreSQL": "CREATE TABLE bench_bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL)",
}
TABLES = {"receiver": "webhooks_receivedevent", "bare": "bench_bare"}


def measure(options: Options) -> Report:
    """Run it on SQLite, and on PostgreSQL when BENCH_DATABASE_URL names a server."""
    shape = f"{options.connections} connections, {options.seconds:g} s a run, {options.runs} runs of each, in turn"
    report = Report(f"webhooks: {shape}, the worker {'running' if options.worker else 'not running'}")
    _measure_on("SQLite", "", options, report)
    if options.database_url:
        with postgres_database(options.database_url) as url:
            _measure_on("PostgreSQL", url, options, report)
    else:
        report.notes.append("PostgreSQL was left out: BENCH_DATABASE_URL does not name a server.")
    return report


def _measure_on(engine: str, database_url: str, options: Options, report: Report) -> None:
    data_dir = options.folder / engine
    data_dir.mkdir()
    env = environment(data_dir, DJANGO_SETTINGS_MODULE="bench.webhook_settings", DATABASE_URL=database_url)
    manage(env, "migrate", "--verbosity=0")
    database = Sql(data_dir, database_url)
    database.execute(MAKE_TABLE[engine])
    found = {target: _Load() for target in TARGETS}
    with web_server(env), worker(env) if options.worker else contextlib.nullcontext():
        sent = dict.fromkeys(TARGETS, 0)
        for target in TARGETS:
            sent[target] += len(_run(env, target, min(options.seconds, 1.0), options.connections).latencies)
        patience = Patience(options.patience)
        for _ in range(options.runs):
            patience.wait()
            for target in TARGETS:
                load = _run(env, target, options.seconds, options.connections)
                sent[target] += len(load.latencies)
                found[target].note(load)
    for target, table in TABLES.items():
        (stored,) = database.rows(f"SELECT count(*) FROM {table}")[0]
        if stored != sent[target]:
            raise BenchmarkFailed(f"{sent[target]} were answered and {stored} are stored in {table}.")
    _tell(engine, found, report)


@dataclass(slots=True)
class _Run:
    seconds: float
    latencies: list[float]
    cpu: float


@dataclass(slots=True)
class _Load:
    """The runs of one kind: per second, and milliseconds."""

    rates: list[float] = field(default_factory=list)
    middle: list[float] = field(default_factory=list)
    worst: list[float] = field(default_factory=list)
    client_share: list[float] = field(default_factory=list)

    def note(self, run: _Run) -> None:
        self.rates.append(len(run.latencies) / run.seconds)
        self.middle.append(1000 * percentile(run.latencies, 0.5))
        self.worst.append(1000 * percentile(run.latencies, 0.99))
        self.client_share.append(run.cpu / run.seconds)


def _run(env: dict[str, str], target: str, seconds: float, connections: int) -> _Run:
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(_client(env, target, seconds, connections // CLIENTS)) for _ in range(CLIENTS)]
        for client in clients:
            if _stdout(client).readline() != "ready\n":
                raise BenchmarkFailed("A client did not start.")
        for client in clients:
            _begin(client)
        answers: list[dict[str, Any]] = [json.loads(_stdout(client).readline()) for client in clients]
    problems = [problem for answer in answers for problem in answer["problems"]]
    if problems:
        raise BenchmarkFailed(f"An answer was not 204: {problems[0]}")
    return _Run(
        seconds=max(answer["seconds"] for answer in answers),
        latencies=[latency for answer in answers for latency in answer["latencies"]],
        cpu=sum(answer["cpu"] for answer in answers),
    )


@contextlib.contextmanager
def _client(env: dict[str, str], target: str, seconds: float, connections: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "bench.webhook_load", "--port", env["PORT"], "--target", target]
    command += ["--seconds", str(seconds), "--connections", str(max(1, connections))]
    process = subprocess.Popen(command, env=env, cwd=BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _stdout(process: subprocess.Popen[str]) -> Any:
    return process.stdout


def _begin(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def _tell(engine: str, found: dict[str, _Load], report: Report) -> None:
    for target, load in found.items():
        name = f"{engine}, {'receiver' if target == 'receiver' else 'bare INSERT'}"
        report.add(
            Series(f"{name}: webhooks", "per s", load.rates),
            Series(f"{name}: half are answered within", "ms", load.middle),
            Series(f"{name}: 99 % are answered within", "ms", load.worst),
        )
    pairs = ratio(f"{engine}, receiver / bare INSERT", found["receiver"].rates, found["bare"].rates)
    report.add(pairs)
    report.notes.append(pairs_note(pairs))
    share = Series("", "", [value for load in found.values() for value in load.client_share]).median
    report.notes.append(f"{engine}: the clients took {share:.2f} of one core.")
