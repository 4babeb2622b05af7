"""Reading one transcript again and again, whole and as a 304, beside views that do nothing."""

import urllib.request
from dataclasses import dataclass, replace

from bench.databases import on_each_database
from bench.load import Load, Run, run_load
from bench.machine import Patience
from bench.options import Options
from bench.service import environment, manage, run_module, web_server
from bench.tables import Report, Series, pairs_note, ratio

WARM_UP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class _Target:
    name: str
    path: str
    tag: str = ""


def measure(options: Options) -> Report:
    """Run it on SQLite, and on PostgreSQL when BENCH_DATABASE_URL names a server."""
    shape = f"{options.connections} connections, {options.seconds:g} s a run, {options.runs} runs of each, in turn"
    report = Report(f"detail: {shape}")
    return on_each_database(options, report, lambda engine, url: _measure_on(engine, url, options, report))


def _measure_on(engine: str, database_url: str, options: Options, report: Report) -> None:
    data_dir = options.folder / engine
    data_dir.mkdir()
    env = environment(data_dir, DJANGO_SETTINGS_MODULE="bench.extra_settings", DATABASE_URL=database_url)
    manage(env, "migrate", "--verbosity=0")
    transcript_id, env["BENCH_KEY"] = run_module(env, "bench.detail_rows").split()
    with web_server(env):
        targets = _targets(env, f"/api/v1/transcripts/{transcript_id}/")
        found = {target.name: Load() for target in targets}
        for target in targets:
            _run(env, target, replace(options, seconds=min(options.seconds, WARM_UP_SECONDS)))
        patience = Patience(options.patience)
        for _ in range(options.runs):
            patience.wait()
            for target in targets:
                found[target.name].note(_run(env, target, options))
    _tell(engine, found, report)


def _targets(env: dict[str, str], path: str) -> list[_Target]:
    headers = {"Authorization": f"Bearer {env['BENCH_KEY']}"}
    request = urllib.request.Request(f"http://127.0.0.1:{env['PORT']}{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        tag = answer.headers["ETag"]
    return [
        _Target("empty view", "/bench/empty/"),
        _Target("empty REST view", "/bench/empty-rest/"),
        _Target("detail, 304", path, tag),
        _Target("detail, 200", path),
    ]


def _run(env: dict[str, str], target: _Target, options: Options) -> Run:
    arguments = ["--path", target.path, *(["--tag", target.tag] if target.tag else [])]
    return run_load(env, "bench.detail_load", *arguments, seconds=options.seconds, connections=options.connections)


def _tell(engine: str, found: dict[str, Load], report: Report) -> None:
    for name, load in found.items():
        report.add(
            Series(f"{engine}, {name}", "per s", load.rates),
            Series(f"{engine}, {name}: half are answered within", "ms", load.middle),
        )
    for upper, lower in (
        ("detail, 304", "empty view"),
        ("detail, 304", "empty REST view"),
        ("detail, 200", "empty REST view"),
        ("detail, 304", "detail, 200"),
    ):
        pairs = ratio(f"{engine}, {upper} / {lower}", found[upper].rates, found[lower].rates)
        report.add(pairs)
        report.notes.append(pairs_note(pairs))
