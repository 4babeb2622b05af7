"""Erasing a user: close the account, let every app erase its part, and leave an account without a name."""

import logging
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import transaction

from api_project.rest.erasing.registry import erasers
from api_project.rest.services import ERASED_PREFIX

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tally:
    """How much of one kind there was, and is left."""

    name: str
    before: int
    left: int

    @property
    def erased(self) -> int:
        # Others may erase at the same time, or a last upload have come in.
        return max(self.before - self.left, 0)


def user_count(*, user: User) -> dict[str, int]:
    """Return what there is of a user, by what it is called."""
    counted: dict[str, int] = {}
    for eraser in erasers:
        counted |= eraser.count(user)
    return counted | {"account": int(not is_erased(user))}


def user_erase(*, user: User) -> list[Tally]:
    """Erase all that a user has, as far as that is possible now; may be interrupted and begun again at any point.

    The name goes last, so that whoever is interrupted finds the user again. What is left then is at the provider or
    on a disk that is away; the worker goes on with it.
    """
    before = user_count(user=user)
    _close(user)
    for eraser in erasers:
        eraser.erase(user)
    _take_name(user)
    left = user_count(user=user)
    extra = {"action": "user.erased", "user_id": user.pk, "left": sum(left.values())}
    logger.warning("A user was erased.", extra=extra)
    return [Tally(name, count, left[name]) for name, count in before.items()]


def is_erased(user: User) -> bool:
    """Tell whether this is what is left of a user who was erased."""
    return user.username == erased_name(user) and not user.is_active


def erased_name(user: User) -> str:
    return f"{ERASED_PREFIX}{user.pk}"


def _close(user: User) -> None:
    """Let nobody sign in as the user any more: keys are refused, and so are sessions, passwords and links.

    Whoever writes something for a user looks under the same row's lock whether the account is open, so that what
    was begun before is there now, and nothing comes after.
    """
    _write(user, is_active=False, is_staff=False, is_superuser=False, password=make_password(None))


def _take_name(user: User) -> None:
    with transaction.atomic():
        user.groups.clear()
        user.user_permissions.clear()
        _write(user, username=erased_name(user), first_name="", last_name="", email="", last_login=None)


def _write(user: User, **columns: object) -> None:
    User.objects.filter(pk=user.pk).update(**columns)
    user.refresh_from_db()
