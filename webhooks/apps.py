from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "webhooks"

    def ready(self) -> None:
        from transcripts.signals import destination_named, transcript_deleted, transcript_ended, transcript_erased
        from webhooks.outbound import erasing as outbound_erasing
        from webhooks.outbound import naming, transcript_events
        from webhooks.outbound import steps as outbound_steps
        from webhooks.receivers import erasing, steps

        steps.register()
        erasing.register()
        outbound_steps.register()
        outbound_erasing.register()
        transcript_erased.connect(erasing.blank_events, dispatch_uid="webhooks.blank_events")
        transcript_ended.connect(transcript_events.tell_ended, dispatch_uid="webhooks.tell_ended")
        transcript_deleted.connect(transcript_events.tell_deleted, dispatch_uid="webhooks.tell_deleted")
        destination_named.connect(naming.check_named, dispatch_uid="webhooks.check_named")
