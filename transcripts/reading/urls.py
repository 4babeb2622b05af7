from django.urls import path

from transcripts.reading import views

urlpatterns = [
    path("txt/", views.TranscriptTextView.as_view(), name="transcript-txt"),
    path("words/", views.TranscriptWordsView.as_view(), name="transcript-words"),
]
