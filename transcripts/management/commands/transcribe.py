import stat
import sys
import time
from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer

from api_project.rest.bodies import CHUNK_BYTES
from api_project.rest.exception_handler import field_errors
from api_project.rest.management.plainly import said_in_one_line
from api_project.rest.services import user_ensure
from api_project.rest.strict_json import BadJson, load_json
from api_project.rest.uploads import FileReception, ReceivedFile
from transcripts.exceptions import TranscriptsError
from transcripts.models import Status, Transcript
from transcripts.presenting import NO_SPEECH
from transcripts.selectors import transcript_get, transcript_text
from transcripts.serializers import TranscriptCreateSerializer, TranscriptSerializer
from transcripts.services import transcript_create
from transcripts.terminal import Follower, StatusLine

NOT_ACCEPTED = 2
INTERRUPTED = 130


def named_json(text: str) -> tuple[str, Any]:
    """Read NAME=JSON."""
    name, separator, value = text.partition("=")
    if not separator or not name:
        raise ArgumentTypeError(f"{text!r} is not NAME=JSON, such as speaker_labels=true or language_code='\"en\"'.")
    try:
        return name, load_json(value)
    except BadJson as exc:
        raise ArgumentTypeError(f"The value of {name} {exc} A text needs quotes: {name}='\"…\"'.") from exc


class Command(BaseCommand):
    help = (
        "Transcribe an audio or video file and print its text. The running service does the work (`make run`). "
        "Exit status: 0 when completed, 1 when it failed, 2 when the file or an option was refused."
    )
    sleep: Callable[[float], None] = staticmethod(time.sleep)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="print the API's record instead of the text")
        parser.add_argument("--user", default="admin", help="whose transcript it is; made if there is none (admin)")
        parser.add_argument(
            "--option",
            action="append",
            default=[],
            type=named_json,
            metavar="NAME=JSON",
            help="an option of the API, such as speaker_labels=true; may be repeated",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        line = StatusLine(self.stderr)
        with said_in_one_line(returncode=NOT_ACCEPTED):
            owner = user_ensure(username=options["user"])
        transcript = self._accept(options["file"], owner, dict(options["option"]), line)
        try:
            transcript = Follower(line, sleep=self.sleep).follow(transcript.pk)
        except KeyboardInterrupt:
            line.note(f"It goes on without this command: {transcript.pk}\n{_page(transcript)}")
            sys.exit(INTERRUPTED)
        except Transcript.DoesNotExist:
            raise CommandError(f"Transcript {transcript.pk} was deleted meanwhile.") from None
        self._print(transcript_get(owner=owner, transcript_id=transcript.pk), as_json=options["json"])

    def _accept(self, path: Path, owner: User, options: dict[str, Any], line: StatusLine) -> Transcript:
        """Take the file as the API takes an upload: checked in the same places, refused in the same words."""
        try:
            # The options first: reading a large file takes a while.
            _validate({"options": options, "audio_url": "http://checked.below/"})
            with _receive(path, line) as file:
                return transcript_create(owner=owner, **_validate({"options": options, "file": file}))
        except (APIException, TranscriptsError) as exc:
            raise CommandError(_in_one_line(exc), returncode=NOT_ACCEPTED) from exc
        except OSError as exc:
            raise CommandError(f"{path}: {exc.strerror or exc}", returncode=NOT_ACCEPTED) from exc
        except KeyboardInterrupt:
            line.note("Nothing was kept.")
            sys.exit(INTERRUPTED)

    def _print(self, transcript: Transcript, *, as_json: bool) -> None:
        if as_json:
            record = TranscriptSerializer(transcript).data
            self.stdout.write(JSONRenderer().render(record, "application/json; indent=2").decode())
        if transcript.status == Status.ERROR:
            raise CommandError(transcript.error_message)
        text = transcript_text(transcript)
        if not text:
            self.stderr.write(NO_SPEECH, style_func=str)
        elif not as_json:
            self.stdout.write(text)


def _receive(path: Path, line: StatusLine) -> ReceivedFile:
    """Copy the file to where uploads arrive, hashed and recognised on the way; it vanishes unless it is kept."""
    status = path.stat()
    # A pipe or a device may never end, or never begin; a folder says by itself what it is.
    if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
        raise CommandError(f"{path}: Not a regular file", returncode=NOT_ACCEPTED)
    size = status.st_size
    with path.open("rb") as source:
        with FileReception(field="file", name=path.name, limit=settings.MAX_UPLOAD_BYTES) as reception:
            while chunk := source.read(CHUNK_BYTES):
                reception.write(chunk)
                line.show(f"{path.name}: reading {min(100 * reception.size // max(size, 1), 100)} %")
            return reception.finish()


def _validate(data: dict[str, Any]) -> dict[str, Any]:
    serializer = TranscriptCreateSerializer(data=data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _in_one_line(exc: Exception) -> str:
    if isinstance(exc, ValidationError):
        return " ".join(f"{error.field}: {error.detail}" for error in field_errors(exc.detail))
    return str(exc)


def _page(transcript: Transcript) -> str:
    path = reverse("transcript-page", args=[transcript.pk])
    return urljoin(settings.BASE_URL, path)
