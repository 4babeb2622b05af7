from tests.provider_fixtures import _no_earlier_failures, assemblyai_fake, run_due

__all__ = ["_no_earlier_failures", "assemblyai_fake", "run_due"]
