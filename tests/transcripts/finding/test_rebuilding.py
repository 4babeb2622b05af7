"""Writing the search's entries anew."""

from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from tests.factories import make_transcript
from tests.transcripts.finding.spoken import found, ids, spoken
from transcripts.finding import rebuilding
from transcripts.finding.rebuilding import search_rebuild
from transcripts.models import SearchEntry, Transcript, TranscriptResult
from transcripts.services import transcript_delete

pytestmark = pytest.mark.django_db


def test_every_entry_is_written_as_words_count_now() -> None:
    said, titled, untitled = spoken("zebra", title="horse"), make_transcript(title="zebra"), make_transcript(title="x")
    # As if words had been others when the entries were written.
    TranscriptResult.objects.filter(pk=said.pk).update(text="lion")
    Transcript.objects.filter(pk=titled.pk).update(title="lion")
    Transcript.objects.filter(pk=untitled.pk).update(title="")

    done = list(search_rebuild(sleep=lambda seconds: None))
    assert done == [untitled.pk]
    assert (found("lion"), found("zebra"), found("horse")) == (ids(titled, said), [], ids(said))
    assert not SearchEntry.objects.filter(transcript=untitled.pk).exists()


def test_it_goes_on_where_it_was_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "BATCH", 2)
    rows = [make_transcript(title="zebra") for _ in range(5)]
    SearchEntry.objects.all().delete()

    interrupted = search_rebuild(sleep=lambda seconds: None)
    assert next(interrupted) == rows[1].pk
    assert found("zebra") == ids(rows[1], rows[0])
    assert list(search_rebuild(after=rows[1].pk, sleep=lambda seconds: None)) == [rows[3].pk, rows[4].pk]
    assert found("zebra") == ids(*rows[::-1])


def test_what_is_deleted_meanwhile_does_not_come_back() -> None:
    first, second = make_transcript(title="zebra"), make_transcript(title="zebra")

    def delete(seconds: float) -> None:
        if Transcript.objects.filter(pk=second.pk, deleted_at=None).exists():
            transcript_delete(transcript=second)

    list(search_rebuild(sleep=delete))
    assert found("zebra") == ids(first)
    assert not SearchEntry.objects.filter(transcript=second.pk).exists()


def test_others_are_left_as_much_time() -> None:
    make_transcript(title="zebra")
    pauses: list[float] = []
    list(search_rebuild(sleep=pauses.append))
    assert len(pauses) == 1 and pauses[0] > 0


def test_the_command_tells_how_far_it_is() -> None:
    transcript = spoken("zebra")
    SearchEntry.objects.all().delete()
    out = StringIO()
    call_command("rebuild_search_index", stdout=out)
    assert out.getvalue() == f"Done up to {transcript.pk}.\nAll is written anew.\n"
    assert found("zebra") == ids(transcript)


def test_the_command_takes_ids_only() -> None:
    call_command("rebuild_search_index", after=str(uuid4()), stdout=StringIO())
    with pytest.raises(CommandError, match="no id"):
        call_command("rebuild_search_index", after="yesterday")
