"""Check, migrate, start, keep running, stop: the whole life of `make run`."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import django

from api_project.environment import Environment, EnvironmentProblem, dotenv_path, read_dotenv
from api_project.launch import preflight, welcome
from api_project.launch.choices import Choices, choose
from api_project.launch.programs import programs
from api_project.launch.supervisor import Supervisor
from api_project.secrets_store import read_or_make

TICK_UNTIL_READY_SECONDS = 0.2


def say(text: str) -> None:
    """Write to the terminal at once, a line of its own for each line."""
    print(text, flush=True)


def run() -> int:
    """Run the service until a signal; return the exit status."""
    # Whatever any of the processes writes, the database first of all, is for this user alone.
    os.umask(0o077)
    try:
        from_file = read_dotenv(dotenv_path())
        choices = choose(Environment(os.environ, from_file))
        preflight.prepare_data_dir(choices.data_dir)
        # Held until this process ends.
        preflight.hold_data_dir(choices.data_dir)
        preflight.check_ports(choices)
        choices.write_run_env()
        # For this process too, which reads the settings below.
        os.environ.update(choices.as_environment())
        greeting = _prepare(choices)
        token = read_or_make(choices.data_dir / "secrets", "sandbox_token")
    except EnvironmentProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    supervisor = Supervisor(programs(choices, token=token, from_file=from_file), say)
    supervisor.watch_signals()
    say("Starting. Ctrl-C ends everything.")
    supervisor.run(_greeter(choices, greeting))
    say("Stopped.")
    return 1 if supervisor.has_failed else 0


def _prepare(choices: Choices) -> Callable[[], str]:
    """Make the service usable, in the database too; return what writes the greeting."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "api_project.settings")
    django.setup()
    # Needs the settings, and with them the models.
    from api_project.launch import first_run

    for line in first_run.check_settings():
        say(f"Note: {line}")
    first_run.migrate()
    user = first_run.ensure_user()
    key_file, key_note = first_run.ensure_api_key(user)
    first_run.close_connections()

    def greeting() -> str:
        # Made at the last moment, since the link's time runs from here.
        link = first_run.new_sign_in_link(user, choices.base_url)
        return welcome.welcome(choices, key_file=Path(key_file), key_note=key_note, link=link)

    return greeting


def _greeter(choices: Choices, greeting: Callable[[], str]) -> Callable[[], float]:
    """Return what looks whether the service answers, and greets once when it does."""
    is_greeted = False

    def tick() -> float:
        nonlocal is_greeted
        if is_greeted:
            return float("inf")
        if welcome.is_answering(choices):
            say(greeting())
            is_greeted = True
        return TICK_UNTIL_READY_SECONDS

    return tick
