from django.urls import path

from transcripts.usage.views import UsageView

urlpatterns = [
    path("usage/", UsageView.as_view(), name="usage"),
]
