from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

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
            found = list(users)
            if options["user"] and not found:
                raise CommandError(f"There is no user {options['user']!r}.")
            mended = [user.get_username() for user in found if usage_recount(owner_id=user.pk)]
        self.stdout.write(f"{len(found)} counted, {len(mended)} mended{': ' if mended else ''}{', '.join(mended)}.")
