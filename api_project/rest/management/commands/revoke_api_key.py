from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from api_project.rest.api_keys.selectors import api_keys_of_prefix
from api_project.rest.api_keys.services import api_key_revoke
from api_project.rest.management.plainly import said_in_one_line


class Command(BaseCommand):
    help = "Make an API key useless from now on. Revoking it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("prefix", help="how the key begins, as list_api_keys shows it; the whole key does too")

    def handle(self, *args: Any, **options: Any) -> None:
        with said_in_one_line():
            found = api_keys_of_prefix(text=options["prefix"])
            if not found:
                raise CommandError("There is no such API key; list_api_keys shows how each begins.")
            if len(found) > 1:
                raise CommandError(f"{len(found)} API keys begin like this; give the whole key.")
            key = api_key_revoke(api_key=found[0])
        self.stdout.write(
            f"{key.prefix}… of {key.user.get_username()} is revoked since {key.revoked_at:%Y-%m-%d %H:%M}Z."
        )
