import signal
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from api_project.work.steps import registry
from api_project.work.worker import Worker


class Command(BaseCommand):
    help = "Run the worker: submit, apply, reconcile and erase, until SIGTERM or Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            worker = Worker(
                registry, lease_for=timedelta(seconds=settings.LEASE_SECONDS), threads=settings.WORK_THREADS
            )
        except ValueError as exc:
            raise CommandError(str(exc)) from exc
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        worker.run()
        if worker.failed:
            raise CommandError("The worker could not go on; the log says why. Start it again.")
