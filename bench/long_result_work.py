"""`python -m bench.long_result_work`: fetch and store one result as the worker does, or only parse the same bytes.

Each in a process of its own, so that its peak of memory is its own. Reads what to do as JSON, prints what came of it.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.long_result_document import JOB
from bench.processes import OwnPeak


def main() -> int:
    """Do one of the two."""
    wanted = json.loads(sys.stdin.readline())
    found = parse(Path(wanted["document"])) if wanted["kind"] == "parse" else apply(wanted["user"])
    print(json.dumps(found))
    return 0


def parse(path: Path) -> dict[str, Any]:
    """The yardstick: the same bytes, parsed once and let go."""
    content = path.read_bytes()
    return _measured(lambda: json.loads(content))


def apply(username: str) -> dict[str, Any]:
    """Bring a result home."""
    import django

    django.setup()
    from django.utils import timezone

    from api_project.rest.services import user_ensure
    from transcripts.applying import bring_home
    from transcripts.models import Status
    from transcripts.moves import move
    from transcripts.services import transcript_create

    transcript = transcript_create(owner=user_ensure(username=username), audio_url="https://example.com/speech.flac")
    move(transcript.id, Status.PROCESSING, reason="benchmark", provider_id=JOB, submitted_at=timezone.now())
    transcript.refresh_from_db()
    return {**_measured(lambda: bring_home(transcript)), "id": str(transcript.id)}


def _measured(work: Callable[[], object]) -> dict[str, Any]:
    peak = OwnPeak()
    begin = time.perf_counter()
    work()
    return {"seconds": time.perf_counter() - begin, "growth": peak.growth()}


if __name__ == "__main__":
    sys.exit(main())
