"""The project's settings under a known environment, whatever the developer's shell and `.env` say."""

import atexit
import os
import shutil
import tempfile

KEPT = ("PATH", "HOME", "USER", "LANG", "TMPDIR", "CI", "VIRTUAL_ENV", "TEST_DATABASE_URL", "TEST_REDIS_URL")
KEPT_PREFIXES = ("LC_", "PYTEST_", "PYTHON", "COVERAGE_", "HYPOTHESIS_", "DJANGO_SETTINGS_MODULE")

# Each xdist worker is a process of its own and so has a folder of its own. A worker ends without its exit handlers,
# so `conftest.py` takes the folder away too.
DATA_DIR_OF_TESTS = tempfile.mkdtemp(prefix="speech-tests-")
atexit.register(shutil.rmtree, DATA_DIR_OF_TESTS, ignore_errors=True)

for name in list(os.environ):
    if name not in KEPT and not name.startswith(KEPT_PREFIXES):
        del os.environ[name]

os.environ.update(
    ENV_FILE=os.devnull,
    DATA_DIR=DATA_DIR_OF_TESTS,
    SECRET_KEY="only-for-tests-" + "k" * 40,
    WEBHOOK_SECRETS="only-for-tests-first-" + "w" * 30 + ",only-for-tests-second-" + "w" * 30,
    # Nothing listens there: a test that reaches for the provider must say where it is.
    SANDBOX="1",
    SANDBOX_PORT="9",
)
if os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]

from api_project.settings import *  # noqa: E402, F403

if not os.environ.get("TEST_DATABASE_URL"):
    # A file, as in production: the in-memory database locks whole tables between threads, and has no log.
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(DATA_DIR_OF_TESTS, "test.sqlite3")}  # noqa: F405

# What is slow on purpose proves nothing here.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
