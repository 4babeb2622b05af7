"""Signing in and out, the page of API keys, and the API's description; operations belong to the apps they are about."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from django.views.generic import RedirectView

from api_project.rest.api_keys.pages import ApiKeysView, RevokeApiKeyView
from api_project.rest.documentation import SchemaView, SwaggerView, problem_page
from api_project.rest.index import IndexView
from api_project.rest.sign_in import SignInLinkView

urlpatterns = [
    path("sign-in/", LoginView.as_view(), name="login"),
    path("sign-in/link/", SignInLinkView.as_view(), name="sign-in-link"),
    path("sign-out/", LogoutView.as_view(), name="logout"),
    path("api-keys/", ApiKeysView.as_view(), name="api-keys"),
    path("api-keys/<id:key_id>/revoke/", RevokeApiKeyView.as_view(), name="api-key-revoke"),
    path("api/", RedirectView.as_view(pattern_name="docs"), name="api"),
    path("api/v1/", IndexView.as_view(), name="index"),
    path("api/schema/", SchemaView.as_view(), name="schema"),
    path("api/docs/", SwaggerView.as_view(), name="docs"),
    path("api/problems/", problem_page, name="problems"),
    path("api/problems/<slug:code>/", problem_page, name="problem"),
]
