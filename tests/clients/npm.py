"""What npm installs for tests in other languages, and which tests need it."""

import os
import shutil
from pathlib import Path

import pytest

TYPESCRIPT = Path(__file__).parent / "typescript"
PACKAGES = TYPESCRIPT / "node_modules"
# In continuous integration nothing is skipped: what is missing there is a fault.
with_npm = pytest.mark.skipif(
    not os.environ.get("CI") and not (shutil.which("node") and (PACKAGES / ".installed").exists()),
    reason="There are no node and npm on this machine, or `make test` could not install packages by them.",
)
