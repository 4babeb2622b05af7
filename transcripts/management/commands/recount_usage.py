from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from api_project.rest.erasing.services import is_erased
from api_project.rest.management.plainly import said_in_one_line
from transcripts.usage.recounting import usage_recount


class Command(BaseCommand):
    help = "Count anew what users have stored and had transcribed, all or one, and say whose counters were wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", nargs="?")

    def handle(self, *args: Any, **options: Any) -> None:
        with said_in_one_line():
            users = get_user_model().objects.order_by("pk")
            if options["user"]:
                users = users.filter(username=options["user"])
            # Nothing may be counted again of one who was erased; the rows would come back.
            found = [user for user in users if not is_erased(user)]
            if options["user"] and not found:
                raise CommandError(f"There is no user {options['user']!r}, or only what is left after erasing.")
            mended = [user.get_username() for user in found if usage_recount(owner_id=user.pk)]
        self.stdout.write(f"{len(found)} counted, {len(mended)} mended{': ' if mended else ''}{', '.join(mended)}.")
