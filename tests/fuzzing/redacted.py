"""`python -m tests.fuzzing.redacted`: redacted audio for transcripts of a service, which its sandbox cannot make."""

from hashlib import sha256

import django

REDACTED = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"beep" * 500


def main() -> None:
    """Store it as the worker does, in the environment of the service."""
    django.setup()
    from django.core.files.base import ContentFile
    from django.utils import timezone

    from transcripts.models import RedactedAudio, Status, Transcript, audio_storage

    for transcript in Transcript.objects.filter(status=Status.COMPLETED):
        RedactedAudio.objects.create(
            transcript=transcript,
            status=RedactedAudio.Status.STORED,
            audio=audio_storage().save(f"redacted/{transcript.pk}", ContentFile(REDACTED)),
            size=len(REDACTED),
            content_type="audio/mpeg",
            sha256=sha256(REDACTED).hexdigest(),
            ended_at=timezone.now(),
        )


if __name__ == "__main__":
    main()
