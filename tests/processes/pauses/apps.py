from datetime import timedelta

from django.apps import AppConfig

PROBE_EVERY = timedelta(seconds=1)


class PausesConfig(AppConfig):
    name = "tests.processes.pauses"
    label = "pauses"

    def ready(self) -> None:
        from api_project.work import alarms, runner
        from tests.processes.pauses.points import watch

        # A killed provider is an outage; tests cannot wait half a minute for the next probe.
        for module in (alarms, runner):
            vars(module)["PROBE_EVERY"] = PROBE_EVERY
        watch()
