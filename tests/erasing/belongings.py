"""Everything that a user can have, with a word in it that stands nowhere else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from api_project.rest.api_keys.services import api_key_create
from api_project.rest.idempotency.models import IdempotencyKey
from api_project.rest.models import ApiKey
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import make_transcript
from transcripts.applying import apply_callback
from transcripts.models import (
    DocumentPiece,
    RedactedAudio,
    Submission,
    Transcript,
    TranscriptResult,
    WordPage,
    audio_storage,
)
from webhooks.models import Attempt, Delivery, Endpoint, EventPayload, ReceivedEvent, Recovery, SigningSecret
from webhooks.outbound.endpoints import endpoint_create
from webhooks.outbound.secrets import secret_make

RunDue = Callable[..., Any]


# Letters alone, as the search takes words apart.
MARK = "qzmarkerqz"
# Text that is not the user's: "model.column" → whose it is.
NOT_THE_USERS = {
    "auth.User.password": "made unusable, at random",
    "rest.ApiKey.prefix": "made at random",
    "sessions.Session.session_key": "made at random",
    "sessions.Session.session_data": "signed, so nothing can be put in; whole rows are looked for",
    "transcripts.RedactedAudio.audio": "a path made of ids; files are looked for on the disk",
    "transcripts.Submission.provider_id": "the provider's id",
    "transcripts.Submission.webhook_url": "an address of ours, made of ids",
    "transcripts.Transcript.audio": "a path made of ids; files are looked for on the disk",
    "transcripts.Transcript.provider_id": "the provider's id",
    "transcripts.Transcript.webhook_endpoints": "ids of ours, checked when they are given",
    "transcripts.TranscriptMove.reason": "words of ours",
    "webhooks.Attempt.detail": "words of ours, which quote nothing",
    "webhooks.Event.type": "a word of ours",
    "webhooks.ReceivedEvent.key": "the provider's ids; it stays, to tell repeats",
    "webhooks.ReceivedEvent.kind": "the provider's word for what happened",
    "webhooks.ReceivedEvent.provider": "a word of ours",
    "webhooks.ReceivedEvent.reference": "the provider's id",
}
TEXT = (models.CharField, models.TextField, models.JSONField, models.BinaryField)


def make_belongings(owner: User, fake: FakeAssemblyAI, run_due: RunDue) -> Transcript:
    """Give a user a completed transcript and one of everything else; returns the transcript."""
    endpoint, _ = endpoint_create(owner=owner, url="https://93.184.215.14/hooks")
    make_transcript(owner, title=MARK, metadata={MARK: MARK})
    transcript: Transcript = run_due("submit")
    fake.complete(transcript.provider_id, f"Hello {MARK} world.")
    assert apply_callback(transcript.id, 1, transcript.provider_id) == ""
    _store_redacted_audio(transcript)
    _receive(transcript)
    _deliver(endpoint)
    api_key_create(user=owner, name=MARK, scope="read")
    resource = {"fingerprint": "f", "resource_id": transcript.pk}
    IdempotencyKey.objects.create(
        user=owner, key=MARK, token=transcript.pk, until=timezone.now() + timedelta(hours=1), **resource
    )
    LogEntry.objects.log_actions(owner.pk, [owner], CHANGE, change_message=MARK, single_object=True)
    Client().force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    transcript.refresh_from_db()
    return transcript


def _store_redacted_audio(transcript: Transcript) -> None:
    name = audio_storage().save(f"redacted/{transcript.pk}", ContentFile(MARK.encode()))
    stored = {"status": "stored", "audio": name, "size": len(MARK), "sha256": MARK, "ended_at": timezone.now()}
    RedactedAudio.objects.update_or_create(transcript=transcript, defaults=stored)


def _receive(transcript: Transcript) -> None:
    ReceivedEvent.objects.create(
        provider="assemblyai",
        key=f"{transcript.pk}/1",
        subject=transcript.pk,
        status="applied",
        body=MARK,
        received_at=timezone.now(),
    )


def _deliver(endpoint: Endpoint) -> None:
    now = timezone.now()
    secret_make(owner=endpoint.owner, endpoint=None, now=now)
    SigningSecret.objects.update(previous_sealed="old", previous_until=now)
    delivery = Delivery.objects.get(endpoint=endpoint)
    Attempt.objects.create(delivery=delivery, number=1, started_at=now, duration_ms=7, answer=MARK)
    Recovery.objects.create(endpoint=endpoint, since=now, until=now, finished_at=now)


def belonging_to(owner: User, transcript: Transcript) -> Iterator[models.QuerySet[Any]]:
    """Yield the rows of the user in which a mark can be put."""
    yield User.objects.filter(pk=owner.pk)
    yield LogEntry.objects.filter(user=owner)
    yield ApiKey.objects.filter(user=owner)
    yield IdempotencyKey.objects.filter(user=owner)
    yield Endpoint.objects.filter(owner=owner)
    yield SigningSecret.objects.filter(owner=owner)
    yield from of_transcript(transcript)


def of_transcript(transcript: Transcript) -> Iterator[models.QuerySet[Any]]:
    """Yield the rows of one transcript in which a mark can be put."""
    yield Transcript.objects.filter(pk=transcript.pk)
    yield Submission.objects.filter(transcript=transcript)
    yield TranscriptResult.objects.filter(transcript=transcript)
    yield DocumentPiece.objects.filter(result=transcript.pk)
    yield WordPage.objects.filter(result=transcript.pk)
    yield RedactedAudio.objects.filter(transcript=transcript)
    yield ReceivedEvent.objects.filter(subject=transcript.pk)
    yield EventPayload.objects.filter(event__subject=transcript.pk)
    yield Delivery.objects.filter(event__subject=transcript.pk)
    yield Attempt.objects.filter(delivery__event__subject=transcript.pk)


def write_marks(rows: models.QuerySet[Any]) -> None:
    """Put the mark into every column of these rows that can hold a user's words."""
    assert rows.exists(), f"There is no {rows.model.__name__} to put a mark into."
    rows.update(**{field.name: _mark(field) for field in text_columns(rows.model)})


def text_columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Return the columns that can hold a user's words."""
    found = [field for field in model._meta.concrete_fields if isinstance(field, (*TEXT, models.FileField))]
    return [field for field in found if not field.choices and f"{model._meta.label}.{field.name}" not in NOT_THE_USERS]


def _mark(field: models.Field[Any, Any]) -> Any:
    if isinstance(field, models.JSONField):
        return {MARK: [MARK]}
    return MARK.encode() if isinstance(field, models.BinaryField) else MARK


def tables_with(mark: str) -> set[str]:
    """Return the tables of the whole database, whoever made them, in a row of which the mark stands."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        return {table for table in tables if _has(cursor, table, mark)}


def _has(cursor: Any, table: str, mark: str) -> bool:
    cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
    return any(mark in _shown(value).lower() for row in cursor.fetchall() for value in row)


def _shown(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    return value if isinstance(value, str) else json.dumps(value, default=str)
