"""What a fresh service needs before anyone can use it: tables, a user, an API key. Needs Django to be set up."""

from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.core import checks
from django.core.management import call_command
from django.db import Error as DatabaseError
from django.db import connections
from django.utils import timezone

from api_project.environment import EnvironmentProblem
from api_project.rest.api_keys.selectors import api_key_find
from api_project.rest.api_keys.services import api_key_create
from api_project.rest.models import ApiKey
from api_project.rest.services import user_ensure
from api_project.rest.sign_in import sign_in_link
from api_project.secrets_store import put_once

USER_NAME = "admin"
KEY_FILE_NAME = "api_key"


def check_settings() -> list[str]:
    """Return what is unsafe, a line each. Raises EnvironmentProblem, a line each, for what cannot work."""
    found = checks.run_checks()
    errors = [message for message in found if message.is_serious()]
    if errors:
        raise EnvironmentProblem("\n".join(map(_on_one_line, errors)))
    return [_on_one_line(message) for message in found]


def migrate() -> None:
    """Bring the tables up to date. Raises EnvironmentProblem when the database cannot be used."""
    try:
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    except DatabaseError as error:
        reason = " ".join(str(error).split())
        raise EnvironmentProblem(f"The database cannot be used: {reason}.") from error


def ensure_user() -> User:
    """Return the user that the first key and the sign-in link are for: the operator, so one who is told of alarms."""
    user = user_ensure(username=USER_NAME)
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    return user


def ensure_api_key(user: User) -> tuple[Path, str]:
    """Keep an API key in the data folder; return its place and what there is to say about it, if anything.

    A key that the database does not know is of another database and replaced; one that was revoked or has expired is
    somebody's decision and stays.
    """
    path = Path(settings.DATA_DIR) / KEY_FILE_NAME
    if path.exists():
        known = api_key_find(key=path.read_text(encoding="utf-8").strip())
        if known is not None:
            return path, _note_on(known)
        path.unlink()
    _, key = api_key_create(user=user, name="make run", scope="write")
    put_once(path, key)
    return path, "It is new."


def _note_on(key: ApiKey) -> str:
    if not key.user.is_active:
        # Another key, or the link, would be of no more use.
        return f"It is refused: its user, {key.user.get_username()}, is deactivated."
    if key.revoked_at is not None:
        return "It is revoked; delete the file to get another."
    return "It has expired; delete the file to get another." if key.is_expired(timezone.now()) else ""


def new_sign_in_link(user: User, base_url: str) -> str:
    """Return an address that signs the user in once."""
    return sign_in_link(user, base_url)


def close_connections() -> None:
    """Let go of the database, which the launcher itself has no more use for."""
    connections.close_all()


def _on_one_line(message: checks.CheckMessage) -> str:
    hint = f" {message.hint}" if message.hint else ""
    return f"{message.msg}{hint} ({message.id})"
