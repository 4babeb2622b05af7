"""The list of settings that people start from."""

import re

from tests.project.test_settings import BASE_DIR


def test_it_names_every_setting_and_no_other() -> None:
    settings = (BASE_DIR / "api_project" / "settings.py").read_text()
    read = set(re.findall(r'(?:env\.\w+|_kept_secret)\("([A-Z_]+)"', settings))
    listed = set(re.findall(r"^([A-Z_]+)=$", (BASE_DIR / ".env.example").read_text(), re.MULTILINE))
    assert listed == read
