"""Counting, with a clock that is passed, in each of the stores."""

import logging
import os
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import Settings

from api_project.rest.throttling.limits import Limit
from api_project.rest.throttling.stores import CacheStore, FileStore, Store
from api_project.rest.throttling.throttle import LOG_EVERY_SECONDS, REST_SECONDS, Throttle

LIMIT = Limit(requests=3, seconds=60)
NOON = 1_795_348_800.0
REDIS = os.environ.get("TEST_REDIS_URL", "")
HAS_REDIS = pytest.mark.skipif(not REDIS, reason="TEST_REDIS_URL names no Redis")


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["file", pytest.param("redis", marks=HAS_REDIS)])
def store(request: pytest.FixtureRequest, tmp_path: Path, settings: Settings) -> Iterator[Store]:
    if request.param == "redis":
        settings.CACHES = redis_caches()
        yield CacheStore()
        return
    file_store = FileStore(tmp_path / "requests.sqlite3")
    yield file_store
    file_store.close()


def redis_caches() -> dict[str, dict[str, str]]:
    backend = "django.core.cache.backends.redis.RedisCache"
    # Several test processes share one Redis.
    return {"default": {"BACKEND": backend, "LOCATION": REDIS, "KEY_PREFIX": str(uuid.uuid4())}}


def used(throttle: Throttle, bucket: str = "key:1", limit: Limit = LIMIT) -> int:
    standing = throttle.count(bucket, limit)
    assert standing is not None
    return standing.used


def test_requests_are_counted_up_to_the_limit_and_beyond(store: Store, clock: Clock) -> None:
    throttle = Throttle(store, clock)
    standings = [throttle.count("key:1", LIMIT) for _ in range(4)]
    assert [standing and (standing.remaining, standing.is_over) for standing in standings] == [
        (2, False),
        (1, False),
        (0, False),
        (0, True),
    ]


def test_buckets_do_not_meet(store: Store, clock: Clock) -> None:
    throttle = Throttle(store, clock)
    used(throttle, "key:1")
    assert used(throttle, "key:2") == 1
    assert used(throttle, "user:1") == 1


def test_a_new_window_begins_with_nothing_used(store: Store, clock: Clock) -> None:
    throttle = Throttle(store, clock)
    standing = [throttle.count("key:1", LIMIT) for _ in range(4)][-1]
    assert standing is not None
    clock.now += standing.seconds_left(clock.now) - 0.5
    assert used(throttle) == 5
    clock.now += 1
    assert used(throttle) == 1


def test_a_clock_that_was_set_back_holds_nobody_up(store: Store, clock: Clock) -> None:
    throttle = Throttle(store, clock)
    for _ in range(4):
        used(throttle)
    clock.now -= 3600
    assert used(throttle) == 1


def test_two_stores_count_together(clock: Clock, tmp_path: Path) -> None:
    stores = [FileStore(tmp_path / "requests.sqlite3") for _ in range(2)]
    assert [used(Throttle(store, clock)) for store in stores * 2] == [1, 2, 3, 4]
    for store in stores:
        store.close()


COUNT_100 = """
import sys
from pathlib import Path
from api_project.rest.throttling.stores import FileStore
store = FileStore(Path(sys.argv[1]))
for _ in range(100):
    store.count("key:1", int(sys.argv[2]) + 60, float(sys.argv[2]))
"""


def test_processes_count_together_and_lose_nothing(clock: Clock, tmp_path: Path) -> None:
    path = tmp_path / "requests.sqlite3"
    command = [sys.executable, "-c", COUNT_100, str(path), str(int(NOON))]
    processes = [subprocess.Popen(command, cwd=settings.BASE_DIR) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    store = FileStore(path)
    assert store.count("key:1", int(NOON) + 60, NOON) == 301
    store.close()


def test_windows_that_are_over_go_away(clock: Clock, tmp_path: Path) -> None:
    store = FileStore(tmp_path / "requests.sqlite3")
    throttle = Throttle(store, clock)
    for number in range(5):
        used(throttle, f"key:{number}")
    clock.now += 300
    used(throttle, "key:new")
    store.close()
    with sqlite3.connect(tmp_path / "requests.sqlite3") as connection:
        assert connection.execute("SELECT name FROM bucket").fetchall() == [("key:new",)]
    connection.close()


def test_only_we_can_read_the_file(clock: Clock, tmp_path: Path) -> None:
    store = FileStore(tmp_path / "requests.sqlite3")
    used(Throttle(store, clock))
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    store.close()


def test_a_torn_file_is_begun_anew(clock: Clock, tmp_path: Path) -> None:
    path = tmp_path / "requests.sqlite3"
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    store = FileStore(path)
    assert used(Throttle(store, clock)) == 1
    store.close()


def test_a_file_that_was_taken_away_is_made_again(clock: Clock, tmp_path: Path) -> None:
    path = tmp_path / "requests.sqlite3"
    store = FileStore(path)
    throttle = Throttle(store, clock)
    used(throttle)
    path.unlink()
    clock.now += 61
    used(throttle)
    assert path.exists()
    store.close()


class Broken:
    """A store that cannot be used, or can again."""

    def __init__(self) -> None:
        self.asked = 0
        self.works = False

    def count(self, bucket: str, ends: int, now: float) -> int:
        self.asked += 1
        if self.works:
            return 1
        raise OSError("No such disk")


def test_a_store_that_fails_lets_requests_pass_and_says_so_once_a_minute(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    throttle = Throttle(Broken(), clock)
    for _ in range(LOG_EVERY_SECONDS * 2):
        assert throttle.count("key:1", LIMIT) is None
        clock.now += 1
    said = [record for record in caplog.records if getattr(record, "action", "") == "rest.throttle_failed"]
    assert [(record.levelno, record.getMessage()) for record in said] == [
        (logging.ERROR, "Requests are not counted: No such disk")
    ] * 2


def test_a_store_that_fails_is_left_alone_for_a_moment(clock: Clock) -> None:
    store = Broken()
    throttle = Throttle(store, clock)
    for _ in range(10):
        throttle.count("key:1", LIMIT)
    assert store.asked == 1
    clock.now += REST_SECONDS
    store.works = True
    assert used(throttle) == 1


def _missing_folder(path: Path) -> FileStore:
    return FileStore(path / "missing" / "requests.sqlite3")


def _folder_in_its_place(path: Path) -> FileStore:
    (path / "requests.sqlite3").mkdir()
    return FileStore(path / "requests.sqlite3")


@pytest.mark.parametrize("broken", [_missing_folder, _folder_in_its_place])
def test_a_file_that_cannot_be_made_lets_requests_pass(
    clock: Clock, tmp_path: Path, broken: Callable[[Path], FileStore]
) -> None:
    assert Throttle(broken(tmp_path), clock).count("key:1", LIMIT) is None


def test_a_redis_that_does_not_answer_lets_requests_pass(clock: Clock, settings: Settings) -> None:
    # Nothing listens there.
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:9/0"}}
    assert Throttle(CacheStore(), clock).count("key:1", LIMIT) is None
