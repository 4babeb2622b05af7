"""Users as the operator sees them: their address and rights can be changed; erasing one is a command's work."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest


class OperatedUserAdmin(UserAdmin):  # type: ignore[type-arg]
    """`manage.py erase_user` takes away all that a user has; deleting the row alone would not."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def register() -> None:
    """Put this in the place of Django's own; nobody is in a group."""
    admin.site.unregister([User, Group])
    admin.site.register(User, OperatedUserAdmin)
