from argparse import SUPPRESS, ArgumentTypeError
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from api_project.rest.management.plainly import said_in_one_line
from transcripts.usage.budgets import budget_set
from transcripts.usage.selectors import UsageNow, usage_get

LARGEST = 10**18
NO_LIMIT = "none"
EVERYBODYS = "default"
BUDGETS = ("storage_budget", "minutes_budget")


class Command(BaseCommand):
    help = "Set what one user may store and have transcribed, and print what they have; without options print it only."

    def add_arguments(self, parser: CommandParser) -> None:
        words = f"a whole number, `{NO_LIMIT}`, or `{EVERYBODYS}` for what the settings say"
        parser.add_argument("user")
        for name, unit in (("storage", "BYTES"), ("minutes", "MINUTES")):
            # What is not given is not there, and stays as it is.
            parser.add_argument(
                f"--{name}", dest=f"{name}_budget", type=_amount, metavar=unit, help=words, default=SUPPRESS
            )

    def handle(self, *args: Any, **options: Any) -> None:
        with said_in_one_line():
            user = get_user_model().objects.filter(username=options["user"]).first()
            if user is None:
                raise CommandError(f"There is no user {options['user']!r}; create_api_key makes one.")
            budget_set(owner_id=user.pk, **{name: options[name] for name in BUDGETS if name in options})
            usage = usage_get(owner_id=user.pk, now=timezone.now())
        self.stdout.write(f"{user.get_username()}: {_in_words(usage)}")


def _amount(text: str) -> int | None:
    if text in (NO_LIMIT, EVERYBODYS):
        return 0 if text == NO_LIMIT else None
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= LARGEST):
        raise ArgumentTypeError(f"must be a whole number from 1, `{NO_LIMIT}` or `{EVERYBODYS}`")
    return int(text)


def _in_words(usage: UsageNow) -> str:
    return (
        f"{usage.stored_bytes} of {_limit(usage.storage_limit)} bytes stored in {usage.transcripts} transcripts, "
        f"{usage.minutes:g} of {_limit(usage.minutes_limit)} minutes transcribed since {usage.period_start:%Y-%m-%d}."
    )


def _limit(limit: int | None) -> str:
    return "unlimited" if limit is None else str(limit)
