from collections.abc import Iterator

import pytest

from tests import api
from tests.provider_fixtures import _no_earlier_failures, assemblyai_fake, run_due

__all__ = ["_no_earlier_failures", "assemblyai_fake", "nothing_is_kept", "run_due"]


@pytest.fixture
def nothing_is_kept() -> Iterator[None]:
    """Check that the test leaves no row and no file."""
    with api.nothing_is_kept():
        yield
