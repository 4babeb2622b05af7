from django.apps import AppConfig


class RestConfig(AppConfig):
    name = "api_project.rest"
    label = "rest"
    verbose_name = "REST interface"
