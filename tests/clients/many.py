"""`python -m tests.clients.many USER COUNT`: write that many transcripts into the database that the settings name."""

import sys
from datetime import datetime

import django
from uuid6 import uuid7


def main(user_name: str, count: int) -> None:
    from django.contrib.auth.models import User
    from django.utils import timezone

    from transcripts.models import Source, Status, Transcript

    def transcript(number: int, now: datetime) -> Transcript:
        return Transcript(
            id=uuid7(),
            owner=owner,
            status=Status.COMPLETED,
            title=f"Number {number}",
            source=Source.URL,
            audio_url=f"https://example.com/{number}.mp3",
            options={"punctuate": True},
            excerpt="what was said",
            confidence=0.9,
            created_at=now,
            submitted_at=now,
            completed_at=now,
        )

    owner = User.objects.get_or_create(username=user_name)[0]
    Transcript.objects.bulk_create([transcript(number, timezone.now()) for number in range(count)])


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], int(sys.argv[2]))
