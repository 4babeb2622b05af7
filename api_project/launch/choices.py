"""What this run is to be: decided once from the environment, then told to every process."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from api_project.addresses import local_base_url
from api_project.environment import BASE_DIR, RUN_ENV_NAME, STARTED_WITH_KEY, Environment, EnvironmentProblem
from api_project.http import LOOPBACK

# All that the sandbox, which decodes users' bytes, is given of our environment: no secret is among it.
HARMLESS_NAMES = ("PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "VIRTUAL_ENV", "SSL_CERT_FILE", "SSL_CERT_DIR")
HARMLESS_PREFIXES = ("LC_", "PYTHON", "SANDBOX_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The settings that the launcher decides and everything it starts has to agree on."""

    bind: str
    port: int
    sandbox: bool
    has_key: bool
    sandbox_port: int
    public_base_url: str
    webhook_allowed_networks: str
    webhook_allow_http: bool
    data_dir: Path

    @property
    def local_base_url(self) -> str:
        """Return the address under which this machine reaches the web server."""
        return local_base_url(self.bind, self.port)

    @property
    def sandbox_url(self) -> str:
        """Return the sandbox's address, which is on loopback alone."""
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def base_url(self) -> str:
        """Return the address that people are given."""
        return self.public_base_url or self.local_base_url

    @property
    def is_private(self) -> bool:
        """Tell whether this machine alone reaches the web server."""
        return _is_private(self.bind, self.public_base_url)

    def as_environment(self) -> dict[str, str]:
        """Return what every process of this run is told, under which no file can say otherwise."""
        return {**self._settings(), "DATA_DIR": str(self.data_dir)}

    def as_run_env(self) -> dict[str, str]:
        """Return what a command in another terminal has to know to agree with this run; that there is a key is all."""
        return {**self._settings(), STARTED_WITH_KEY: "1" if self.has_key else "0"}

    def _settings(self) -> dict[str, str]:
        return {
            "BIND": self.bind,
            "PORT": str(self.port),
            "SANDBOX": "1" if self.sandbox else "0",
            "SANDBOX_PORT": str(self.sandbox_port),
            "PUBLIC_BASE_URL": self.public_base_url,
            "WEBHOOK_ALLOWED_NETWORKS": self.webhook_allowed_networks,
            "WEBHOOK_ALLOW_HTTP": "1" if self.webhook_allow_http else "0",
        }

    def write_run_env(self) -> None:
        """Leave the choices in the data folder; a reader sees the old file or the new one, never a part."""
        lines = ["# Written by the launcher at each start; the environment and .env win over it.\n"]
        lines += [f"{name}='{value}'\n" for name, value in self.as_run_env().items()]
        draft = self.data_dir / f".{RUN_ENV_NAME}"
        draft.write_text("".join(lines), encoding="utf-8")
        draft.replace(self.data_dir / RUN_ENV_NAME)


def choose(env: Environment) -> Choices:
    """Decide from the environment and `.env` alone; what an earlier run chose does not bind this one.

    Raises EnvironmentProblem for a value that does not fit and for a run that could not recognise anything.
    """
    has_key = bool(env.header_secret("ASSEMBLYAI_API_KEY"))
    wanted = env.flag_or_none("SANDBOX")
    sandbox = not has_key if wanted is None else wanted
    if not sandbox and not has_key:
        raise EnvironmentProblem(
            "SANDBOX is off and there is no ASSEMBLYAI_API_KEY; give a key or leave SANDBOX unset."
        )
    bind = env.ip_address("BIND", "127.0.0.1")
    public_base_url = env.url("PUBLIC_BASE_URL")
    # Whoever may give an address has this machine's services called, so only while that is its owner.
    is_private = _is_private(bind, public_base_url)
    networks = env.networks("WEBHOOK_ALLOWED_NETWORKS", ",".join(map(str, LOOPBACK)) if is_private else "")
    return Choices(
        bind=bind,
        port=env.integer("PORT", 8000, low=1, high=65535),
        sandbox=sandbox,
        has_key=has_key,
        sandbox_port=env.integer("SANDBOX_PORT", 8100, low=1, high=65535),
        public_base_url=public_base_url,
        webhook_allowed_networks=",".join(map(str, networks)),
        webhook_allow_http=env.flag("WEBHOOK_ALLOW_HTTP", is_private),
        data_dir=env.path("DATA_DIR", BASE_DIR / "data", base=BASE_DIR),
    )


def sandbox_environment(
    choices: Choices, *, token: str, given: Mapping[str, str], from_file: Mapping[str, str]
) -> dict[str, str]:
    """Return the whole environment of the sandbox: what is harmless of ours, and what it is to be."""
    own = {name: value for name, value in from_file.items() if name.startswith("SANDBOX_")}
    own.update({name: value for name, value in given.items() if _is_harmless(name)})
    return {
        # Our own receiver is there.
        "SANDBOX_ALLOW_LOOPBACK": "1",
        # Whoever may give an address has this machine's services read to them, so only while that is its owner.
        "SANDBOX_ALLOW_LOOPBACK_AUDIO": "1" if choices.is_private else "0",
        **own,
        "SANDBOX_HOST": "127.0.0.1",
        "SANDBOX_PORT": str(choices.sandbox_port),
        "SANDBOX_DATA_DIR": str(choices.data_dir / "sandbox"),
        "SANDBOX_ASSEMBLYAI_API_KEYS": "sandbox",
        "SANDBOX_TOKEN": token,
    }


def _is_private(bind: str, public_base_url: str) -> bool:
    return ip_address(bind).is_loopback and not public_base_url


def _is_harmless(name: str) -> bool:
    return name in HARMLESS_NAMES or name.startswith(HARMLESS_PREFIXES)
