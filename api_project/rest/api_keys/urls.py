from django.urls import path

from api_project.rest.api_keys import views

urlpatterns = [
    path("api-keys/", views.ApiKeyListView.as_view(), name="api-key-list"),
    path("api-keys/<id:key_id>/", views.ApiKeyDetailView.as_view(), name="api-key-detail"),
]
