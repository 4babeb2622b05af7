from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "webhooks"

    def ready(self) -> None:
        from transcripts.signals import transcript_erased
        from webhooks.receivers import erasing, steps

        steps.register()
        erasing.register()
        transcript_erased.connect(erasing.blank_events, dispatch_uid="webhooks.blank_events")
