"""What the REST interface itself keeps about users: how they sign in, and which requests they sent twice."""

from collections.abc import Iterator

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session

from api_project.rest.erasing.registry import Eraser, erasers
from api_project.rest.idempotency.models import IdempotencyKey
from api_project.rest.models import ApiKey

# Whose a session is, by its key. That never changes: whoever signs in is given a new key.
_owners: dict[str, str | None] = {}


def count(user: User) -> dict[str, int]:
    return {
        "API keys": ApiKey.objects.filter(user=user).count(),
        "sessions": sum(1 for _ in _sessions(user)),
        "idempotency keys": IdempotencyKey.objects.filter(user=user).count(),
    }


def erase(user: User) -> None:
    ApiKey.objects.filter(user=user).delete()
    IdempotencyKey.objects.filter(user=user).delete()
    for key in list(_sessions(user)):
        Session.objects.filter(pk=key).delete()


def _sessions(user: User) -> Iterator[str]:
    """Yield the sessions of a user. Whose they are stands inside them, so each is looked into, and only once."""
    for session in Session.objects.iterator():
        if session.pk not in _owners:
            _owners[session.pk] = session.get_decoded().get(SESSION_KEY)
        if _owners[session.pk] == str(user.pk):
            yield session.pk


def register() -> None:
    """Tell the erasing of users about this part."""
    erasers.append(Eraser(covers=(ApiKey, IdempotencyKey, Session, User), count=count, erase=erase))
