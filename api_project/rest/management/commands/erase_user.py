from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from api_project.rest.erasing.services import Tally, erased_name, user_count, user_erase
from api_project.rest.management.plainly import said_in_one_line

WIDTH = 28


class Command(BaseCommand):
    help = "Erase all that a user has, here and at the provider, and say what was erased. This cannot be undone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user")
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument("--dry-run", action="store_true", help="only say what there is")

    def handle(self, *args: Any, **options: Any) -> None:
        with said_in_one_line():
            user = _find(options["user"])
            there = user_count(user=user)
            if options["dry_run"]:
                self.table(("THERE",), [(name, (count,)) for name, count in there.items()])
                return
            if not options["yes"]:
                self.ask(options["user"], there)
            tallies = user_erase(user=user)
        self.table(("ERASED", "LEFT"), [(tally.name, (tally.erased, tally.left)) for tally in tallies])
        self.conclude(user, [tally for tally in tallies if tally.left])

    def ask(self, name: str, there: dict[str, int]) -> None:
        """Raise CommandError unless whoever runs this types the name again."""
        self.table(("THERE",), [(kind, (count,)) for kind, count in there.items()])
        try:
            answer = input(f"All this is erased for good. Type {name!r} to go on: ")
        except EOFError:
            answer = ""
        if answer != name:
            raise CommandError("Nothing was erased.")

    def conclude(self, user: User, left: list[Tally]) -> None:
        """Say how the account is called now; raises CommandError when something is left."""
        name = erased_name(user)
        if left:
            what = ", ".join(f"{tally.name} ({tally.left})" for tally in left)
            raise CommandError(
                f"Not everything could be erased now; left are: {what}. The worker goes on with what is at the "
                f"provider. See what is left with `manage.py erase_user {name} --dry-run`."
            )
        self.stdout.write(f"Everything is erased. The account stays without its name, as {name}, and signs nobody in.")

    def table(self, head: tuple[str, ...], rows: list[tuple[str, tuple[int, ...]]]) -> None:
        """Print a line for each kind of thing."""
        for name, cells in [("", head), *rows]:
            self.stdout.write(f"{name:<{WIDTH}}" + "".join(f"{cell:>10}" for cell in cells))


def _find(name: str) -> User:
    try:
        return User.objects.get(username=User.normalize_username(name))
    except User.DoesNotExist as exc:
        raise CommandError(f"There is no user {name!r}. One who was erased is called erased-NUMBER.") from exc
