"""Whoever follows the feed sees every event once and in order, whoever writes at the same time, on both databases."""

import random
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from tests.api import api_client
from tests.factories import make_user
from tests.threads import PATIENCE, in_thread, wait_until_ended_or_blocked
from tests.webhooks.outbound.working import happen
from webhooks.models import Event
from webhooks.outbound.event_types import TRANSCRIPT_COMPLETED
from webhooks.outbound.events import event_write

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 5
TRANSACTIONS = 12
USERS = ("ada", "grace")


class Undone(Exception):
    """This transaction is rolled back."""


class Writer:
    """Writes events of several users, some in one transaction, some of which are rolled back."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.written: list[str] = []

    def run(self) -> None:
        for _ in range(TRANSACTIONS):
            try:
                with transaction.atomic():
                    ids = self._write_some()
            except Undone:
                continue
            self.written += ids

    def _write_some(self) -> list[str]:
        # Of one user alone: feeds of two users are never locked in one transaction.
        owner = make_user(self._random.choice(USERS))
        ids = [self._write(owner.pk) for _ in range(self._random.randint(1, 3))]
        if self._random.random() < 0.3:
            raise Undone
        return ids

    def _write(self, owner_id: int) -> str:
        time.sleep(self._random.random() / 200)
        event = event_write(
            owner_id=owner_id,
            kind=TRANSCRIPT_COMPLETED,
            subject=uuid4(),
            data=lambda level: {},
            now=timezone.now(),
        )
        time.sleep(self._random.random() / 200)
        return str(event.pk)


class Follower:
    """Follows a feed while it is written, by the table or over REST, and keeps what it saw."""

    def __init__(self, follow: Callable[["Follower"], bool]) -> None:
        self.seen: list[str] = []
        self.cursor: Any = ""
        self.is_over = threading.Event()
        self._follow = follow

    def run(self) -> None:
        while not self.is_over.is_set():
            self._follow(self)
            time.sleep(0.001)
        while self._follow(self):
            """Take what was committed last."""


def by_position(name: str) -> Callable[[Follower], bool]:
    owner = make_user(name)

    def follow(follower: Follower) -> bool:
        last = follower.cursor or 0
        found = Event.objects.filter(owner=owner, position__gt=last).order_by("position")[:7]
        for event in found:
            assert event.position == last + 1, "one was passed by"
            last += 1
            follower.seen.append(str(event.pk))
        is_more, follower.cursor = last != follower.cursor, last
        return bool(is_more)

    return follow


def over_rest(name: str) -> Callable[[Follower], bool]:
    headers = {"Authorization": api_client(name).defaults["HTTP_AUTHORIZATION"]}

    def follow(follower: Follower) -> bool:
        answer = Client(headers=headers).get(follower.cursor or "/api/v1/events/?after=&limit=7")
        assert answer.status_code == 200, answer.content
        page = answer.json()
        follower.seen += [event["id"] for event in page["results"]]
        follower.cursor = page["next"]
        return bool(page["results"])

    return follow


@pytest.mark.parametrize("way", [by_position, over_rest])
def test_whoever_follows_sees_every_event_once(settings: Any, way: Callable[[str], Callable[[Follower], bool]]) -> None:
    settings.THROTTLE_REQUESTS = 0
    writers = [Writer(seed) for seed in range(WRITERS)]
    followers = {name: Follower(way(name)) for name in USERS}
    with ExitStack() as following:
        for follower in followers.values():
            following.enter_context(in_thread(follower.run))
            following.callback(follower.is_over.set)
        with ExitStack() as writing:
            for writer in writers:
                writing.enter_context(in_thread(writer.run))

    written = {identifier for writer in writers for identifier in writer.written}
    seen = [identifier for follower in followers.values() for identifier in follower.seen]
    assert len(written) > WRITERS
    assert sorted(seen) == sorted(written)
    for name, follower in followers.items():
        in_order = Event.objects.filter(owner__username=name).order_by("position")
        assert [str(event.pk) for event in in_order] == follower.seen
        assert [event.position for event in in_order] == list(range(1, len(follower.seen) + 1))


def test_nobody_comes_before_one_that_is_not_committed_yet() -> None:
    make_user(), make_user("grace")
    first, may_commit = threading.Event(), threading.Event()
    positions: list[int] = []

    def write_slowly() -> None:
        with transaction.atomic():
            positions.append(happen().position)
            first.set()
            assert may_commit.wait(PATIENCE)

    def write() -> None:
        positions.append(happen().position)

    with in_thread(write_slowly):
        assert first.wait(PATIENCE)
        with in_thread(write) as second:
            wait_until_ended_or_blocked(second)
            assert second.is_alive() and not Event.objects.exists()
            if connection.vendor == "postgresql":
                # A feed of another user is nobody's business.
                assert happen(user="grace").position == 1
            may_commit.set()
    assert positions == [1, 2]
