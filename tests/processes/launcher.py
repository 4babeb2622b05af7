"""`python -m tests.processes.launcher`: the launcher as it is, but its programs can be held at points."""

import sys
from dataclasses import replace
from typing import Any
from unittest import mock

from api_project.launch import delays, run
from api_project.launch.children import Program
from api_project.launch.programs import programs


def _pausable(*args: Any, **kwargs: Any) -> list[Program]:
    return [
        replace(program, environment={**program.environment, "DJANGO_SETTINGS_MODULE": "tests.processes.settings"})
        for program in programs(*args, **kwargs)
    ]


if __name__ == "__main__":
    with (
        mock.patch.object(run, "programs", _pausable),
        # Tests kill on purpose and often: each restart waits the shortest time only.
        mock.patch.object(delays, "GOOD_WHILE_SECONDS", 0.0),
    ):
        sys.exit(run.run())
