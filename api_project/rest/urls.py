"""Signing in and out; the addresses of the API itself belong to the apps that serve them."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from api_project.rest.sign_in import SignInLinkView

urlpatterns = [
    path("sign-in/", LoginView.as_view(), name="login"),
    path("sign-in/link/", SignInLinkView.as_view(), name="sign-in-link"),
    path("sign-out/", LogoutView.as_view(), name="logout"),
]
