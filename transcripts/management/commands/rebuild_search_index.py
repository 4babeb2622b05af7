from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from api_project.rest.management.plainly import said_in_one_line
from transcripts.finding.rebuilding import search_rebuild


class Command(BaseCommand):
    help = "Write anew what searches look through, from the oldest transcript on; the service may run meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--after", metavar="ID", help="Go on behind this transcript, where it was interrupted.")

    def handle(self, *args: Any, **options: Any) -> None:
        after = _read_id(options["after"]) if options["after"] else None
        with said_in_one_line():
            for done in search_rebuild(after=after):
                self.stdout.write(f"Done up to {done}.")
        self.stdout.write("All is written anew.")


def _read_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as exc:
        raise CommandError(f"{text!r} is no id of a transcript.") from exc
