"""The project's own settings, and with them the app that can hold a process at a point."""

import os

from api_project.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.processes.pauses"]  # noqa: F405

if os.environ.get("PROVIDER_URL"):
    # What stands before the sandbox and does what that cannot.
    ASSEMBLYAI_BASE_URL = os.environ["PROVIDER_URL"]

if os.environ.get("WITHOUT_WEBHOOKS"):
    # As with the cloud and no public address, which the sandbox alone never has.
    WEBHOOK_BASE_URL = ""
