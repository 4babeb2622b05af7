"""What the environment says, read once and typed."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from environs import Env
from marshmallow.validate import Length, OneOf, Range

ENGINES = ("pocketsphinx", "stub")
AT_LEAST_ONE = Range(min=1)
NOT_NEGATIVE = Range(min=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Times are in seconds; `docs/sandbox.md` says what each of them is for."""

    host: str = "127.0.0.1"
    port: int = 8100
    data_dir: Path = Path("data/sandbox")
    base_url: str = ""
    token: str = ""
    allowed_hosts: tuple[str, ...] = ()
    allow_loopback: bool = False
    allow_loopback_audio: bool = False

    api_keys: tuple[str, ...] = ("sandbox",)
    extra_options: tuple[str, ...] = ()
    max_upload_bytes: int = 2_200_000_000
    upload_hours: float = 48
    fetch_timeout: float = 900

    engine: str = "pocketsphinx"
    model_dir: Path | None = None
    processes: int = 4
    jobs_at_once: int = 8
    stub_delay: float = 0
    max_audio_hours: float = 10
    decode_timeout: float = 1800
    segment_timeout: float = 300

    webhook_attempts: int = 10
    webhook_delay: float = 10
    webhook_timeout: float = 10

    def at(self, port: int) -> "Settings":
        """Return the settings for the port that was really bound."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return replace(self, port=port, base_url=(self.base_url or f"http://{host}:{port}").rstrip("/"))


def read_settings() -> Settings:
    """Read `SANDBOX_*` from the environment; raise environs.EnvError, naming the variable, for what does not fit."""
    env = Env()
    with env.prefixed("SANDBOX_"):
        return Settings(
            host=env.str("HOST", "127.0.0.1", validate=Length(min=1)),
            port=env.int("PORT", 8100, validate=Range(0, 65535)),
            data_dir=env.path("DATA_DIR", Path("data/sandbox")).resolve(),
            base_url=env.str("BASE_URL", ""),
            token=env.str("TOKEN", ""),
            allowed_hosts=tuple(env.list("ALLOWED_HOSTS", [])),
            allow_loopback=env.bool("ALLOW_LOOPBACK", False),
            allow_loopback_audio=env.bool("ALLOW_LOOPBACK_AUDIO", False),
            api_keys=tuple(env.list("ASSEMBLYAI_API_KEYS", ["sandbox"], validate=Length(min=1))),
            extra_options=tuple(env.list("EXTRA_OPTIONS", [])),
            max_upload_bytes=env.int("MAX_UPLOAD_BYTES", 2_200_000_000, validate=AT_LEAST_ONE),
            upload_hours=env.float("UPLOAD_HOURS", 48, validate=NOT_NEGATIVE),
            fetch_timeout=env.float("FETCH_TIMEOUT", 900, validate=NOT_NEGATIVE),
            engine=env.str("ENGINE", "pocketsphinx", validate=OneOf(ENGINES)),
            model_dir=env.path("MODEL_DIR", None),
            processes=env.int("PROCESSES", min(4, os.cpu_count() or 1), validate=AT_LEAST_ONE),
            jobs_at_once=env.int("JOBS_AT_ONCE", 8, validate=AT_LEAST_ONE),
            stub_delay=env.float("STUB_DELAY", 0, validate=NOT_NEGATIVE),
            max_audio_hours=env.float("MAX_AUDIO_HOURS", 10, validate=NOT_NEGATIVE),
            decode_timeout=env.float("DECODE_TIMEOUT", 1800, validate=NOT_NEGATIVE),
            segment_timeout=env.float("SEGMENT_TIMEOUT", 300, validate=NOT_NEGATIVE),
            webhook_attempts=env.int("WEBHOOK_ATTEMPTS", 10, validate=AT_LEAST_ONE),
            webhook_delay=env.float("WEBHOOK_DELAY", 10, validate=NOT_NEGATIVE),
            webhook_timeout=env.float("WEBHOOK_TIMEOUT", 10, validate=NOT_NEGATIVE),
        )
