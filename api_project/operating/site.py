"""The admin site. Who may use it signs in where everybody does."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse


class OperatorSite(AdminSite):
    """Django's admin for users who are staff; all others are turned away."""

    site_header = site_title = "Speech to text: operator"
    index_title = "What there is"
    # Lists need its room, and the trail above them leads back.
    enable_nav_sidebar = False

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        index = reverse("admin:index", current_app=self.name)
        if self.has_permission(request):
            return HttpResponseRedirect(index)
        if request.user.is_authenticated:
            # Signing in once more would lead here again.
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", index))
