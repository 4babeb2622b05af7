"""What is logged, and how a line looks."""

from typing import Any


def logging(level: str) -> dict[str, Any]:
    """Return the configuration of the log; `level` is that of our own packages."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "api_project.logs.LineFormatter"}},
        "filters": {
            "request_id": {"()": "api_project.rest.request_ids.RequestIdFilter"},
            "work": {"()": "api_project.work.log_context.WorkFilter"},
            "refusal": {"()": "api_project.rest.refusals.RefusalFilter", "level": level},
            "one_line_warning": {"()": "api_project.logs.OneLineWarning"},
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id", "work"]}
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            # Django's own handlers depend on DEBUG and would say things twice.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "level": "INFO", "propagate": True},
            "django.request": {"filters": ["refusal"]},
            # Anyone can send a Host that is not ours; the operator learns which, and of ALLOWED_HOSTS.
            "django.security.DisallowedHost": {"filters": ["one_line_warning"]},
            **{name: {"level": level} for name in ("api_project", "transcripts", "calls", "webhooks")},
        },
    }
