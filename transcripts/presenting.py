"""What the pages and the terminal say about a transcript, in words for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils.safestring import SafeString

from api_project.work.models import Alarm
from transcripts.models import Status, Transcript, WaitingFor
from transcripts.selectors import Wait, transcript_wait

LABELS: Mapping[str, str] = {
    Status.QUEUED: "Queued",
    Status.PROCESSING: "Processing",
    Status.COMPLETED: "Completed",
    Status.ERROR: "Failed",
}
NO_SPEECH = "No speech was found in this audio."
WAITS: Mapping[WaitingFor, str] = {
    WaitingFor.CREDENTIALS: "It waits until the speech provider accepts the account of this service again.",
    WaitingFor.PROVIDER: "It waits for the speech provider, which does not answer at the moment.",
    WaitingFor.RETRY: "The last try did not get through; there will be another.",
}
HELD_UP = "Transcription is held up at the moment. What you upload is kept, and goes on by itself as soon as it can."
# Formatting characters that some scripts and emoji need inside of words.
JOINERS = "\u200c\u200d"
# Printable for Unicode, and yet nothing to be seen: the space, fillers of Hangul, the braille pattern without a dot.
BLANK = " \u115f\u1160\u2800\u3164\uffa0"


@dataclass(frozen=True)
class Shown:
    """A transcript as a page shows it; `until` is when it is tried again, if it waits for that."""

    transcript: Transcript
    wait: Wait | None

    @property
    def name(self) -> str:
        return display_name(self.transcript)

    @property
    def label(self) -> str:
        return LABELS[self.transcript.status]

    @property
    def api_address(self) -> str:
        return reverse("transcript-detail", args=[self.transcript.pk])

    @property
    def download_name(self) -> str:
        return f"{PurePath(self.name).stem[:100] or 'transcript'}.txt"

    @property
    def ended(self) -> bool:
        return self.transcript.status in (Status.COMPLETED, Status.ERROR)

    @property
    def sentence(self) -> str:
        """Say what is going on; empty for a transcript that is completed."""
        if self.wait:
            return WAITS[self.wait.reason]
        return {
            Status.QUEUED: "It is next to be sent to the speech provider.",
            Status.PROCESSING: "The speech provider is at work.",
            Status.ERROR: self.transcript.error_message,
        }.get(Status(self.transcript.status), "")

    @property
    def until(self) -> datetime | None:
        return self.wait.until if self.wait else None

    @property
    def hits(self) -> str:
        """Return the excerpt with what was searched for, as HTML; empty where nothing was or nothing is said."""
        excerpt, is_text = self.transcript.excerpt, self.transcript.status == Status.COMPLETED
        # Only what `mark_hits` has made and escaped is safe; as it is stored, an excerpt is plain text.
        return excerpt if is_text and isinstance(excerpt, SafeString) else ""

    @property
    def glimpse(self) -> str:
        """Return the one line that a list shows under the name."""
        if self.transcript.status == Status.COMPLETED:
            return self.transcript.excerpt or NO_SPEECH
        return self.sentence

    @property
    def duration(self) -> str:
        seconds = self.transcript.audio_duration
        if seconds is None:
            return ""
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        if hours:
            return f"{hours} h {minutes} min"
        return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"

    @property
    def confidence_percent(self) -> int | None:
        confidence = self.transcript.confidence
        return None if confidence is None else round(confidence * 100)


def show(transcript: Transcript, alarm: Alarm | None) -> Shown:
    """Prepare a transcript for showing; `alarm` is the open one, if any."""
    return Shown(transcript, transcript_wait(transcript, alarm))


def display_name(transcript: Transcript) -> str:
    """Return what people call the transcript: its title, else its file's name, else where it came from, else when."""
    given = (transcript.title, transcript.file_name, _name_of_address(transcript.audio_url))
    return next(filter(None, map(showable, given)), f"Recording of {transcript.created_at:%d %b %Y, %H:%M} UTC")


def showable(name: str) -> str:
    """Return a name without what nobody sees and what turns the text around it; empty when nothing is to be seen."""
    kept = "".join(char for char in name if char.isprintable() or char.isspace() or char in JOINERS)
    shown = " ".join(kept.split())
    return shown if any(char.isprintable() and char not in BLANK for char in shown) else ""


def _name_of_address(address: str) -> str:
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    # Without the query: it may be long, and may hold a secret.
    return f"{parts.hostname or ''}{port}{parts.path}"
