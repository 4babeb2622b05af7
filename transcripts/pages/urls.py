from django.urls import path

from transcripts.pages.views import DeleteView, HomeView, RetryView, TranscriptPageView

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("transcripts/<id:transcript_id>/", TranscriptPageView.as_view(), name="transcript-page"),
    path("transcripts/<id:transcript_id>/retry/", RetryView.as_view(), name="transcript-page-retry"),
    path("transcripts/<id:transcript_id>/delete/", DeleteView.as_view(), name="transcript-page-delete"),
]
