"""Every setting, read once from the environment.

Precedence: environment, then `.env`, then what the launcher chose (`DATA_DIR/run.env`), then the default. Rules across
settings are system checks (`api_project/checks/`).
"""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from api_project.addresses import EVERY_ADDRESS, in_url, local_base_url
from api_project.environment import (
    BASE_DIR,
    RUN_ENV_NAME,
    STARTED_WITH_KEY,
    Environment,
    EnvironmentProblem,
    dotenv_path,
    read_dotenv,
)
from api_project.rest import cross_origin
from api_project.sealing import new_key
from api_project.secrets_store import new_secret, read_or_make
from api_project.settings_parts import logs, rest, stores

env = Environment(os.environ, read_dotenv(dotenv_path()))

# --- Where things are -------------------------------------------------------------------------------------------------

DATA_DIR = env.path("DATA_DIR", BASE_DIR / "data", base=BASE_DIR)
run_env = read_dotenv(DATA_DIR / RUN_ENV_NAME)
if env.header_secret("ASSEMBLYAI_API_KEY"):
    # A key that was given since is a newer decision than the launcher's.
    run_env.pop("SANDBOX", None)
env.add_layer(run_env)
SECRETS_DIR = DATA_DIR / "secrets"
AUDIO_DIR = DATA_DIR / "audio"
UPLOAD_DIR = DATA_DIR / "tmp"

# A folder that cannot be made is told by a system check.
for folder in (DATA_DIR, AUDIO_DIR, UPLOAD_DIR):
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

DEBUG = env.flag("DEBUG")
BIND = env.ip_address("BIND", "127.0.0.1")
PORT = env.integer("PORT", 8000, low=1, high=65535)
PUBLIC_BASE_URL = env.url("PUBLIC_BASE_URL")
IS_HTTPS = PUBLIC_BASE_URL.startswith("https://")
# Where a process on this machine reaches the web server.
LOCAL_BASE_URL = local_base_url(BIND, PORT)
# Where people reach it.
BASE_URL = PUBLIC_BASE_URL or LOCAL_BASE_URL


def _kept_secret(name: str, *, make: Callable[[], str] = new_secret) -> str:
    try:
        return read_or_make(SECRETS_DIR, name.lower(), make=make)
    except OSError as error:
        problem = f"DATA_DIR is '{DATA_DIR}'; it cannot be written ({error.strerror}); give a folder that can."
        raise EnvironmentProblem(problem) from error


SECRET_KEY = env.secret("SECRET_KEY") or _kept_secret("SECRET_KEY")
# The first signs, all verify. Kept apart from SECRET_KEY, so that rotating one does not break the other.
WEBHOOK_SECRETS = env.header_secrets("WEBHOOK_SECRETS") or [_kept_secret("WEBHOOK_SECRETS")]
# The first seals, all unseal (`api_project/sealing.py`).
ENCRYPTION_KEYS = env.header_secrets("ENCRYPTION_KEYS") or [_kept_secret("ENCRYPTION_KEYS", make=new_key)]

# --- The provider, or its stand-in ------------------------------------------------------------------------------------

SANDBOX = env.flag("SANDBOX")
SANDBOX_PORT = env.integer("SANDBOX_PORT", 8100, low=1, high=65535)
# Kept apart from what the sandbox puts in its place, so that a check can tell when both are given.
ASSEMBLYAI_API_KEY_GIVEN = env.header_secret("ASSEMBLYAI_API_KEY")
SERVICE_HAS_KEY = run_env.get(STARTED_WITH_KEY) == "1"
ASSEMBLYAI_API_KEY = "sandbox" if SANDBOX else ASSEMBLYAI_API_KEY_GIVEN
ASSEMBLYAI_BASE_URL = (
    f"http://127.0.0.1:{SANDBOX_PORT}" if SANDBOX else env.url("ASSEMBLYAI_BASE_URL", "https://api.assemblyai.com")
)
ASSEMBLYAI_HTTP_TIMEOUT = env.integer("ASSEMBLYAI_HTTP_TIMEOUT", 30, low=1, high=600)
ASSEMBLYAI_SPEECH_MODELS = env.words("ASSEMBLYAI_SPEECH_MODELS", ("universal-3-5-pro", "universal-2"))
# With those that are left out a client could turn our webhook away, or have other audio transcribed.
OPTION_NAME = r"(?!webhook_|audio_url\b|raw_transcription_config\b)[a-z]\w*(\.[a-z]\w*)*"
OPTION_NAMES = "names of options parted by commas, but not webhook_*, audio_url or raw_transcription_config"
ASSEMBLYAI_EXTRA_OPTIONS = env.names("ASSEMBLYAI_EXTRA_OPTIONS", like=OPTION_NAME, allowed=OPTION_NAMES)
# The address that the provider calls back; empty means that nothing can reach us and the worker asks instead.
WEBHOOK_BASE_URL = LOCAL_BASE_URL if SANDBOX else PUBLIC_BASE_URL

