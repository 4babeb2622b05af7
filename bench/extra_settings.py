"""The project's settings with the yardsticks as further addresses, and nothing that holds a load back."""

from api_project.settings import *  # noqa: F403

ROOT_URLCONF = "bench.extra_urls"
