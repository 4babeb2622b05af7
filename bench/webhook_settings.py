"""The project's settings with one more address: the bare INSERT that the receiver is measured beside."""

from api_project.settings import *  # noqa: F403

ROOT_URLCONF = "bench.webhook_urls"
