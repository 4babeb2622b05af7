"""What the API's description says about usage."""

from drf_spectacular.utils import extend_schema

from transcripts.schema import answer
from transcripts.usage.serializers import UsageSerializer

_USAGE = {
    "storage": {"used_bytes": 734_003_200, "limit_bytes": 10_000_000_000},
    "minutes": {
        "used": 182.35,
        "limit": 600,
        "period_start": "2026-11-01T00:00:00Z",
        "period_end": "2026-12-01T00:00:00Z",
    },
    "transcripts": {"stored": 57, "created_this_month": 61},
    "requests": {"limit": 1200, "window_seconds": 60, "remaining": 1193},
}

USAGE = extend_schema(
    tags=["usage"],
    operation_id="get_usage",
    summary="See what you have used",
    description=(
        "Storage, minutes of audio, transcripts and requests, with the limit of each.\n\n"
        "A transcript that would need more storage than is left is refused with the problem `over-budget` (403), and "
        "so is any transcript once the minutes of the month are used up. How long audio is turns out only when it is "
        "transcribed, so what is under way may still go over the limit on minutes; it is completed all the same."
    ),
    responses={200: answer(UsageSerializer, "usage", _USAGE, "What you have used.")},
)
