"""The list of settings that people start from."""

import re

from tests.project.test_settings import BASE_DIR


def test_it_names_every_setting_and_no_other() -> None:
    settings = (BASE_DIR / "api_project" / "settings.py").read_text()
    read = set(re.findall(r'(?:env\.\w+|_kept_secret)\("([A-Z_]+)"', settings))
    listed = set(re.findall(r"^([A-Z_]+)=$", (BASE_DIR / ".env.example").read_text(), re.MULTILINE))
    assert listed == read


def test_the_readme_explains_every_setting() -> None:
    listed = set(re.findall(r"^([A-Z_]+)=$", (BASE_DIR / ".env.example").read_text(), re.MULTILINE))
    rows = [line for line in (BASE_DIR / "README.md").read_text().splitlines() if line.startswith("| `")]
    explained = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1])}
    assert explained == listed
