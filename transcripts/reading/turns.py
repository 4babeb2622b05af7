"""Who said what, for people to read."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from transcripts.models import Status, Transcript, TranscriptResult
from transcripts.reading.utterances import stored_utterances

# Of more, which is some two hours of speech, only the text is shown: a page is read whole before it is sent.
MOST_WORDS = 20_000


class Turn(NamedTuple):
    who: str
    text: str


def spoken_turns(transcript: Transcript) -> list[Turn]:
    """Return the turns of a transcript that was to be parted by speakers or channels; none of any other."""
    asked = transcript.options.get("speaker_labels") or transcript.options.get("multichannel")
    if not asked or transcript.status != Status.COMPLETED:
        return []
    try:
        if transcript.result.word_count > MOST_WORDS:
            return []
        return [Turn(_name(said), said["text"]) for said in stored_utterances(transcript.pk) if said["text"]]
    except TranscriptResult.DoesNotExist:
        # Deleted, and erased, since its row was read.
        return []


def _name(said: Mapping[str, Any]) -> str:
    channel, speaker = said["channel"], said["speaker"]
    # A speaker of a channel is called so by the provider already: 1A is the first one of channel 1.
    if channel and (not speaker or speaker == channel):
        return f"Channel {channel}"
    return f"Speaker {speaker}" if speaker else "Somebody"
