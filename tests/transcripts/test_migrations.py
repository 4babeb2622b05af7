"""The way from the first migration to the newest and back, with rows on it, and with a kill in the middle."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from uuid6 import uuid7

from tests.factories import make_user
from tests.transcripts.finding.spoken import found
from transcripts.document_pieces import PIECE_BYTES, read_document
from transcripts.models import DocumentPiece, MonthlyUsage, Usage
from transcripts.usage.recounting import usage_recount

# Tables change here, so these want to be alone, and leave the newest behind.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("migrations")]

FIRST = "0001_initial"
Migrate = Callable[[str], Any]
SIZES = (1, 700, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES + 7)
NOVEMBER, DECEMBER = datetime(2026, 11, 30, 23, tzinfo=UTC), datetime(2026, 12, 1, 1, tzinfo=UTC)


class Killed(Exception):
    """What ends a migration here in the middle."""


@pytest.fixture
def migrate(transactional_db: None) -> Iterator[Migrate]:
    """Move this app's tables to a migration, or to the newest for ""; returns the models as they are there."""

    def to(name: str) -> Any:
        executor = MigrationExecutor(connection)
        newest = [key for key in executor.loader.graph.leaf_nodes() if key[0] == "transcripts"]
        target = [("transcripts", name)] if name else newest
        executor.migrate(target)
        return executor.loader.project_state(target).apps

    yield to
    to("")


