"""What is kept of what operators did, as far as it is by or about a user who is erased."""

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet

from api_project.rest.erasing.registry import Eraser, erasers


def count(user: User) -> dict[str, int]:
    return {"notes of what was done": _entries(user).count()}


def erase(user: User) -> None:
    _entries(user).delete()


def _entries(user: User) -> QuerySet[LogEntry]:
    users = ContentType.objects.get_for_model(User)
    return LogEntry.objects.filter(Q(user=user) | Q(content_type=users, object_id=str(user.pk)))


def register() -> None:
    """Tell the erasing of users about this part."""
    erasers.append(Eraser(covers=(LogEntry,), count=count, erase=erase))
