"""What the stand-ins ask of a speech recogniser, and what a speech engine has to offer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

SAMPLE_RATE = 16_000
SAMPLE_BYTES = 2


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word as the engine heard it, lower case; times in milliseconds, confidence 0 to 1."""

    text: str
    start: int
    end: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """What was heard in one stretch of speech of one channel (counted from 0), times from the file's beginning.

    `ends_speech` is false where a long stretch was cut although the voice went on.
    """

    channel: int
    words: list[SpokenWord]
    ends_speech: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioRequest:
    """What is to be recognised: the times, in milliseconds, leave out what lies before and after."""

    path: Path
    multichannel: bool = False
    start_ms: int = 0
    end_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """All that was heard; `speech_ms` is the length of the stretches with a voice, over all channels."""

    duration_ms: int
    channels: int
    speech_ms: int
    utterances: list[Utterance] = field(default_factory=list)


class AudioRejected(Exception):
    """The audio cannot be transcribed; the message is for whoever submitted it."""


class RecogniserFailed(Exception):
    """Recognition broke down, through no fault that the audio is known to have."""


Progress = Callable[[int], None]


class Recogniser(Protocol):
    """Turns a whole file into words. Called from several threads at once."""

    def recognise(self, request: AudioRequest, progress: Progress) -> Recognition:
        """Raise AudioRejected or RecogniserFailed; report progress as percent, never going back."""

    def start(self) -> None: ...

    def stop(self) -> None:
        """Abandon what is in hand and return soon."""


class Engine(Protocol):
    """Turns one stretch of speech into words. Lives in a process of its own, and is called by one thread."""

    def recognise(self, pcm: bytes) -> list[SpokenWord]:
        """Recognise 16 kHz mono signed 16-bit samples; times count from their beginning."""
