from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "api_project"
    label = "project"

    def ready(self) -> None:
        from api_project import checks

        checks.register_all()
