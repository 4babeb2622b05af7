from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "api_project.work"
    label = "work"
