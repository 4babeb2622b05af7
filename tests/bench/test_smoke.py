"""Each benchmark runs from its command to its table and leaves nothing; what it measures is not judged here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.tables import percentile, ratio
from bench.upload import make_recording

BASE_DIR = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 120


def run_quickly(name: str, folder: Path) -> str:
    """Run a benchmark at its smallest and return what it printed."""
    env = {**os.environ, "BENCH_DATABASE_URL": os.environ.get("TEST_DATABASE_URL", "")}
    command = [sys.executable, "-m", "bench", name, "--quick", "--folder", str(folder)]
    done = subprocess.run(
        command, env=env, cwd=BASE_DIR, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not list(folder.iterdir())
    return done.stdout


def test_it_measures_uploads(tmp_path: Path) -> None:
    assert "upload, multipart / write and fsync" in run_quickly("upload", tmp_path)


@pytest.mark.database
def test_it_measures_webhooks(tmp_path: Path) -> None:
    printed = run_quickly("webhooks", tmp_path)
    assert "SQLite, receiver / bare INSERT" in printed
    assert ("PostgreSQL, receiver / bare INSERT" in printed) == bool(os.environ.get("TEST_DATABASE_URL"))


@pytest.mark.database
def test_it_measures_finding(tmp_path: Path) -> None:
    printed = run_quickly("finding", tmp_path)
    assert "SQLite, search: half of all texts: 100 (" in printed
    assert "/ 100 " in printed
    assert ("PostgreSQL, list: first page" in printed) == bool(os.environ.get("TEST_DATABASE_URL"))


def test_it_measures_the_time_to_the_text(tmp_path: Path) -> None:
    printed = run_quickly("latency", tmp_path)
    assert "service / SDK as it comes" in printed
    assert "recognition" in printed


@pytest.mark.database
def test_it_measures_clients_that_wait(tmp_path: Path) -> None:
    printed = run_quickly("waiting", tmp_path)
    assert "SQLite: really wait, of 30" in printed
    assert "SQLite, GET detail: with / without" in printed


@pytest.mark.database
def test_it_measures_deliveries(tmp_path: Path) -> None:
    printed = run_quickly("deliveries", tmp_path)
    assert "SQLite, one endpoint / loop" in printed
    assert ("PostgreSQL, 99 % beside one that hangs / alone" in printed) == bool(os.environ.get("TEST_DATABASE_URL"))


@pytest.mark.database
def test_it_measures_a_long_result(tmp_path: Path) -> None:
    printed = run_quickly("long-result", tmp_path)
    assert "SQLite, apply / json.loads alone" in printed
    assert ("PostgreSQL, srt/" in printed) == bool(os.environ.get("TEST_DATABASE_URL"))


def test_an_unknown_name_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "sprint"], cwd=BASE_DIR, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "there is no sprint" in done.stderr


def test_the_recording_is_a_wav_file_of_the_wanted_size(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    make_recording(path, 3_000_000)
    assert path.stat().st_size == 3_000_000
    assert path.read_bytes()[:4] + path.read_bytes()[8:16] == b"RIFFWAVEfmt "


@pytest.mark.parametrize(("share", "expected"), [(0.5, 2), (0.99, 4), (0.25, 1), (1.0, 4)])
def test_a_percentile_is_a_value_that_was_measured(share: float, expected: float) -> None:
    assert percentile([4, 2, 1, 3], share) == expected


def test_ratios_are_taken_pair_by_pair() -> None:
    assert list(ratio("a / b", [2.0, 3.0], [1.0, 6.0]).values) == [2.0, 0.5]
