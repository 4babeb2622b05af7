import errno
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from tests.factories import AUDIO, ReceivedFile, make_transcript, make_url_transcript, make_user
from transcripts.exceptions import StorageFull, WrongStatus
from transcripts.models import Status, Transcript, TranscriptMove
from transcripts.moves import SOURCES, move
from transcripts.services import transcript_create, transcript_delete, transcript_retry
from transcripts.steps import remove_strays
from transcripts.storage import DurableFileSystemStorage


def files_in(folder: str | Path) -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def _no_files_before() -> None:
    for path in files_in(settings.AUDIO_DIR) + files_in(settings.FILE_UPLOAD_TEMP_DIR):
        path.unlink()


@pytest.mark.django_db
def test_an_accepted_file_is_kept_under_the_transcripts_id() -> None:
    transcript = make_transcript()
    assert Path(transcript.audio.path).read_bytes() == AUDIO
    assert Path(transcript.audio.path).name == str(transcript.id)
    assert (transcript.file_name, transcript.file_size) == ("call.wav", len(AUDIO))
    assert files_in(settings.FILE_UPLOAD_TEMP_DIR) == []


@pytest.mark.django_db
def test_file_and_folder_are_synced_before_the_row_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def watch(descriptor: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        assert not Transcript.objects.exists()
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watch)
    transcript = make_transcript()
    folder = Path(transcript.audio.path).parent
    assert synced[0].startswith(settings.FILE_UPLOAD_TEMP_DIR)
    assert str(folder) in synced
    assert str(settings.AUDIO_DIR) in synced


@pytest.mark.django_db
def test_only_we_can_read_the_file() -> None:
    assert Path(make_transcript().audio.path).stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_leaves_no_row_and_no_file(monkeypatch: pytest.MonkeyPatch, error: int) -> None:
    def no_room(*args: Any) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr("transcripts.storage.sync", no_room)
    file = ReceivedFile()
    with pytest.raises(StorageFull):
        transcript_create(owner=make_user(), file=file)
    file.close()
    assert not Transcript.objects.exists()
    assert files_in(settings.AUDIO_DIR) + files_in(settings.FILE_UPLOAD_TEMP_DIR) == []


@pytest.mark.django_db
def test_a_row_that_cannot_be_written_leaves_no_file() -> None:
    file = ReceivedFile()
    with pytest.raises(TypeError):
        transcript_create(owner=make_user(), file=file, metadata={"x": object()})
    file.close()
    assert files_in(settings.AUDIO_DIR) == []


@pytest.mark.django_db
def test_a_file_or_an_address_is_needed_and_not_both() -> None:
    with pytest.raises(ValueError, match="not both"):
        transcript_create(owner=make_user())


@pytest.mark.django_db
def test_every_move_is_logged() -> None:
    transcript = make_transcript()
    move(transcript.id, Status.PROCESSING, reason="submitted")
    move(transcript.id, Status.COMPLETED, reason="result stored")
    log = TranscriptMove.objects.order_by("pk").values_list("from_status", "to_status", "reason")
    assert list(log) == [
        ("", "queued", "accepted"),
        ("queued", "processing", "submitted"),
        ("processing", "completed", "result stored"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("source", Status.values)
@pytest.mark.parametrize("target", Status.values)
def test_only_the_tables_moves_are_possible(source: str, target: str) -> None:
    ended = timezone.now() if source in ("completed", "error") else None
    transcript = make_url_transcript()
    code = "rejected" if source == "error" else ""
    Transcript.objects.update(status=source, completed_at=ended, error_code=code)
    changes: dict[str, Any] = {"error_code": "rejected" if target == "error" else ""}
    assert move(transcript.id, Status(target), reason="test", **changes) is (Status(source) in SOURCES[Status(target)])


@pytest.mark.django_db
def test_a_deleted_transcript_does_not_move() -> None:
    transcript = make_transcript()
    transcript_delete(transcript=transcript)
    assert not move(transcript.id, Status.PROCESSING, reason="test")


@pytest.mark.django_db
def test_a_failed_transcript_is_queued_again() -> None:
    transcript = make_transcript()
    move(transcript.id, Status.ERROR, reason="test", error_code="rejected", error_message="no")
    transcript_retry(transcript=transcript)
    assert (transcript.status, transcript.error_code, transcript.error_message) == ("queued", "", "")
    assert transcript.next_attempt_at is not None
    assert transcript.completed_at is None


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.QUEUED, Status.PROCESSING])
def test_only_a_failed_transcript_can_be_retried(status: Status) -> None:
    transcript = make_transcript(status=status)
    with pytest.raises(WrongStatus):
        transcript_retry(transcript=transcript)


@pytest.mark.django_db
def test_files_without_a_row_are_removed_after_a_while() -> None:
    kept = make_transcript()
    folder = Path(kept.audio.path).parent
    old, new = folder / str(make_url_transcript().id), folder / "01980000-0000-7000-8000-000000000000"
    upload = Path(settings.FILE_UPLOAD_TEMP_DIR) / "half.upload"
    for path in (old, new, upload):
        path.write_bytes(b"x")
    long_ago = (timezone.now() - timedelta(hours=2)).timestamp()
    for path in (Path(kept.audio.path), old, upload):
        os.utime(path, (long_ago, long_ago))
    remove_strays()
    assert sorted(files_in(settings.AUDIO_DIR)) == sorted([Path(kept.audio.path), new])
    assert files_in(settings.FILE_UPLOAD_TEMP_DIR) == []


@pytest.mark.django_db
def test_a_file_of_somebody_else_does_not_stop_the_sweep() -> None:
    root = Path(settings.AUDIO_DIR)
    foreign, stray = root / "lost+found", root / "01980000-0000-7000-8000-000000000000"
    for path in (foreign, stray):
        path.write_bytes(b"x")
        os.utime(path, (0, 0))
    remove_strays()
    assert files_in(root) == [foreign]


def test_the_storage_makes_what_is_not_a_temporary_file_durable_too(tmp_path: Path) -> None:
    from django.core.files.base import ContentFile

    storage = DurableFileSystemStorage(location=str(tmp_path))
    name = storage.save("a/b/c", ContentFile(b"bytes"))
    assert (tmp_path / name).read_bytes() == b"bytes"


@pytest.mark.django_db
def test_a_deletion_that_comes_second_is_not_told_as_one(caplog: pytest.LogCaptureFixture) -> None:
    transcript = make_transcript()
    for _ in range(2):
        transcript_delete(transcript=transcript)
    told = [record.__dict__.get("action") for record in caplog.records]
    assert told.count("transcript.deleted") == 1
