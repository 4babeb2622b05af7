"""Uploads on a disk of a few megabytes, in a process of its own."""

import errno
import json
import os
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from tests.api import WAV, api_client, audio_folder, post_bare, post_json, upload_folder
from transcripts.models import Transcript


def kept() -> int:
    rows = Transcript.objects.count()
    assert len(audio_folder()) <= rows
    return rows + len(upload_folder())


def room() -> int:
    state = os.statvfs(settings.DATA_DIR)
    return state.f_bavail * state.f_bsize


def fill() -> Path:
    path = Path(settings.DATA_DIR) / "filler"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError as exc:
            assert exc.errno == errno.ENOSPC
    return path


def main() -> None:
    """Print [status, files and rows that were kept] of each upload, as JSON."""
    settings.ALLOWED_HOSTS.append("testserver")
    call_command("migrate", verbosity=0)
    client, found = api_client(), {}

    def note(name: str, status: int) -> None:
        found[name] = [status, kept()]

    note("larger than the room", post_bare(client, WAV.ljust(room() + 1_000_000, b"\0")).status_code)
    # The file fits, and nothing is left for its row.
    note("as large as the room", post_bare(client, WAV.ljust(room() - 4096, b"\0")).status_code)
    filler = fill()
    body = {"audio_url": "https://example.com/a.mp3", "metadata": {"a": "x" * 16_000}}
    note("a row alone", post_json(client, body).status_code)
    filler.unlink()
    note("with room again", post_json(client, body).status_code)
    print(json.dumps(found))
