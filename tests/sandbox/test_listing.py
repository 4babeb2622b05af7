from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.sandbox.live import SandboxProcess

AUDIO_URL = "https://example.com/audio.mp3"


@pytest.fixture
def ids(shared_sandbox: SandboxProcess, api_key: str) -> list[str]:
    """Five transcripts, oldest first."""
    made = [shared_sandbox.submit(AUDIO_URL, api_key=api_key, speaker_labels=True)["id"] for _ in range(5)]
    for transcript_id in made:
        shared_sandbox.finished(transcript_id, api_key)
    return made


@pytest.fixture
def listed(shared_sandbox: SandboxProcess, api_key: str) -> Any:
    def listed(url: str = "/v2/transcript", **parameters: Any) -> Any:
        path = url.removeprefix(shared_sandbox.base_url)
        answer = shared_sandbox.call("GET", path, params=parameters, api_key=api_key)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        return [item["id"] for item in body["transcripts"]], body

    return listed


def test_an_item_tells_what_the_real_one_tells(ids: list[str], listed: Any, shared_sandbox: SandboxProcess) -> None:
    _ids, body = listed(limit=1)
    [item] = body["transcripts"]
    assert set(item) == {"id", "resource_url", "status", "created", "completed", "audio_url", "error"}
    assert item["resource_url"] == f"{shared_sandbox.base_url}/v2/transcript/{ids[-1]}"
    assert item["status"] == "error"
    assert "speaker_labels" in item["error"]
    assert item["created"] < item["completed"]


def test_pages_lead_to_older_ones_and_back(ids: list[str], listed: Any) -> None:
    newest, first = listed(limit=2)
    older, second = listed(first["page_details"]["prev_url"])
    oldest, third = listed(second["page_details"]["prev_url"])
    assert [newest, older, oldest] == [[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]]]
    assert first["page_details"]["next_url"] is None
    assert third["page_details"]["prev_url"] is None
    assert listed(third["page_details"]["next_url"])[0] == older


def test_the_page_details_tell_limit_and_count(ids: list[str], listed: Any) -> None:
    details = listed()[1]["page_details"]
    assert (details["limit"], details["result_count"]) == (10, 5)
    assert details["current_url"].endswith("/v2/transcript")


def test_both_ends_can_be_given(ids: list[str], listed: Any) -> None:
    assert listed(before_id=ids[4], after_id=ids[1])[0] == [ids[3], ids[2]]


def test_it_filters_by_status_and_day(ids: list[str], listed: Any) -> None:
    today = datetime.now(UTC).date()
    assert listed(status="error")[0] == ids[::-1]
    assert listed(status="completed")[0] == []
    assert set(listed(created_on=today.isoformat())[0]) | set(
        listed(created_on=(today - timedelta(days=1)).isoformat())[0]
    ) == set(ids)
    assert listed(created_on="2001-01-01")[0] == []


def test_nothing_is_ever_throttled(ids: list[str], listed: Any) -> None:
    assert listed(throttled_only="true")[0] == []


def test_an_empty_list_is_a_page(listed: Any) -> None:
    found, body = listed()
    assert found == []
    assert body["page_details"]["prev_url"] is None


@pytest.mark.parametrize(
    "parameters",
    [
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "many"},
        {"limit": "-1"},
        {"status": "done"},
        {"created_on": "yesterday"},
        {"before_id": "unknown"},
    ],
)
def test_parameters_that_cannot_be_read_are_refused(parameters: Any, shared_sandbox: SandboxProcess) -> None:
    answer = shared_sandbox.call("GET", "/v2/transcript", params=parameters)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_one_cannot_page_from_another_accounts_transcript(ids: list[str], shared_sandbox: SandboxProcess) -> None:
    assert shared_sandbox.call("GET", "/v2/transcript", params={"after_id": ids[0]}).status_code == 400
