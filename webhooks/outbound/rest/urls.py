from django.urls import include, path

urlpatterns = [
    path("", include("webhooks.outbound.rest.endpoints.urls")),
    path("", include("webhooks.outbound.rest.events.urls")),
    path("", include("webhooks.outbound.rest.deliveries.urls")),
]
