from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from api_project.rest.api_keys.selectors import api_key_list
from api_project.rest.management.plainly import said_in_one_line
from api_project.rest.models import ApiKey

HEADER = ("PREFIX", "USER", "NAME", "SCOPE", "MADE", "EXPIRES", "LAST USED", "STATE")
NEVER = "never"


class Command(BaseCommand):
    help = "List the API keys, of all users or of one, the oldest first. The keys themselves are stored nowhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", nargs="?")

    def handle(self, *args: Any, **options: Any) -> None:
        with said_in_one_line():
            keys = api_key_list(username=options["user"])
        if not keys:
            raise CommandError(f"{options['user']!r} has no API keys." if options["user"] else "There are no API keys.")
        now = timezone.now()
        for line in _columns([HEADER, *(_row(key, now) for key in keys)]):
            self.stdout.write(line)


def _row(key: ApiKey, now: datetime) -> tuple[str, ...]:
    times = (_shown(key.created_at), _shown(key.expires_at), _shown(key.last_used_at))
    return (key.prefix, key.user.get_username(), _on_one_line(key.name), key.scope, *times, _state(key, now))


def _state(key: ApiKey, now: datetime) -> str:
    state = key.state(now)
    if state == ApiKey.State.REVOKED:
        return f"revoked {_shown(key.revoked_at)}"
    if state == ApiKey.State.EXPIRED:
        return "expired"
    return "active" if key.user.is_active else "user is deactivated"


def _shown(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}Z" if moment else NEVER


def _on_one_line(name: str) -> str:
    return "".join(char if char.isprintable() else " " for char in name)


def _columns(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
