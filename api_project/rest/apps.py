from datetime import timedelta

from django.apps import AppConfig


class RestConfig(AppConfig):
    name = "api_project.rest"
    label = "rest"
    verbose_name = "REST interface"

    def ready(self) -> None:
        from api_project.rest.api_keys.services import api_keys_forget
        from api_project.rest.erasing import own
        from api_project.rest.idempotency.services import keys_forget
        from api_project.work.steps import Chore, registry

        registry.add(
            Chore("forget idempotency keys", keys_forget),
            Chore("forget API keys", api_keys_forget, every=timedelta(days=1)),
        )
        own.register()
