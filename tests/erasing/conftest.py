from tests.provider_fixtures import _no_earlier_failures, assemblyai_fake, run_due
from tests.webhooks.outbound.conftest import clock

__all__ = ["_no_earlier_failures", "assemblyai_fake", "clock", "run_due"]
