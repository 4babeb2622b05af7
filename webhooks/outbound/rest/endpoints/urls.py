from django.urls import path

from webhooks.outbound.rest.endpoints import views

urlpatterns = [
    path("webhook-endpoints/", views.EndpointListView.as_view(), name="webhook-endpoint-list"),
    path("webhook-endpoints/default-secret/", views.DefaultSecretView.as_view(), name="webhook-default-secret"),
    path("webhook-endpoints/<id:endpoint_id>/", views.EndpointDetailView.as_view(), name="webhook-endpoint-detail"),
    path(
        "webhook-endpoints/<id:endpoint_id>/rotate-secret/",
        views.RotateSecretView.as_view(),
        name="webhook-endpoint-rotate-secret",
    ),
    path("webhook-endpoints/<id:endpoint_id>/ping/", views.PingView.as_view(), name="webhook-endpoint-ping"),
]
