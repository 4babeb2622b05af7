from django.urls import path

from webhooks.receivers.assemblyai import AssemblyAIWebhookView

urlpatterns = [
    path("assemblyai/<uuid:transcript_id>/<int:number>/", AssemblyAIWebhookView.as_view(), name="assemblyai-webhook"),
]
