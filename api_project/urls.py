"""Every address, by area; each app names its own. The probes are answered earlier, by `HealthMiddleware`."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
