"""The page of API keys: what there is, making one, revoking one. It needs no script."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views import View
from django.views.decorators.cache import never_cache

from api_project.rest.api_keys.exceptions import TooManyKeys, TooManyKeysMade
from api_project.rest.api_keys.selectors import api_key_find, own_api_key, own_api_keys
from api_project.rest.api_keys.serializers import MAX_NAME
from api_project.rest.api_keys.services import api_key_create, api_key_revoke
from api_project.rest.models import ApiKey
from api_project.rest.strict_fields import one_line

# Carries a new key over the redirect after its form: so it stands in no address, is stored by nobody but the browser
# that is to show it, and is gone with the first showing.
NEW_KEY_COOKIE = "speech_new_key"
NEW_KEY_SECONDS = 60
# Those that are no longer good are of little interest; all of them are told over REST.
MOST_ENDED = 20


class NewKeyForm(forms.Form):
    """What a new key is for, what it may do, and until when."""

    name = forms.CharField(max_length=MAX_NAME, validators=[one_line], label="What it is for")
    scope = forms.ChoiceField(
        choices=[(ApiKey.Scope.WRITE.value, "Read and write"), (ApiKey.Scope.READ.value, "Read only")],
        label="What it may do",
    )
    days = forms.TypedChoiceField(
        choices=[("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("", "For ever, until revoked")],
        initial="90",
        label="How long it is good",
        required=False,
        coerce=int,
        empty_value=None,
    )


class KeyPage(LoginRequiredMixin, View):
    """A page for whoever is signed in; all others are sent to sign in."""

    @property
    def owner(self) -> User:
        return cast(User, self.request.user)

    def own_key(self, key_id: UUID) -> ApiKey:
        """Return one of the user's own keys; 404 for all others."""
        try:
            return own_api_key(user=self.owner, key_id=key_id)
        except ApiKey.DoesNotExist as exc:
            raise Http404 from exc


@method_decorator(never_cache, name="dispatch")
class ApiKeysView(KeyPage):
    """List the user's keys, and make one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        key = request.COOKIES.get(NEW_KEY_COOKIE, "")
        response = self.answer(NewKeyForm(), self.made(key))
        if key:
            response.delete_cookie(NEW_KEY_COOKIE, path=reverse("api-keys"), samesite="Strict")
        return response

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewKeyForm(request.POST)
        if not form.is_valid():
            return self.answer(form, status=400)
        days = form.cleaned_data["days"]
        try:
            _, key = api_key_create(
                user=self.owner,
                name=form.cleaned_data["name"],
                scope=form.cleaned_data["scope"],
                expires_in=timedelta(days=days) if days else None,
            )
        except (TooManyKeys, TooManyKeysMade) as exc:
            form.add_error(None, str(exc))
            return self.answer(form, status=409 if isinstance(exc, TooManyKeys) else 429)
        response = redirect("api-keys")
        response.set_cookie(
            NEW_KEY_COOKIE,
            key,
            max_age=NEW_KEY_SECONDS,
            path=reverse("api-keys"),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Strict",
        )
        return response

    def made(self, key: str) -> dict[str, Any] | None:
        """Return what to show of a key that was just made; None for what is no key of this user."""
        found = api_key_find(key=key) if key else None
        return {"key": key, "row": found} if found is not None and found.user_id == self.owner.pk else None

    def answer(self, form: NewKeyForm, made: dict[str, Any] | None = None, *, status: int = 200) -> HttpResponse:
        now = timezone.now()
        active = list(own_api_keys(user=self.owner, state=ApiKey.State.ACTIVE, now=now))
        ended = own_api_keys(user=self.owner, now=now).exclude(ApiKey.usable(now))[: MOST_ENDED + 1]
        context = {
            "form": form,
            "made": made,
            "active": active,
            "ended": [(key, key.state(now)) for key in ended[:MOST_ENDED]],
            "more_ended": len(ended) > MOST_ENDED,
        }
        return render(self.request, "rest/api_keys/list.html", context, status=status)


@method_decorator(never_cache, name="dispatch")
class RevokeApiKeyView(KeyPage):
    """Ask whether to revoke a key, and revoke it."""

    def get(self, request: HttpRequest, key_id: UUID) -> HttpResponse:
        return render(request, "rest/api_keys/revoke.html", {"key": self.own_key(key_id)})

    def post(self, request: HttpRequest, key_id: UUID) -> HttpResponse:
        key = api_key_revoke(api_key=self.own_key(key_id))
        messages.info(request, format_html("“<bdi>{}</bdi>” is revoked.", key.name))
        return redirect("api-keys")
