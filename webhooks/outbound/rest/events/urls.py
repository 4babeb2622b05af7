from django.urls import path

from webhooks.outbound.rest.events import views

urlpatterns = [
    path("events/", views.EventListView.as_view(), name="event-list"),
    path("events/<id:event_id>/", views.EventDetailView.as_view(), name="event-detail"),
]
