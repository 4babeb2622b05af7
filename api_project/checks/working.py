"""Who recognises speech, and how long a worker may take."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning


def check_provider(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that there is exactly one place that recognises speech."""
    if settings.SANDBOX and settings.ASSEMBLYAI_API_KEY_GIVEN:
        message = "SANDBOX is on and ASSEMBLYAI_API_KEY is given: the key is not used."
        return [Warning(message, hint="Unset one of the two.", id="project.W002")]
    if not settings.ASSEMBLYAI_API_KEY and settings.SERVICE_HAS_KEY:
        message = "The service was started with an ASSEMBLYAI_API_KEY that this process is not given."
        return [Info(message, hint="Only a worker that is started here would need it.", id="project.I001")]
    if not settings.ASSEMBLYAI_API_KEY:
        message = "There is no ASSEMBLYAI_API_KEY and SANDBOX is off: transcripts will wait for a key."
        return [Warning(message, hint="Give a key, or set SANDBOX=1 and run the sandbox.", id="project.W001")]
    return []


def check_work(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that a step in hand cannot outlive its lease."""
    if settings.LEASE_SECONDS <= settings.ASSEMBLYAI_HTTP_TIMEOUT:
        message = "LEASE_SECONDS is not longer than ASSEMBLYAI_HTTP_TIMEOUT: a step that waits could be taken over."
        return [Error(message, id="project.E011")]
    return []
