#!/usr/bin/env python
"""Run a management command; `manage.py help` lists them."""

import importlib
import os
import sys

from api_project.environment import EnvironmentProblem


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "api_project.settings")
    from django.core.management import execute_from_command_line

    try:
        # Read here, since Django's own command line goes on without settings and then says something else.
        importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
        execute_from_command_line(sys.argv)
    except EnvironmentProblem as problem:
        sys.exit(f"manage.py: {problem}")


if __name__ == "__main__":
    main()
