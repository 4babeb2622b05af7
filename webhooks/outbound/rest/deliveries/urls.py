from django.urls import path

from webhooks.outbound.rest.deliveries import views

urlpatterns = [
    path("deliveries/", views.DeliveryListView.as_view(), name="delivery-list"),
    path("deliveries/<id:delivery_id>/", views.DeliveryDetailView.as_view(), name="delivery-detail"),
    path("deliveries/<id:delivery_id>/redeliver/", views.RedeliverView.as_view(), name="delivery-redeliver"),
    path("webhook-endpoints/<id:endpoint_id>/recover/", views.RecoverView.as_view(), name="webhook-endpoint-recover"),
]
