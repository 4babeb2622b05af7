from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "api_project"
    label = "project"
