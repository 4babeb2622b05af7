"""A result of ten hours: fetching and storing it, and reading it, beside parsing the same bytes once."""

import http.client
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from api_project.environment import BASE_DIR
from bench.databases import on_each_database
from bench.long_result_document import make_document, running_provider
from bench.machine import Patience
from bench.options import Options
from bench.processes import Usage
from bench.service import BenchmarkFailed, environment, manage, web_server
from bench.tables import Report, Series, pairs_note, ratio

WORDS = 100_000
QUICK_WORDS = 3_000
USER = "bench"
# What is read, and as whom it appears in the table.
PARTS = {
    "words/": "first page of words/",
    "srt/": "srt/",
    "sentences/": "sentences/",
    "utterances/": "utterances/",
    "json/": "json/",
}
Found = dict[str, list[float]]


def measure(options: Options) -> Report:
    """Run it on SQLite, and on PostgreSQL when BENCH_DATABASE_URL names a server."""
    words = QUICK_WORDS if options.quick else WORDS
    document = make_document(words)
    shape = f"{words:,} words, {len(document) / 1e6:.1f} MB of JSON, {options.runs} runs of each, in turn"
    report = Report(f"long-result: {shape}")
    if not sys.platform.startswith("linux"):
        raise BenchmarkFailed("Peaks of memory are read from /proc, which is there on Linux only.")
    path = options.folder / "document.json"
    path.write_bytes(document)
    return on_each_database(options, report, lambda engine, url: _measure_on(engine, url, path, options, report))


def _measure_on(engine: str, database_url: str, path: Path, options: Options, report: Report) -> None:
    data_dir = options.folder / engine
    data_dir.mkdir()
    env = environment(data_dir, DATABASE_URL=database_url)
    manage(env, "migrate", "--verbosity=0")
    key = manage(env, "create_api_key", USER).splitlines()[-1]
    seconds: Found = defaultdict(list)
    growth: Found = defaultdict(list)
    patience = Patience(options.patience)
    with running_provider(int(env["SANDBOX_PORT"]), path.read_bytes()), web_server(env) as parent:
        identifier = _work(env, "apply", path)["id"]
        _read_often(env, key, identifier, ["words/"])
        usage = Usage(parent)
        _read_often(env, key, identifier, PARTS)
        growth["first"].append(usage.peak_growth())
        for _ in range(options.runs):
            patience.wait()
            for kind in ("parse", "apply"):
                done = _work(env, kind, path)
                seconds[kind].append(done["seconds"])
                growth[kind].append(done["growth"])
            for part in PARTS:
                usage = Usage(parent)
                seconds[part].append(_read(env, key, identifier, part))
                growth[part].append(usage.peak_growth())
    _tell(engine, seconds, growth, report)


def _work(env: dict[str, str], kind: str, path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.long_result_work"]
    wanted = json.dumps({"kind": kind, "document": str(path), "user": USER})
    done = subprocess.run(command, env=env, cwd=BASE_DIR, input=wanted, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchmarkFailed(f"{kind} failed: {done.stderr.strip()[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _read_often(env: dict[str, str], key: str, identifier: str, parts: Iterable[str]) -> None:
    """Have both web workers load their code, and whatever else a first request does."""
    for _ in range(4):
        for part in parts:
            _read(env, key, identifier, part)


def _read(env: dict[str, str], key: str, identifier: str, part: str) -> float:
    """Return the seconds from connecting to the last byte."""
    connection = http.client.HTTPConnection("127.0.0.1", int(env["PORT"]), timeout=120)
    begin = time.perf_counter()
    try:
        path = f"/api/v1/transcripts/{identifier}/{part}"
        connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise BenchmarkFailed(f"GET {part} was answered with {answer.status}: {answer.read(500)!r}")
        while answer.read(64 * 1024):
            pass
        return time.perf_counter() - begin
    finally:
        connection.close()


def _tell(engine: str, seconds: Found, growth: Found, report: Report) -> None:
    names = {"parse": "json.loads alone", "apply": "apply", **PARTS}
    for kind, name in names.items():
        report.add(Series(f"{engine}, {name}", "ms", [1000 * value for value in seconds[kind]]))
    for kind, name in names.items():
        report.add(Series(f"{engine}, {name}: peak memory growth", "MiB", growth[kind]))
    report.add(Series(f"{engine}, the first answers of all kinds: peak memory growth", "MiB", growth["first"]))
    for kind in ("apply", "srt/"):
        pairs = ratio(f"{engine}, {names[kind]} / json.loads alone", seconds[kind], seconds["parse"])
        report.add(pairs)
        report.notes.append(pairs_note(pairs))
