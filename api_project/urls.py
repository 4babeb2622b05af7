"""Every address, by area; each app names its own. The probes are answered earlier, by `HealthMiddleware`."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, register_converter

from api_project.rest.failure_page import failure_page
from api_project.rest.path_ids import IdConverter

# Before the apps' addresses are read, which have ids in them.
register_converter(IdConverter, "id")
handler500 = failure_page

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("api_project.rest.urls")),
    path("api/v1/", include("api_project.rest.api_keys.urls")),
    path("api/v1/", include("transcripts.urls")),
    path("api/v1/", include("webhooks.outbound.rest.urls")),
    path("", include("transcripts.pages.urls")),
    path("", include("webhooks.outbound.pages.urls")),
    path("webhooks/", include("webhooks.urls")),
    path("admin/", admin.site.urls),
]
