from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from api_project.rest.management.plainly import said_in_one_line
from webhooks.outbound.resealing import secrets_reseal


class Command(BaseCommand):
    help = "Encrypt all stored secrets anew under the first of ENCRYPTION_KEYS; then the others can be left out."

    def handle(self, *args: Any, **options: Any) -> None:
        done, faults = 0, 0
        with said_in_one_line():
            for secret, fault in secrets_reseal(now=timezone.now()):
                if fault:
                    self.stderr.write(f"The secret {secret} cannot be read. {fault}")
                done, faults = done + (not fault), faults + bool(fault)
        self.stdout.write(f"{done} sealed anew.")
        if faults:
            raise CommandError(f"{faults} could not be read and stay as they are; leave no key out yet.")
