"""Every address, by area; each app names its own."""

from django.urls import URLPattern, URLResolver, include, path

from api_project import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz/live", health.live, name="health-live"),
    path("healthz/ready", health.ready, name="health-ready"),
    path("", include("api_project.rest.urls")),
]
