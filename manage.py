#!/usr/bin/env python
"""Run a management command; `manage.py help` lists them."""

import importlib
import os
import sys

from api_project.environment import BASE_DIR, Environment, EnvironmentProblem, dotenv_path, read_dotenv

# What is of no use without tables. Their settings would make a folder with a database and secrets first.
NEED_A_DATABASE = {
    *("create_api_key", "erase_user", "list_api_keys", "recount_usage", "reseal_secrets", "revoke_api_key"),
    *("set_budget", "sign_in_link", "transcribe"),
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "api_project.settings")
    from django.core.management import execute_from_command_line

    try:
        if not NEED_A_DATABASE.isdisjoint(sys.argv[1:2]) and "-h" not in sys.argv and "--help" not in sys.argv:
            require_database()
        # Read here, since Django's own command line goes on without settings and then says something else.
        importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
        execute_from_command_line(sys.argv)
    except EnvironmentProblem as problem:
        sys.exit(f"manage.py: {problem}")


def require_database() -> None:
    """Raise EnvironmentProblem where DATA_DIR has no database yet, and none is elsewhere."""
    env = Environment(os.environ, read_dotenv(dotenv_path()))
    data_dir = env.path("DATA_DIR", BASE_DIR / "data", base=BASE_DIR)
    file = data_dir / "db.sqlite3"
    if not env.secret("DATABASE_URL") and not (file.is_file() and file.stat().st_size):
        raise EnvironmentProblem(
            f"There is no database in DATA_DIR ('{data_dir}') yet. Give the DATA_DIR of the service, or start it: "
            "`make run` makes it ready, and so does `manage.py migrate`."
        )


if __name__ == "__main__":
    main()
