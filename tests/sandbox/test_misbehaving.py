from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from sandbox.misbehaviour import BadInstruction, Misbehaviour
from tests.sandbox.live import TOKEN, SandboxProcess

AUDIO_URL = "https://example.com/a.mp3"


@pytest.fixture(scope="module")
def own_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    sandbox = SandboxProcess(tmp_path_factory.mktemp("misbehaving") / "data")
    yield sandbox.start()
    sandbox.stop()


@pytest.fixture
def sandbox(own_sandbox: SandboxProcess) -> SandboxProcess:
    own_sandbox.misbehave()
    return own_sandbox


def overview(sandbox: SandboxProcess, **headers: str) -> requests.Response:
    return requests.get(f"{sandbox.base_url}/_sandbox/", headers={"X-Sandbox-Token": TOKEN, **headers}, timeout=10)


@pytest.mark.parametrize("status", [401, 402, 403, 429, 500, 503])
def test_the_next_requests_fail_as_told(status: int, sandbox: SandboxProcess) -> None:
    sandbox.misbehave(errors=[{"status": status, "count": 2}])
    answers = [sandbox.call("GET", "/v2/transcript") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [status, status, 200]
    assert answers[0].json()["error"]


def test_an_error_says_when_to_come_back(sandbox: SandboxProcess) -> None:
    sandbox.misbehave(errors=[{"status": 429, "retry_after": 7}])
    assert sandbox.call("GET", "/v2/transcript").headers["Retry-After"] == "7"


def test_an_error_can_be_for_one_operation(sandbox: SandboxProcess) -> None:
    sandbox.misbehave(errors=[{"status": 503, "operation": "submit"}])
    assert sandbox.call("GET", "/v2/transcript").status_code == 200
    assert sandbox.call("POST", "/v2/upload", data=b"audio").status_code == 200
    assert sandbox.call("POST", "/v2/transcript", json={"audio_url": AUDIO_URL}).status_code == 503


def test_a_failed_submission_makes_no_job(sandbox: SandboxProcess) -> None:
    before = sandbox.call("GET", "/v2/transcript").json()
    sandbox.misbehave(errors=[{"status": 500, "operation": "submit"}])
    sandbox.call("POST", "/v2/transcript", json={"audio_url": AUDIO_URL})
    assert sandbox.call("GET", "/v2/transcript").json() == before


def test_an_answer_can_be_lost_after_the_job_is_made(sandbox: SandboxProcess) -> None:
    sandbox.misbehave(lose_answers=1)
    with pytest.raises(requests.RequestException):
        sandbox.call("POST", "/v2/transcript", json={"audio_url": f"{AUDIO_URL}?lost"})
    [newest] = sandbox.call("GET", "/v2/transcript", params={"limit": 1}).json()["transcripts"]
    assert newest["audio_url"] == f"{AUDIO_URL}?lost"
    assert sandbox.call("POST", "/v2/transcript", json={"audio_url": AUDIO_URL}).status_code == 200


def test_it_behaves_again_when_told(sandbox: SandboxProcess) -> None:
    sandbox.misbehave(errors=[{"status": 503, "count": 100}], latency=5)
    headers = {"X-Sandbox-Token": TOKEN}
    assert requests.delete(f"{sandbox.base_url}/_sandbox/misbehave", headers=headers, timeout=10).status_code == 200
    assert sandbox.call("GET", "/v2/transcript").status_code == 200


def test_the_overview_tells_what_is_there_and_what_is_left_to_go_wrong(sandbox: SandboxProcess) -> None:
    sandbox.misbehave(errors=[{"status": 503, "count": 3, "operation": "srt"}], webhooks={"drop": 2})
    told = overview(sandbox).json()
    assert told["misbehaviour"]["errors"][0]["count"] == 3
    assert told["misbehaviour"]["webhooks"]["drop"] == 2
    assert "speaker_labels" in told["assemblyai"]["not_emulated"]
    assert "keyterms_prompt" in told["assemblyai"]["accepted_without_effect"]
    assert len(told["assemblyai"]["emulated"]) == 11


def test_latency_is_waited_for(sandbox: SandboxProcess) -> None:
    sandbox.misbehave(latency=30)
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{sandbox.base_url}/v2/transcript", headers={"Authorization": "sandbox"}, timeout=0.2)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Sandbox-Token": ""}, 401),
        ({"X-Sandbox-Token": "wrong"}, 401),
        ({"Host": "evil.example"}, 403),
        ({"Host": "evil.example:8100"}, 403),
        ({"Host": "[::2]"}, 403),
        ({"Host": "localhost"}, 200),
        ({"Host": "[::1]:8100"}, 200),
    ],
)
def test_only_who_holds_the_token_may_ask(headers: dict[str, str], status: int, sandbox: SandboxProcess) -> None:
    assert overview(sandbox, **headers).status_code == status


def test_without_a_token_nobody_may(start_sandbox: Callable[..., SandboxProcess]) -> None:
    sandbox = start_sandbox(TOKEN="")
    assert overview(sandbox, **{"X-Sandbox-Token": ""}).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"unknown": 1},
        {"latency": "long"},
        {"latency": -1},
        {"errors": {"status": 500}},
        {"errors": [{"status": 404}]},
        {"errors": [{"count": 1}]},
        {"errors": [{"status": 500, "operation": 5}]},
        {"webhooks": [1]},
        {"webhooks": {"explode": 1}},
        {"webhooks": {"drop": "all"}},
    ],
)
def test_instructions_that_cannot_be_followed_are_refused(body: Any) -> None:
    with pytest.raises(BadInstruction):
        Misbehaviour().instruct(body)
