"""A large upload beside writing and fsyncing the same bytes to the same file system; and the memory it takes."""

import hashlib
import os
import random
import struct
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.machine import QUIET_CORES, Patience, busy_seconds
from bench.options import Options
from bench.processes import Usage, processor_seconds, resident
from bench.service import BenchmarkFailed, environment, manage, web_server
from bench.tables import Report, Series, pairs_note, ratio
from bench.upload_client import MULTIPART_FORM, RAW_FORM, Form, send, send_to_sink

CHUNK_BYTES = 1024 * 1024
MB = 1_000_000
WARM_UP_BYTES = 4 * CHUNK_BYTES
# As many as make it all but certain that each web worker had one.
WARM_UPS = 8
FORMS = {"multipart": MULTIPART_FORM, "raw body": RAW_FORM}
IS_LINUX = sys.platform == "linux"


@dataclass(frozen=True, slots=True)
class Run:
    """What one write or upload took: seconds, seconds of processors, and MiB of growth (0 where nobody knows)."""

    seconds: float
    processor: float = 0.0
    growth: float = 0.0


@dataclass(frozen=True, slots=True)
class Round:
    """One of each, next to each other in time, and how many cores others had meanwhile."""

    write: Run
    uploads: dict[str, Run]
    alone: Run
    others: float


def measure(options: Options) -> Report:
    """Run it."""
    env = environment(options.folder / "service")
    Path(env["DATA_DIR"]).mkdir()
    source = options.folder / "source.wav"
    digest = make_recording(source, options.size)
    manage(env, "migrate", "--verbosity=0")
    key = manage(env, "create_api_key", "bench")
    with web_server(env) as main_pid:
        uploads = Uploads(env, key, source, digest, main_pid)
        uploads.warm_up()
        before = resident(main_pid) if IS_LINUX else 0.0
        rounds, disturbed = _rounds(uploads, options)
        report = _report(rounds, options)
        if IS_LINUX:
            report.notes.append(f"Web worker: {before:.0f} MiB before the runs, {resident(main_pid):.0f} MiB after.")
            others = f"In the counted rounds others had {median(one.others for one in rounds):.1f} cores"
            report.notes.append(f"{others}; {disturbed} more were thrown away, since others had over {QUIET_CORES:g}.")
    return report


def _rounds(uploads: "Uploads", options: Options) -> tuple[list[Round], int]:
    """Return the rounds that count, and how many were thrown away because others were at work."""
    patience = Patience(options.patience)
    counted: list[Round] = []
    disturbed = 0
    while len(counted) < options.runs:
        patience.wait()
        found = uploads.round()
        if found.others > QUIET_CORES and patience.is_left:
            disturbed += 1
        else:
            counted.append(found)
    return counted, disturbed


def make_recording(path: Path, size: int) -> str:
    """Write a WAV file of `size` bytes, noise as far as anyone can tell; return its SHA-256 in hex."""
    samples = size - 44
    # 16 kHz, one channel of 16-bit samples.
    form = struct.pack("<IHHIIHH", 16, 1, 1, 16_000, 32_000, 2, 16)
    head = b"RIFF" + struct.pack("<I", 36 + samples) + b"WAVEfmt " + form + b"data" + struct.pack("<I", samples)
    noise = random.Random(size)
    digest = hashlib.sha256(head)
    with path.open("wb") as file:
        file.write(head)
        for begin in range(0, samples, CHUNK_BYTES):
            chunk = noise.randbytes(min(CHUNK_BYTES, samples - begin))
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


class Uploads:
    """Uploads of one file to one web server, and the same file written beside."""

    def __init__(self, env: dict[str, str], key: str, source: Path, digest: str, main_pid: int) -> None:
        self.port = int(env["PORT"])
        self.audio_dir = Path(env["DATA_DIR"]) / "audio"
        self.key = key
        self.source = source
        self.digest = digest
        self.main_pid = main_pid

    def warm_up(self) -> None:
        """Let every web worker load what it loads with its first upload."""
        small = self.source.with_name("small.wav")
        make_recording(small, WARM_UP_BYTES)
        for number in range(WARM_UPS):
            send(self.port, self.key, small, list(FORMS.values())[number % len(FORMS)])
        self._remove_stored()

    def round(self) -> Round:
        """Run one of each."""
        began, busy, ours = time.perf_counter(), busy_seconds(), self._our_processor_seconds()
        self._prepare()
        write = self._write()
        uploads = {}
        for name, form in FORMS.items():
            self._prepare()
            uploads[name] = self._upload(form)
        alone = Run(send_to_sink(self.source, MULTIPART_FORM))
        others = busy_seconds() - busy - (self._our_processor_seconds() - ours)
        return Round(write, uploads, alone, max(0.0, others) / (time.perf_counter() - began))

    def _our_processor_seconds(self) -> float:
        return time.process_time() + (processor_seconds(self.main_pid) if IS_LINUX else 0.0)

    def _prepare(self) -> None:
        """Give every run the same beginning: an idle disk, and memory that was in use a moment ago.

        A virtual machine may hand memory that lies idle back to its host, and the first use of it after that takes
        several times as long as the copy into it.
        """
        self._write()
        os.sync()

    def _write(self) -> Run:
        """Read the same file from the page cache, write it beside, and make file and folder durable."""
        target = self.source.with_name("written")
        used, begin = time.process_time(), time.perf_counter()
        with self.source.open("rb", buffering=0) as source, target.open("wb", buffering=0) as file:
            buffer = memoryview(bytearray(CHUNK_BYTES))
            while count := source.readinto(buffer):
                file.write(buffer[:count])
            os.fsync(file.fileno())
        folder = os.open(target.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        run = Run(time.perf_counter() - begin, time.process_time() - used)
        target.unlink()
        return run

    def _upload(self, form: Form) -> Run:
        usage = Usage(self.main_pid) if IS_LINUX else None
        seconds, answer = send(self.port, self.key, self.source, form)
        run = Run(seconds, usage.processor_seconds(), usage.peak_growth()) if usage else Run(seconds)
        if answer["file"]["sha256"] != self.digest:
            raise BenchmarkFailed("What was stored is not what was sent.")
        self._remove_stored()
        return run

    def _remove_stored(self) -> None:
        for path in self.audio_dir.rglob("*"):
            if path.is_file():
                path.unlink()


def _report(rounds: list[Round], options: Options) -> Report:
    """Return throughputs, ratios, processor time and memory."""
    report = Report(f"upload: {options.size:,} bytes, {len(rounds)} runs of each, in turn")
    writes = [one.write for one in rounds]
    uploads = {name: [one.uploads[name] for one in rounds] for name in FORMS}
    shown = {"write and fsync": writes, **{f"upload, {name}": runs for name, runs in uploads.items()}}
    shown["the client alone, to a sink"] = [one.alone for one in rounds]
    for name, runs in shown.items():
        report.add(Series(name, "MB/s", [options.size / MB / run.seconds for run in runs]))
    for name, runs in uploads.items():
        # Throughputs go the other way round than times.
        pairs = ratio(f"upload, {name} / write and fsync", _seconds(writes), _seconds(runs))
        report.add(pairs)
        report.notes.append(pairs_note(pairs))
    if IS_LINUX:
        for name, runs in {"write and fsync": writes, **uploads}.items():
            report.add(Series(f"processor time, {name}", "s", [run.processor for run in runs]))
        for name, runs in uploads.items():
            report.add(Series(f"peak memory growth of a web worker, {name}", "MiB", [run.growth for run in runs]))
    return report


def _seconds(runs: list[Run]) -> list[float]:
    return [run.seconds for run in runs]
