"""Reading, listing and searching in small and large stores: what the same question costs in each."""

import contextlib
import http.client
import json
import time
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.databases import named_postgres_database, postgres_database
from bench.finding_questions import LISTS, PATH, SEARCHES, Asked
from bench.finding_rows import EDITION, common_words
from bench.machine import Patience
from bench.options import Options
from bench.service import BenchmarkFailed, environment, manage, run_module, web_server
from bench.tables import Report, Series, ratio

SIZES = "1000,100000,1000000"
QUICK_SIZES = "100,300"
WARM_UPS = 2
# How a search is answered that takes longer than it may.
TOO_SLOW = 422
# Each run asks every question so many times, in turn.
ROUNDS_PER_RUN = 5


def read_sizes(text: str) -> tuple[int, ...]:
    """Return the sizes of the stores, the smallest first."""
    return tuple(sorted(int(size) for size in text.split(",")))


def measure(options: Options) -> Report:
    """Run it on SQLite, and on PostgreSQL when BENCH_DATABASE_URL names a server."""
    sizes = ", ".join(f"{size:,}" for size in options.sizes)
    rounds = 1 if options.quick else options.runs * ROUNDS_PER_RUN
    report = Report(
        f"finding: stores of {sizes} transcripts, {rounds} requests of each, in turn; 20 rows a page at most"
    )
    _measure_on("SQLite", options, report, rounds)
    if options.database_url:
        _measure_on("PostgreSQL", options, report, rounds)
    else:
        report.notes.append("PostgreSQL was left out: BENCH_DATABASE_URL does not name a server.")
    return report


class _Store:
    """A web server over one filled database, and a kept-alive connection to it."""

    def __init__(self, port: int, known: dict[str, Any]) -> None:
        self.known = known
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def seconds(self, asked: Asked) -> float:
        """Ask once; return how long the answer took."""
        began = time.perf_counter()
        self.ask(asked)
        return time.perf_counter() - began

    def ask(self, asked: Asked) -> dict[str, Any]:
        """Return the answer. Raises BenchmarkFailed unless it is one."""
        parameters = {name: value.format(**self.known["parts"]) for name, value in asked.parameters.items()}
        path = PATH + asked.below.format(**self.known) + (f"?{urlencode(parameters)}" if parameters else "")
        headers = {"Authorization": f"Bearer {self.known['keys'][asked.owner]}"}
        try:
            answer = self._get(path, headers)
        except http.client.RemoteDisconnected:
            # It was left alone for too long, while another store was filled.
            self._connection.close()
            answer = self._get(path, headers)
        body = answer.read()
        if answer.status not in (200, TOO_SLOW):
            raise BenchmarkFailed(f"{path} was answered {answer.status}: {body[:500]!r}")
        found: dict[str, Any] = json.loads(body)
        return found

    def _get(self, path: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        self._connection.request("GET", path, headers=headers)
        return self._connection.getresponse()


def _measure_on(engine: str, options: Options, report: Report, rounds: int) -> None:
    with contextlib.ExitStack() as stack:
        stores = {size: stack.enter_context(_store(engine, size, options)) for size in options.sizes}
        asked_for = [Asked("a transcript", below="{id}/"), *LISTS, *SEARCHES]
        questions = [_equally_full(asked, stores.values()) for asked in asked_for]
        rows = {(asked.name, size): _rows(store.ask(asked)) for asked in questions for size, store in stores.items()}
        times = _ask_in_turn(questions, stores, rounds, Patience(options.patience))
    smallest, *larger = options.sizes
    for asked in questions:
        base = times[asked.name, smallest]
        name = f"{engine}, {asked.name}: {smallest:,}{rows[asked.name, smallest]}"
        report.add(Series(name, "ms", [1000 * seconds for seconds in base]))
        for size in larger:
            report.add(ratio(f"  {size:,}{rows[asked.name, size]} / {smallest:,}", times[asked.name, size], base))


def _equally_full(asked: Asked, stores: Collection[_Store]) -> Asked:
    """Return the question for pages that have as many rows in each store; one with more takes longer in any."""
    answers = [store.ask(asked) for store in stores]
    fewest = min((len(answer["results"]) for answer in answers if "results" in answer), default=0)
    return replace(asked, parameters={**asked.parameters, "limit": str(fewest)}) if fewest else asked


def _rows(answer: dict[str, Any]) -> str:
    """Return how many rows a page has, if it is one."""
    if answer.get("status") == TOO_SLOW:
        return " (refused)"
    return f" ({len(answer['results'])} rows)" if "results" in answer else ""


def _ask_in_turn(
    questions: list[Asked], stores: dict[int, _Store], rounds: int, patience: Patience
) -> dict[tuple[str, int], list[float]]:
    times: dict[tuple[str, int], list[float]] = {(asked.name, size): [] for asked in questions for size in stores}
    for count in range(WARM_UPS + rounds):
        patience.wait()
        for asked in questions:
            # One right after the other, so that each pair saw the same machine.
            for size, store in stores.items():
                seconds = store.seconds(asked)
                if count >= WARM_UPS:
                    times[asked.name, size].append(seconds)
    return times


@contextlib.contextmanager
def _store(engine: str, size: int, options: Options) -> Iterator[_Store]:
    data_dir = (options.stores or options.folder) / f"{engine}-{EDITION}-{size}"
    with _database(engine, size, options) as database_url:
        env = environment(data_dir, DATABASE_URL=database_url, THROTTLE_REQUESTS="0")
        known = _filled(env, data_dir / "known.json", size)
        with web_server(env):
            known["parts"] = known["cursors"] | common_words(size)
            store = _Store(int(env["PORT"]), known)
            newest = store.ask(Asked("newest"))["results"]
            known["id"] = newest[0]["id"]
            yield store


@contextlib.contextmanager
def _database(engine: str, size: int, options: Options) -> Iterator[str]:
    """Give the address of the database, empty for SQLite; one of its own, or one that is kept."""
    if engine == "SQLite":
        yield ""
    elif options.stores:
        yield named_postgres_database(options.database_url, f"bench_finding_{EDITION}_{size}")
    else:
        with postgres_database(options.database_url) as url:
            yield url


def _filled(env: dict[str, str], known: Path, size: int) -> dict[str, Any]:
    """Fill a store, unless that was done before; return how to ask for what is in it."""
    known.parent.mkdir(parents=True, exist_ok=True)
    manage(env, "migrate", "--verbosity=0")
    if not known.exists():
        known.write_text(run_module(env, "bench.finding_store", "--size", str(size)))
    found: dict[str, Any] = json.loads(known.read_text())
    return found
