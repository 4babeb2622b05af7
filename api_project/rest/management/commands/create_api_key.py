from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rest_framework.serializers import ValidationError

from api_project.rest.api_keys.exceptions import ApiKeyError
from api_project.rest.api_keys.serializers import MAX_NAME
from api_project.rest.api_keys.services import api_key_create
from api_project.rest.exceptions import AccountClosed
from api_project.rest.management.plainly import said_in_one_line
from api_project.rest.models import ApiKey
from api_project.rest.services import user_ensure
from api_project.rest.strict_fields import StrictNameField


class Command(BaseCommand):
    help = "Make an API key for a user, who is made too if there is none, and print the key alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user")
        parser.add_argument("--scope", choices=ApiKey.Scope.values, default=ApiKey.Scope.WRITE.value)
        parser.add_argument("--expires-in-days", type=int, metavar="N")
        parser.add_argument("--email", default="", help="the user's e-mail address, instead of the one there may be")
        parser.add_argument("--name", default="from the command line", help="what the key is for")

    def handle(self, *args: Any, **options: Any) -> None:
        days: int | None = options["expires_in_days"]
        if days is not None and not 1 <= days <= 36_500:
            raise CommandError("--expires-in-days must be from 1 to 36500.")
        expires_in = timedelta(days=days) if days is not None else None
        name = _name(options["name"])
        with said_in_one_line():
            user = user_ensure(username=options["user"], email=options["email"])
            try:
                _, key = api_key_create(user=user, name=name, scope=options["scope"], expires_in=expires_in)
            except (ApiKeyError, AccountClosed) as exc:
                raise CommandError(str(exc)) from exc
        self.stdout.write(key)


def _name(text: str) -> str:
    """Return the name of a key as the API takes it. Raises CommandError for what it would refuse."""
    try:
        return str(StrictNameField(max_length=MAX_NAME).run_validation(text))
    except ValidationError as exc:
        raise CommandError(f"--name: {' '.join(map(str, exc.detail))}") from exc
