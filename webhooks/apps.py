from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "webhooks"

    def ready(self) -> None:
        from transcripts.signals import transcript_erased
        from webhooks.receivers.steps import blank_events, register

        register()
        transcript_erased.connect(blank_events, dispatch_uid="webhooks.blank_events")
