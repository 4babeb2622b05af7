from django.apps import AppConfig


class TranscriptsConfig(AppConfig):
    name = "transcripts"

    def ready(self) -> None:
        from transcripts import steps, user_erasing

        steps.register()
        user_erasing.register()
