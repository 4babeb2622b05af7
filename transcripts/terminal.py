"""Following one transcript from a terminal until it ends, by reading its row. The work itself is the worker's."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.core.management.base import OutputWrapper
from django.utils import timezone

from api_project.work.models import Alarm
from transcripts.models import Status, Transcript
from transcripts.presenting import Shown, show
from transcripts.selectors import provider_alarm

LOOK_EVERY_SECONDS = 0.25
# A worker looks for work five times a second.
TAKEN_UP_WITHIN = timedelta(seconds=5)
NOT_TAKEN_UP = (
    "Nothing has taken it up yet: `make run` (or `manage.py work`) must be running. If it is, it is busy with others."
)
ERASE_LINE = "\r\x1b[2K"


class StatusLine:
    """One line that is written over and over, on a terminal only, with notes that stay above it."""

    def __init__(self, stream: OutputWrapper) -> None:
        self._stream = stream
        self._on_terminal = stream.isatty()
        self._shown = ""

    def show(self, text: str) -> None:
        """Write over what the line says."""
        if self._on_terminal and text != self._shown:
            self._shown = text
            self._write(ERASE_LINE + text[: shutil.get_terminal_size().columns - 1])

    def note(self, text: str) -> None:
        """Say something that stays, on a terminal or not."""
        self.clear()
        self._write(text + "\n")

    def clear(self) -> None:
        """Leave nothing of the line behind."""
        if self._shown:
            self._shown = ""
            self._write(ERASE_LINE)

    def _write(self, text: str) -> None:
        self._stream.write(text, style_func=str, ending="")
        self._stream.flush()


class Follower:
    """Looks at a transcript until it ends, and says on the line what happens meanwhile."""

    def __init__(
        self, line: StatusLine, *, sleep: Callable[[float], None], now: Callable[[], datetime] = timezone.now
    ) -> None:
        self._line = line
        self._sleep = sleep
        self._now = now
        self._said: set[str] = set()

    def follow(self, transcript_id: UUID) -> Transcript:
        """Return the transcript once it is completed or failed. Raises `Transcript.DoesNotExist` when it is deleted."""
        while True:
            transcript = Transcript.objects.get(pk=transcript_id, deleted_at=None)
            alarm = provider_alarm() if transcript.status == Status.QUEUED else None
            shown = show(transcript, alarm)
            if shown.ended:
                self._line.clear()
                return transcript
            self._explain(shown, alarm)
            self._line.show(_line_of(shown))
            self._sleep(LOOK_EVERY_SECONDS)

    def _explain(self, shown: Shown, alarm: Alarm | None) -> None:
        if alarm:
            # Whoever sits at this terminal is close to the operator.
            self._say_once(f"{shown.sentence} {alarm.detail}")
        elif shown.wait:
            self._say_once(shown.sentence)
        elif self._is_left_alone(shown.transcript):
            self._say_once(NOT_TAKEN_UP)

    def _is_left_alone(self, transcript: Transcript) -> bool:
        """Tell whether work has been due for a while without anybody at it."""
        now = self._now()
        is_held = transcript.lease_until is not None and transcript.lease_until > now
        due = transcript.next_attempt_at
        return not is_held and due is not None and now - due > TAKEN_UP_WITHIN

    def _say_once(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            self._line.note(sentence)


def _line_of(shown: Shown) -> str:
    progress = shown.transcript.progress
    percent = f" {progress} %" if progress is not None else ""
    return f"{shown.name}: {shown.label.lower()}{percent}"
