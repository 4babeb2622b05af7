"""A real browser before the real pages: what it complains about fails the test."""

import os
import shutil
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from api_project.rest.sign_in import sign_in_link
from api_project.work.leases import claim
from api_project.work.runner import run_step
from api_project.work.steps import registry
from tests.factories import make_user
from tests.sandbox.live import SandboxProcess

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
LEASE = timedelta(seconds=60)
PAUSE = 0.05
# A machine that is busy with other tests is no reason to fail.
expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    folder = Path(__file__).parent
    if CHROMIUM is None:
        for item in items:
            if folder in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="There is no Chromium on this machine."))


# For this package alone: the event loop that playwright keeps running would be in the way of other tests.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Playwright runs an event loop in this thread, and Django takes that for asynchronous code.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Complaints:
    """What the browser complained about: errors of scripts, the content security policy, what could not be loaded."""

    def __init__(self) -> None:
        self._found: list[str] = []
        self._expected: list[str] = []

    def expect(self, part: str) -> None:
        """Let pass what has this in it: an error that the test brings about."""
        self._expected.append(part)

    def add(self, text: str) -> None:
        self._found.append(text)

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.add(message.text)

    def heard(self, part: str) -> bool:
        return any(part in text for text in self._found)

    def unexpected(self) -> list[str]:
        return [text for text in self._found if not any(part in text for part in self._expected)]


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def context(chromium: Browser, live_server: LiveServer, complaints: Complaints) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=live_server.url)
    context.on("console", complaints.hear)
    context.on("weberror", lambda error: complaints.add(str(error.error)))
    yield context
    context.close()
    assert complaints.unexpected() == []


@pytest.fixture
def user(live_server: LiveServer) -> User:
    return make_user()


@pytest.fixture
def page(context: BrowserContext, live_server: LiveServer, user: User) -> Page:
    """The page of a user who has just followed the sign-in link."""
    page = context.new_page()
    page.goto(sign_in_link(user, live_server.url))
    return page


@pytest.fixture(scope="package")
def slow_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """A sandbox whose recogniser takes its time, so that there is something to see on the way."""
    sandbox = SandboxProcess(tmp_path_factory.mktemp("slow") / "data", STUB_DELAY=4)
    yield sandbox.start()
    sandbox.stop()


@pytest.fixture
def worker(slow_sandbox: SandboxProcess, live_server: LiveServer, settings: Settings) -> Iterator[None]:
    """A worker's steps, run as they fall due, against the sandbox, which calls the live server back."""
    settings.ASSEMBLYAI_BASE_URL = slow_sandbox.base_url
    settings.WEBHOOK_BASE_URL = live_server.url
    ended = threading.Event()
    thread = threading.Thread(target=_work, args=[ended])
    thread.start()
    yield
    ended.set()
    thread.join()


def _work(ended: threading.Event) -> None:
    while not ended.wait(PAUSE):
        for step in registry.steps:
            for row, lease in claim(step, limit=1, now=timezone.now(), lease_for=LEASE):
                run_step(step, row, lease)
    connections.close_all()
