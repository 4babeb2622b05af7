import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from sandbox import control
from sandbox.assemblyai.routes import OPERATIONS
from sandbox.misbehaviour import FAULT_STATUSES, BadInstruction, Misbehaviour
from sandbox.settings import Settings
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


def put(sandbox: SandboxProcess, body: bytes) -> requests.Response:
    headers = {"X-Sandbox-Token": TOKEN}
    return requests.put(f"{sandbox.base_url}/_sandbox/misbehave", data=body, headers=headers, timeout=10)


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
    assert {entry.partition(":")[0] for entry in told["assemblyai"]["emulated"]} == OPERATIONS


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


def instruct(body: Any) -> None:
    Misbehaviour(operations={"submit"}).instruct(body)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], "The body"),
        ({"unknown": 1}, "unknown"),
        ({"latency": "long"}, "latency"),
        ({"latency": {"a": 1}}, "latency"),
        ({"latency": [1]}, "latency"),
        ({"latency": True}, "latency"),
        ({"latency": None}, "latency"),
        ({"latency": -1}, "latency"),
        ({"latency": 1e9}, "latency"),
        ({"lose_answers": 1.5}, "lose_answers"),
        ({"errors": {"status": 500}}, "errors"),
        ({"errors": [1]}, r"errors\[0\]"),
        ({"errors": [{"status": 500}, {"status": 404}]}, r"errors\[1\]\.status"),
        ({"errors": [{"status": 500.0}]}, r"errors\[0\]\.status"),
        ({"errors": [{"status": [500]}]}, r"errors\[0\]\.status"),
        ({"errors": [{"count": 1}]}, r"errors\[0\]\.status"),
        ({"errors": [{"status": 500, "count": {}}]}, r"errors\[0\]\.count"),
        ({"errors": [{"status": 500, "operation": 5}]}, r"errors\[0\]\.operation"),
        ({"errors": [{"status": 500, "operation": "sumbit"}]}, r"errors\[0\]\.operation"),
        ({"errors": [{"status": 429, "retry_after": "soon"}]}, r"errors\[0\]\.retry_after"),
        ({"webhooks": [1]}, "webhooks"),
        ({"webhooks": {"explode": 1}}, r"webhooks\.explode"),
        ({"webhooks": {"drop": "all"}}, r"webhooks\.drop"),
        ({"webhooks": {"delay": []}}, r"webhooks\.delay"),
    ],
)
def test_an_instruction_that_cannot_be_followed_is_refused_by_name(body: Any, field: str) -> None:
    with pytest.raises(BadInstruction, match=f"^{field} "):
        instruct(body)


def test_what_is_described_can_be_instructed_again() -> None:
    body = {"latency": 1.5, "errors": [{"status": 503, "operation": "submit"}], "webhooks": {"drop": 2}}
    first, second = Misbehaviour(operations={"submit"}), Misbehaviour(operations={"submit"})
    first.instruct(body)
    second.instruct(first.describe())
    assert second.describe() == first.describe()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b"[" * 100_000, b"1" * 5000, b'{"\\ud800": 1}', b'{"latency": NaN}', b'{"latency": 1e999}'],
)
def test_a_body_that_is_no_json_is_refused(body: bytes, sandbox: SandboxProcess) -> None:
    assert put(sandbox, body).status_code == 400


def test_an_endless_body_is_refused(sandbox: SandboxProcess) -> None:
    assert put(sandbox, b" " * 2_000_000).status_code == 413


@pytest.mark.parametrize("host", ["[", "[::1", "]", "", "a" * 5000])
def test_a_malformed_host_is_refused(host: str, sandbox: SandboxProcess) -> None:
    assert 400 <= overview(sandbox, Host=host).status_code < 500


NAMES = st.sampled_from(
    "latency lose_answers errors webhooks status count operation retry_after drop duplicate delay reorder".split()
)
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([0, 1, 503, "submit"])
RUBBISH = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
ALMOST_RIGHT = st.fixed_dictionaries(
    {},
    optional={
        "latency": VALUES,
        "lose_answers": VALUES,
        "errors": st.lists(st.dictionaries(NAMES, VALUES, max_size=3) | RUBBISH, max_size=2),
        "webhooks": st.dictionaries(NAMES, VALUES, max_size=3) | RUBBISH,
    },
)


def follow(misbehaviour: Misbehaviour) -> None:
    """Do with the instructions what requests and webhooks do."""
    fault = misbehaviour.take_fault("submit")
    assert fault is None or fault.status in FAULT_STATUSES
    misbehaviour.take_lost_answer()
    misbehaviour.take_dropped_webhook()
    misbehaviour.take_duplicated_webhook()
    assert misbehaviour.latency >= 0
    assert misbehaviour.webhook_delay + misbehaviour.webhooks_to_reorder >= 0


async def put_in_process(app: Starlette, body: bytes) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.put("/_sandbox/misbehave", content=body, headers={"X-Sandbox-Token": TOKEN})


@given(body=RUBBISH | ALMOST_RIGHT)
def test_rubbish_is_refused_or_followed_and_never_breaks_anything(body: Any) -> None:
    misbehaviour = Misbehaviour(operations={"submit"})
    app = Starlette(routes=control.build_routes(Settings(token=TOKEN), misbehaviour, []))
    answer = asyncio.run(put_in_process(app, json.dumps(body).encode()))
    assert answer.status_code in (200, 400)
    assert answer.status_code == 200 or answer.json()["error"]
    follow(misbehaviour)
