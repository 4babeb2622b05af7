import os
from datetime import timedelta
from importlib import import_module

from django.apps import AppConfig

# Tests cannot wait as long as the service does: for an outage to be looked at again (a killed provider is one), for a
# job to show itself in the provider's list, for a row to be looked at again.
SHORTER = {
    "api_project.work.alarms": {"PROBE_EVERY": 1.0},
    "api_project.work.runner": {"PROBE_EVERY": 1.0},
    "transcripts.lost_jobs": {"LIST_LAGS_BY": float(os.environ["LIST_LAGS_SECONDS"])},
    "transcripts.submitting": {"LIST_LAGS_BY": float(os.environ["LIST_LAGS_SECONDS"])},
    "transcripts.discarding": {"LOOK_AGAIN_AFTER": 1.0},
    "transcripts.erasing": {"LOOK_AGAIN_AFTER": 1.0},
    "transcripts.user_erasing": {"LEASE_FOR": 5.0},
    "webhooks.outbound.taking": {"HELD_FOR": 5.0},
}


class PausesConfig(AppConfig):
    name = "tests.processes.pauses"
    label = "pauses"

    def ready(self) -> None:
        from tests.processes.pauses.points import watch

        for module, seconds_by_name in SHORTER.items():
            for name, seconds in seconds_by_name.items():
                names = vars(import_module(module))
                assert isinstance(names[name], timedelta), f"{module} has no such time"
                names[name] = timedelta(seconds=seconds)
        watch()