# --- What we call back ------------------------------------------------------------------------------------------------

# Asked although they are not public, at any port; every other address must be public.
WEBHOOK_ALLOWED_NETWORKS = env.networks("WEBHOOK_ALLOWED_NETWORKS")
WEBHOOK_ALLOW_HTTP = env.flag("WEBHOOK_ALLOW_HTTP")
WEBHOOK_PORTS = env.ports("WEBHOOK_PORTS", (443, 8443))

# --- E-mail -----------------------------------------------------------------------------------------------------------

# Without a host none is sent.
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_SECURITY = env.text("EMAIL_SECURITY", "starttls", choices=("starttls", "tls", "none"))
EMAIL_PORT = env.integer("EMAIL_PORT", 465 if EMAIL_SECURITY == "tls" else 587, low=1, high=65535)
EMAIL_USE_TLS = EMAIL_SECURITY == "starttls"
EMAIL_USE_SSL = EMAIL_SECURITY == "tls"
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.secret("EMAIL_HOST_PASSWORD")
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL")

# --- Limits and work --------------------------------------------------------------------------------------------------

MAX_UPLOAD_BYTES = env.integer("MAX_UPLOAD_BYTES", 2_200_000_000, low=1, high=2_200_000_000)
UPLOADS_AT_ONCE = env.integer("UPLOADS_AT_ONCE", 12, low=1, high=24)
UPLOAD_STALLED_AFTER = env.integer("UPLOAD_STALLED_AFTER", 60, low=5, high=3600)
GIVE_UP_AFTER = timedelta(hours=env.integer("GIVE_UP_AFTER", 24, low=1, high=24 * 30))
LEASE_SECONDS = env.integer("LEASE_SECONDS", 60, low=5, high=3600)
WORK_KINDS = (
    "submit",
    "apply",
    "reconcile",
    "erase",
    "discard",
    "download",
    "deliver",
    "deliver_unknown",
    "deliver_slow",
    "endpoint",
)
WORK_THREADS = env.integers("WORK_THREADS", keys=WORK_KINDS, low=1, high=64)
WAITERS_AT_ONCE = env.integer("WAITERS_AT_ONCE", 8, low=0, high=24)
IDEMPOTENCY_KEYS_KEPT = timedelta(hours=env.integer("IDEMPOTENCY_KEYS_KEPT", 24, low=1, high=24 * 30))
# 0 is no limit, for each of these three.
THROTTLE_REQUESTS = env.integer("THROTTLE_REQUESTS", 1200, low=0, high=1_000_000)
USER_STORAGE_BYTES = env.integer("USER_STORAGE_BYTES", 0, low=0, high=10**18)
USER_MINUTES_PER_MONTH = env.integer("USER_MINUTES_PER_MONTH", 0, low=0, high=1_000_000_000)
THROTTLE_SECONDS = env.integer("THROTTLE_SECONDS", 60, low=1, high=86_400)
DELIVERIES_PER_ENDPOINT = env.integer("DELIVERIES_PER_ENDPOINT", 4, low=1, high=64)
MAX_WEBHOOK_BYTES = env.integer("MAX_WEBHOOK_BYTES", 65_536, low=1024, high=10_000_000)
PROGRESS_POLL_SECONDS = env.integer("PROGRESS_POLL_SECONDS", 1 if SANDBOX else 0, low=0, high=3600)
RECONCILE_AFTER = env.integer("RECONCILE_AFTER", 300, low=1, high=86_400)
POLL_SECONDS = env.integer("POLL_SECONDS", 4, low=1, high=3600)

