"""Reading what is known of redacted audio."""

from transcripts.models import RedactedAudio, Transcript


def transcript_redacted_audio(transcript: Transcript) -> RedactedAudio | None:
    """Return the redacted audio of a transcript, whatever its status; None when none was asked for, or not yet."""
    return getattr(transcript, "redacted_audio", None)
