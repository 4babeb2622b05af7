from django.urls import path

from transcripts.listening import views

urlpatterns = [
    path("audio/", views.TranscriptAudioView.as_view(), name="transcript-audio"),
    path("redacted-audio/", views.TranscriptRedactedAudioView.as_view(), name="transcript-redacted-audio"),
]