# --- Django -----------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "corsheaders",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "api_project",
    "api_project.rest",
    "api_project.work",
    "transcripts",
    "calls",
    "webhooks",
    "api_project.operating.apps.OperatingConfig",
]

MIDDLEWARE = [
    "api_project.rest.request_ids.RequestIdMiddleware",
    # Early, so that a probe needs neither a known Host nor a session.
    "api_project.health.HealthMiddleware",
    "api_project.rest.throttling.middleware.RateLimitMiddleware",
    "api_project.rest.deprecation.DeprecationMiddleware",
    # Around the errors too, early ones among them: a browser shows its script no answer without these headers.
    "corsheaders.middleware.CorsMiddleware",
    # Outside of all that may answer with an error of its own.
    "api_project.rest.problem_middleware.ProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Before the CSRF check, which would read a form for as long as its sender likes.
    "api_project.rest.form_bodies.FormBodiesMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
]

ROOT_URLCONF = "api_project.urls"
WSGI_APPLICATION = "api_project.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]


# No ATOMIC_REQUESTS: with IMMEDIATE even a transaction that only reads takes SQLite's one write lock.
DATABASES = {"default": stores.database(env.secret("DATABASE_URL"), DATA_DIR / "db.sqlite3")}

REDIS_URL = env.secret("REDIS_URL")
CACHES = {"default": stores.cache(REDIS_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Who may ask, and how answers are guarded -------------------------------------------------------------------------

LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = [*LOOPBACK_HOSTS, *env.words("ALLOWED_HOSTS")]
if BIND not in EVERY_ADDRESS:
    ALLOWED_HOSTS.append(in_url(BIND))
if PUBLIC_BASE_URL:
    ALLOWED_HOSTS.append(urlsplit(PUBLIC_BASE_URL).hostname or "")
# Pages of which other origins may call the API, by API key alone: no cookie of ours goes with their requests.
CORS_ALLOWED_ORIGINS = env.words("CORS_ALLOWED_ORIGINS")
# Our own check says the same in our words (project.E013), and more.
SILENCED_SYSTEM_CHECKS = ["corsheaders.E013", "corsheaders.E014"]
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_METHODS = ("GET", "HEAD", "POST", "PATCH", "DELETE")
CORS_ALLOW_HEADERS = cross_origin.REQUEST_HEADERS
CORS_EXPOSE_HEADERS = cross_origin.RESPONSE_HEADERS
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL] if PUBLIC_BASE_URL else []

SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SECURE = IS_HTTPS
# Cookies are shared by all ports of a host, so the usual names would meet another project's on a developer's machine.
SESSION_COOKIE_NAME = "speech_session"
CSRF_COOKIE_NAME = "speech_csrf"

# Only for a proxy that sets the header itself: anyone else could claim TLS.
if env.flag("TRUST_X_FORWARDED_PROTO"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.integer("SECURE_HSTS_SECONDS", 0, low=0, high=63_072_000)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# The second one signs people in by the links of api_project/rest/sign_in.py, and by nothing else.
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", "sesame.backends.ModelBackend"]
SESAME_ONE_TIME = True
SESAME_MAX_AGE = 15 * 60
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL

LANGUAGE_CODE = "en-us"
USE_I18N = False
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
# Files are served from the apps they belong to, so that a fresh clone needs no step before its first answer.
WHITENOISE_USE_FINDERS = True
# No other site needs them.
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(AUDIO_DIR)}},
    "audio": {"BACKEND": "transcripts.storage.DurableFileSystemStorage", "OPTIONS": {"location": str(AUDIO_DIR)}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
# Uploads are written inside the data folder, so that keeping one is a rename and never a second copy.
FILE_UPLOAD_TEMP_DIR = str(UPLOAD_DIR)

# --- REST -------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = rest.FRAMEWORK
SPECTACULAR_SETTINGS = rest.spectacular(BASE_URL)

# --- Logs -------------------------------------------------------------------------------------------------------------

LOG_LEVEL = env.text("LOG_LEVEL", "INFO", choices=("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = logs.logging(LOG_LEVEL)
