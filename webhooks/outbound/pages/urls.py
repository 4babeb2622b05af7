from django.urls import path

from webhooks.outbound.pages import default_secret_views, delivery_views, endpoint_views

ENDPOINT = "webhook-endpoints/<id:endpoint_id>/"

urlpatterns = [
    path("webhook-endpoints/", endpoint_views.EndpointsView.as_view(), name="webhook-endpoints-page"),
    path(
        "webhook-endpoints/default-secret/",
        default_secret_views.DefaultSecretPageView.as_view(),
        name="webhook-default-secret-page",
    ),
    path(ENDPOINT, endpoint_views.EndpointPageView.as_view(), name="webhook-endpoint-page"),
    path(f"{ENDPOINT}switch/", endpoint_views.SwitchView.as_view(), name="webhook-endpoint-page-switch"),
    path(f"{ENDPOINT}ping/", endpoint_views.PingView.as_view(), name="webhook-endpoint-page-ping"),
    path(f"{ENDPOINT}recover/", endpoint_views.RecoverView.as_view(), name="webhook-endpoint-page-recover"),
    path(f"{ENDPOINT}new-secret/", endpoint_views.NewSecretView.as_view(), name="webhook-endpoint-page-new-secret"),
    path(f"{ENDPOINT}delete/", endpoint_views.DeleteView.as_view(), name="webhook-endpoint-page-delete"),
    path("deliveries/", delivery_views.DeliveriesView.as_view(), name="deliveries-page"),
    path("deliveries/<id:delivery_id>/", delivery_views.DeliveryPageView.as_view(), name="delivery-page"),
    path(
        "deliveries/<id:delivery_id>/redeliver/",
        delivery_views.RedeliverView.as_view(),
        name="delivery-page-redeliver",
    ),
]
