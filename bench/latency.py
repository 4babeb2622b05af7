"""From upload to text through the service beside the official SDK's blocking `transcribe()`, on the same sandbox."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import assemblyai
import requests

from api_project.environment import BASE_DIR
from bench.latency_steps import Journal, Step, share
from bench.machine import Patience
from bench.options import Options
from bench.service import BenchmarkFailed, environment, whole_service
from bench.tables import Report, Series, pairs_note, ratio

DEFAULT_CLIP = BASE_DIR / "tests" / "audio" / "meeting.flac"
# What the service sends when it is not told otherwise; the same for both, so that the work is the same.
SPEECH_MODELS = ["universal-3-5-pro", "universal-2"]
SDK_POLL_SECONDS = 3.0
LONGEST_SECONDS = 100.0


def measure(options: Options) -> Report:
    """Run it; `quick` listens to nothing, so that only the way is walked."""
    clip = (options.clip or DEFAULT_CLIP).resolve()
    data_dir = options.folder / "service"
    engine = "stub" if options.quick else "pocketsphinx"
    env = environment(data_dir, SANDBOX_ENGINE=engine, LOG_LEVEL="DEBUG")
    with whole_service(env) as log:
        ours = _Service(env, data_dir, log, options.poll)
        sdk_pace = options.poll if options.quick else SDK_POLL_SECONDS
        slow, quick = _Sdk(env, sdk_pace), _Sdk(env, options.poll)
        for way in (ours, quick):
            way.transcribe(clip)
        times: list[tuple[float, float, float]] = []
        steps: list[list[Step]] = []
        patience = Patience(options.patience)
        for _ in range(options.runs):
            patience.wait()
            seconds, found = ours.measured(clip)
            steps.append(found)
            times.append((seconds, slow.transcribe(clip), quick.transcribe(clip)))
    return _report(options, clip, sdk_pace, times, steps)


class _Service:
    """A client of the service that uploads, and asks until there is a text."""

    def __init__(self, env: dict[str, str], data_dir: Path, log: Path, pace: float) -> None:
        self._address = f"http://127.0.0.1:{env['PORT']}/api/v1/transcripts/"
        self._journal = Journal(data_dir, log, f"http://127.0.0.1:{env['SANDBOX_PORT']}")
        self._pace = pace
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {(data_dir / 'api_key').read_text().strip()}"

    def transcribe(self, clip: Path) -> float:
        """Return the seconds that it took."""
        return self.measured(clip)[0]

    def measured(self, clip: Path) -> tuple[float, list[Step]]:
        """Return the seconds that it took, and of what they consist."""
        began = time.time()
        with clip.open("rb") as file:
            accepted = self._session.post(self._address, files={"file": (clip.name, file)}, timeout=LONGEST_SECONDS)
        if accepted.status_code != 202:
            raise BenchmarkFailed(f"The service answered {accepted.status_code}: {accepted.text}")
        answered = time.time()
        transcript_id = accepted.json()["id"]
        self._wait(transcript_id, until=answered + LONGEST_SECONDS)
        ended = time.time()
        return ended - began, self._journal.steps(transcript_id, began=began, answered=answered, ended=ended)

    def _wait(self, transcript_id: str, *, until: float) -> None:
        while time.time() < until:
            record: dict[str, Any] = self._session.get(f"{self._address}{transcript_id}/", timeout=30).json()
            if record["status"] == "completed" and record["text"]:
                return
            if record["status"] not in ("queued", "processing"):
                raise BenchmarkFailed(f"The transcript ended without a text: {record['error']}")
            time.sleep(self._pace)
        raise BenchmarkFailed("The transcript did not end.")


class _Sdk:
    """The SDK as its documentation shows it."""

    def __init__(self, env: dict[str, str], pace: float) -> None:
        settings = assemblyai.Settings(
            api_key="sandbox", base_url=f"http://127.0.0.1:{env['SANDBOX_PORT']}", polling_interval=pace
        )
        config = assemblyai.TranscriptionConfig(speech_models=SPEECH_MODELS)
        self._transcriber = assemblyai.Transcriber(client=assemblyai.Client(settings=settings), config=config)

    def transcribe(self, clip: Path) -> float:
        """Return the seconds that it took."""
        began = time.time()
        transcript = self._transcriber.transcribe(str(clip))
        seconds = time.time() - began
        if not transcript.text:
            raise BenchmarkFailed(f"The SDK got no text: {transcript.error}")
        return seconds


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    values: list[float]


def _report(
    options: Options, clip: Path, sdk_pace: float, times: list[tuple[float, float, float]], steps: list[list[Step]]
) -> Report:
    report = Report(f"latency: {clip.name}, {clip.stat().st_size:,} bytes, {options.runs} runs of each, in turn")
    names = (
        f"service, asked every {options.poll:g} s",
        f"SDK as it comes, asking every {sdk_pace:g} s",
        f"SDK asking every {options.poll:g} s",
    )
    ours, slow, quick = (
        _Column(name, list(values)) for name, values in zip(names, zip(*times, strict=True), strict=True)
    )
    report.add(*(Series(column.name, "s", column.values) for column in (ours, slow, quick)))
    for other in (slow, quick):
        pairs = ratio(f"service / {other.name}", ours.values, other.values)
        report.add(pairs)
        report.notes.append(pairs_note(pairs))
    for name in dict.fromkeys(step.name for run in steps for step in run):
        found = [step.seconds for run in steps for step in run if step.name == name]
        report.add(Series(f"  {name}", f"ms, {share(name, steps):.0f} %", [1000 * seconds for seconds in found]))
    report.notes.append(_how_it_ended(steps))
    return report


def _how_it_ended(steps: list[list[Step]]) -> str:
    called = sum(any(step.name == "the webhook is stored" for step in run) for run in steps)
    return f"{called} of {len(steps)} runs of the service were ended by the webhook, the others by asking."
