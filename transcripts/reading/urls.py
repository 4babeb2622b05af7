from django.urls import path

from transcripts.reading import views

urlpatterns = [
    path("txt/", views.TranscriptTextView.as_view(), name="transcript-txt"),
    path("words/", views.TranscriptWordsView.as_view(), name="transcript-words"),
    path("sentences/", views.TranscriptSentencesView.as_view(), name="transcript-sentences"),
    path("paragraphs/", views.TranscriptParagraphsView.as_view(), name="transcript-paragraphs"),
    path("utterances/", views.TranscriptUtterancesView.as_view(), name="transcript-utterances"),
    path("srt/", views.TranscriptSrtView.as_view(), name="transcript-srt"),
    path("vtt/", views.TranscriptVttView.as_view(), name="transcript-vtt"),
    path("json/", views.TranscriptDocumentView.as_view(), name="transcript-json"),
    path("word-search/", views.TranscriptWordSearchView.as_view(), name="transcript-word-search"),
]
