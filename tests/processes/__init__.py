import pytest

# Its assertions are the tests' own: they are to tell what they compared.
pytest.register_assert_rewrite("tests.processes.outcomes")
