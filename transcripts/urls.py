from django.urls import include, path

from transcripts import views

urlpatterns = [
    path("", include("transcripts.usage.urls")),
    path("transcripts/", views.TranscriptListView.as_view(), name="transcript-list"),
    path("transcripts/<id:transcript_id>/", views.TranscriptDetailView.as_view(), name="transcript-detail"),
    path("transcripts/<id:transcript_id>/retry/", views.TranscriptRetryView.as_view(), name="transcript-retry"),
    path("transcripts/<id:transcript_id>/", include("transcripts.reading.urls")),
    path("transcripts/<id:transcript_id>/", include("transcripts.listening.urls")),
]