@contextmanager
def killed_at(beginning: str, *, time: int) -> Iterator[None]:
    """Raise instead of executing a statement that begins like this for the given time."""
    left = [time]

    def look(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        left[0] -= str(sql).startswith(beginning)
        if not left[0]:
            raise Killed
        return execute(sql, *rest)

    with connection.execute_wrapper(look), pytest.raises(Killed):
        yield


def document_of(size: int) -> bytes:
    return bytes(number * 7 % 251 for number in range(size))


class Store:
    """What was stored before anything of this was written: two users with some of everything."""

    def __init__(self, apps: Any) -> None:
        self._apps = apps
        self.ada, self.grace = make_user("ada"), make_user("grace")
        self.documents: dict[UUID, bytes] = {}
        for number, size in enumerate(SIZES):
            self.completed(self.ada, f"Zebra number {number}, Straße and l'été.", size)
        self.completed(self.grace, "A zebra too.", 12)
        self.titled = self.make(self.ada, title="Zebra waits", audio="aa/waits", file_size=1000)
        self.make(self.ada, audio_url="https://example.com/a.mp3", source="url")
        self.make(self.ada, title="zebra", audio="aa/deleted", file_size=100, deleted_at=DECEMBER)
        self.make(self.ada, title="zebra", file_size=50, deleted_at=DECEMBER, erased_at=DECEMBER)
        failed = {"status": "error", "error_code": "gave_up", "error_message": "Too long.", "completed_at": DECEMBER}
        self.failed = self.make(self.grace, title="Failed zebra", audio="aa/failed", file_size=10, **failed)

    def make(self, owner: User, **fields: Any) -> UUID:
        Transcript = self._apps.get_model("transcripts", "Transcript")
        given = {"id": uuid7(), "owner_id": owner.pk, "source": "upload", "created_at": NOVEMBER}
        made: UUID = Transcript.objects.create(**given | fields).pk
        return made

    def completed(self, owner: User, text: str, size: int) -> None:
        ended = {"status": "completed", "completed_at": DECEMBER, "audio_duration": 60}
        pk = self.make(owner, audio=f"aa/{size}", file_size=20, **ended)
        self.documents[pk] = document_of(size)
        result = {"document": self.documents[pk], "text": text, "stored_at": DECEMBER}
        self._apps.get_model("transcripts", "TranscriptResult").objects.create(transcript_id=pk, **result)

    def assert_at_the_newest(self) -> None:
        assert {pk: b"".join(read_document(pk)) for pk in self.documents} == self.documents
        assert [usage_recount(owner_id=user.pk) for user in (self.ada, self.grace)] == [False, False]
        usage = Usage.objects.values_list("owner", "stored_bytes", "transcripts").order_by("owner")
        assert list(usage) == [(self.ada.pk, 20 * len(SIZES) + 1100, len(SIZES) + 2), (self.grace.pk, 30, 2)]
        months = MonthlyUsage.objects.values_list("usage", "month__month", "created", "seconds")
        assert set(months) == {
            (self.ada.pk, 11, len(SIZES) + 4, 0),
            (self.ada.pk, 12, 0, 60 * len(SIZES)),
            (self.grace.pk, 11, 2, 0),
            (self.grace.pk, 12, 0, 60),
        }
        mine = [*list(self.documents)[: len(SIZES)], self.titled]
        assert found("zebra") == [str(pk) for pk in reversed(mine)]
        assert found("strasse ete number") == [str(pk) for pk in reversed(mine[:-1])]
        assert found("zebra", "grace") == [str(self.failed), str(list(self.documents)[-1])]

    def assert_at_the_first(self, apps: Any) -> None:
        results = apps.get_model("transcripts", "TranscriptResult").objects.values_list("pk", "document")
        assert {pk: bytes(document) for pk, document in results} == self.documents


def test_all_the_way_there_and_back_and_there_again(migrate: Migrate) -> None:
    store = Store(migrate(FIRST))
    migrate("")
    store.assert_at_the_newest()
    store.assert_at_the_first(migrate(FIRST))
    migrate("")
    store.assert_at_the_newest()


def test_an_empty_store_goes_there_and_back(migrate: Migrate) -> None:
    migrate(FIRST)
    migrate("")


@pytest.mark.parametrize(
    ("beginning", "time"),
    [
        ('UPDATE "transcripts_transcript" SET "stored_bytes"', 2),
        ('INSERT INTO "transcripts_monthlyusage"', 2),
        ('INSERT INTO "transcripts_documentpiece"', 6),
        ('UPDATE "transcripts_transcriptresult"', 4),
        ("INSERT INTO transcripts_searchentry", 5),
        ('CREATE INDEX "transcripts_by_call"', 1),
        ('CREATE INDEX CONCURRENTLY "transcripts_by_call"', 1),
    ],
)
def test_one_that_was_killed_goes_on(
    migrate: Migrate, monkeypatch: pytest.MonkeyPatch, beginning: str, time: int
) -> None:
    if ("CONCURRENTLY" in beginning) != (connection.vendor == "postgresql") and "INDEX" in beginning:
        pytest.skip("the other database's way")
    for name in ("0003_usage_filled", "0006_document_pieces_filled", "0009_search_filled"):
        monkeypatch.setattr(import_module(f"transcripts.migrations.{name}"), "BATCH", 2)
    store = Store(migrate(FIRST))
    with killed_at(beginning, time=time):
        migrate("")
    migrate("")
    store.assert_at_the_newest()


def test_what_was_cut_before_a_kill_stays_cut(migrate: Migrate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("transcripts.migrations.0006_document_pieces_filled"), "BATCH", 2)
    store = Store(migrate(FIRST))
    # The pieces of the first two are one each; the fourth is the second of a batch.
    with killed_at('INSERT INTO "transcripts_documentpiece"', time=4):
        migrate("")
    assert set(DocumentPiece.objects.values_list("result", flat=True)) == set(list(store.documents)[:2])


def test_a_way_back_that_was_killed_goes_on(migrate: Migrate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("transcripts.migrations.0006_document_pieces_filled"), "BATCH", 2)
    store = Store(migrate(FIRST))
    migrate("")
    with killed_at('UPDATE "transcripts_transcriptresult" SET "document"', time=4):
        migrate(FIRST)
    store.assert_at_the_first(migrate(FIRST))
