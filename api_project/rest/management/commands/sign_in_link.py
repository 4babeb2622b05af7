from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from api_project.rest.management.plainly import said_in_one_line
from api_project.rest.sign_in import sign_in_link


class Command(BaseCommand):
    help = "Print an address that signs a user in, once and for a short time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user")
        parser.add_argument("--base-url", help="where the service is reached")

    def handle(self, *args: Any, **options: Any) -> None:
        with said_in_one_line():
            user = get_user_model().objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {options['user']!r}; make one with create_api_key.")
        self.stdout.write(sign_in_link(user, options["base_url"] or settings.BASE_URL))
