"""Every address, by area; each app names its own. The probes are answered earlier, by `HealthMiddleware`."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("webhooks/", include("webhooks.urls")),
]
