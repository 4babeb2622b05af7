from django.urls import include, path

urlpatterns = [
    path("", include("webhooks.outbound.rest.endpoints.urls")),
]
