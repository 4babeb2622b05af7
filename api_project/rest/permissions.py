"""What who is asking may do."""

from typing import TYPE_CHECKING

from rest_framework import permissions
from rest_framework.request import Request

from api_project.rest.models import ApiKey

if TYPE_CHECKING:
    # At run time this module is loaded while rest_framework.views still is.
    from rest_framework.views import APIView


class SignedInAndInScope(permissions.BasePermission):
    """Somebody must be signed in, and a read key may only read. Whose objects they see is up to selectors."""

    message = "This API key may only read; writing needs a key of scope write."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not request.user.is_authenticated:
            return False
        if request.method in permissions.SAFE_METHODS or not isinstance(request.auth, ApiKey):
            return True
        return request.auth.may_write
