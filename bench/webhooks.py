"""AssemblyAI's webhooks per second beside a view that commits one bare INSERT, same server, same database."""

import contextlib
from dataclasses import replace

from bench.databases import Sql, on_each_database
from bench.load import Load, Run, run_load
from bench.machine import Patience
from bench.options import Options
from bench.service import BenchmarkFailed, environment, manage, web_server, worker
from bench.tables import Report, Series, pairs_note, ratio

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
    return on_each_database(options, report, lambda engine, url: _measure_on(engine, url, options, report))


def _measure_on(engine: str, database_url: str, options: Options, report: Report) -> None:
    data_dir = options.folder / engine
    data_dir.mkdir()
    env = environment(data_dir, DJANGO_SETTINGS_MODULE="bench.extra_settings", DATABASE_URL=database_url)
    manage(env, "migrate", "--verbosity=0")
    database = Sql(data_dir, database_url)
    database.execute(MAKE_TABLE[engine])
    found = {target: Load() for target in TARGETS}
    with web_server(env), worker(env) if options.worker else contextlib.nullcontext():
        sent = dict.fromkeys(TARGETS, 0)
        for target in TARGETS:
            sent[target] += len(_run(env, target, replace(options, seconds=min(options.seconds, 1.0))).latencies)
        patience = Patience(options.patience)
        for _ in range(options.runs):
            patience.wait()
            for target in TARGETS:
                load = _run(env, target, options)
                sent[target] += len(load.latencies)
                found[target].note(load)
    for target, table in TABLES.items():
        (stored,) = database.rows(f"SELECT count(*) FROM {table}")[0]
        if stored != sent[target]:
            raise BenchmarkFailed(f"{sent[target]} were answered and {stored} are stored in {table}.")
    _tell(engine, found, report)


def _run(env: dict[str, str], target: str, options: Options) -> Run:
    load = "bench.webhook_load"
    return run_load(env, load, "--target", target, seconds=options.seconds, connections=options.connections)


def _tell(engine: str, found: dict[str, Load], report: Report) -> None:
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
