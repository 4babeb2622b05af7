"""The speech engines by name. A new one is one module with a `load`, and a line here."""

from importlib import import_module
from pathlib import Path
from typing import cast

from sandbox.speech.engine import Engine

MODULES = {"pocketsphinx": "sandbox.speech.engines.sphinx"}


def load_engine(name: str, model_dir: Path | None) -> Engine:
    """Load the engine's model: half a second and some 170 MB, once per process."""
    return cast(Engine, import_module(MODULES[name]).load(model_dir))


def check_engine(name: str, model_dir: Path | None) -> str:
    """Describe the model that would be used; raise FileNotFoundError, in one line, when it is not there."""
    return cast(str, import_module(MODULES[name]).check(model_dir))
