"""Every address, by area; each app names its own. The probes are answered earlier, by `HealthMiddleware`."""

from django.urls import URLPattern, URLResolver, include, path

from api_project.rest.failure_page import failure_page

handler500 = failure_page

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("api_project.rest.urls")),
    path("api/v1/", include("api_project.rest.api_keys.urls")),
    path("api/v1/", include("transcripts.urls")),
    path("", include("transcripts.pages.urls")),
    path("webhooks/", include("webhooks.urls")),
]
