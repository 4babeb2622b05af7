"""The project's own settings, and with them the app that can hold a process at a point."""

from api_project.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.processes.pauses"]  # noqa: F405
