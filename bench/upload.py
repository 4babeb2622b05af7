"""A large upload beside writing and fsyncing the same bytes to the same file system; and the memory it takes."""

import hashlib
import os
import random
import struct
import sys
import time
from pathlib import Path

from bench.machine import wait_for_quiet
from bench.options import Options
from bench.processes import Usage, resident
from bench.service import BenchmarkFailed, environment, manage, web_server
from bench.tables import Report, Series, pairs_note, ratio
from bench.upload_client import MULTIPART_FORM, RAW_FORM, Form, send, send_to_sink

CHUNK_BYTES = 1024 * 1024
MB = 1_000_000
WARM_UP_BYTES = 4 * CHUNK_BYTES
# As many as make it all but certain that each web worker had one.
WARM_UPS = 8
FORMS = {"multipart": MULTIPART_FORM, "raw body": RAW_FORM}


def measure(options: Options) -> Report:
    """Run it."""
    env = environment(options.folder / "service")
    Path(env["DATA_DIR"]).mkdir()
    source = options.folder / "source.wav"
    digest = make_recording(source, options.size)
    manage(env, "migrate", "--verbosity=0")
    key = manage(env, "create_api_key", "bench")
    with web_server(env) as main_pid:
        found = _Uploads(options, env, key, source, digest, main_pid)
        found.warm_up()
        before = resident(main_pid) if sys.platform == "linux" else 0.0
        for _ in range(options.runs):
            wait_for_quiet(options.patience)
            found.run_once()
        report = found.report()
        if sys.platform == "linux":
            report.notes.append(f"Web worker: {before:.0f} MiB before the runs, {resident(main_pid):.0f} MiB after.")
    return report


def make_recording(path: Path, size: int) -> str:
    """Write a WAV file of `size` bytes, noise as far as anyone can tell; return its SHA-256 in hex."""
    samples = size - 44
    head = (
        b"RIFF" + struct.pack("<I", 36 + samples) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 16000, 32000, 2, 16)
    )
    head += b"data" + struct.pack("<I", samples)
    noise = random.Random(size)
    digest = hashlib.sha256(head)
    with path.open("wb") as file:
        file.write(head)
        for begin in range(0, samples, CHUNK_BYTES):
            chunk = noise.randbytes(min(CHUNK_BYTES, samples - begin))
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


class _Uploads:
    """The runs of one web server, and what they took."""

    def __init__(
        self, options: Options, env: dict[str, str], key: str, source: Path, digest: str, main_pid: int
    ) -> None:
        self.options = options
        self.port = int(env["PORT"])
        self.audio_dir = Path(env["DATA_DIR"]) / "audio"
        self.key = key
        self.source = source
        self.digest = digest
        self.main_pid = main_pid
        self.writes: list[float] = []
        self.alone: list[float] = []
        self.uploads: dict[str, list[float]] = {name: [] for name in FORMS}
        self.growths: dict[str, list[float]] = {name: [] for name in FORMS}
        self.processor: dict[str, list[float]] = {name: [] for name in ("write and fsync", *FORMS)}

    def warm_up(self) -> None:
        """Let every web worker load what it loads with its first upload."""
        small = self.source.with_name("small.wav")
        make_recording(small, WARM_UP_BYTES)
        for number in range(WARM_UPS):
            send(self.port, self.key, small, list(FORMS.values())[number % len(FORMS)])
        self._remove_stored()

    def run_once(self) -> None:
        """One of each, in turn."""
        self._prepare()
        self._write_counted()
        for name, form in FORMS.items():
            self._prepare()
            self._upload(name, form)
        self.alone.append(send_to_sink(self.source, MULTIPART_FORM))

    def _prepare(self) -> None:
        """Give every run the same beginning: an idle disk, and memory that was in use a moment ago.

        A virtual machine may hand memory that lies idle back to its host, and the first use of it after that takes
        several times as long as the copy into it.
        """
        self._write()
        os.sync()

    def _write_counted(self) -> None:
        used = time.process_time()
        self.writes.append(self._write())
        self.processor["write and fsync"].append(time.process_time() - used)

    def _write(self) -> float:
        """Read the same file from the page cache, write it beside, and make file and folder durable."""
        target = self.source.with_name("written")
        begin = time.perf_counter()
        with self.source.open("rb", buffering=0) as source, target.open("wb", buffering=0) as file:
            buffer = memoryview(bytearray(CHUNK_BYTES))
            while count := source.readinto(buffer):
                file.write(buffer[:count])
            os.fsync(file.fileno())
        folder = os.open(target.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        seconds = time.perf_counter() - begin
        target.unlink()
        return seconds

    def _upload(self, name: str, form: Form) -> None:
        usage = Usage(self.main_pid) if sys.platform == "linux" else None
        seconds, answer = send(self.port, self.key, self.source, form)
        if usage:
            self.growths[name].append(usage.peak_growth())
            self.processor[name].append(usage.processor_seconds())
        if answer["file"]["sha256"] != self.digest:
            raise BenchmarkFailed("What was stored is not what was sent.")
        self.uploads[name].append(seconds)
        self._remove_stored()

    def _remove_stored(self) -> None:
        for path in self.audio_dir.rglob("*"):
            if path.is_file():
                path.unlink()

    def report(self) -> Report:
        """Return throughputs, ratios and memory."""
        report = Report(f"upload: {self.options.size:,} bytes, {self.options.runs} runs of each, in turn")
        report.add(self._rate("write and fsync", self.writes))
        for name, seconds in self.uploads.items():
            report.add(self._rate(f"upload, {name}", seconds))
        report.add(self._rate("the client alone, to a sink", self.alone))
        for name, seconds in self.uploads.items():
            # Throughputs go the other way round than times.
            pairs = ratio(f"upload, {name} / write and fsync", self.writes, seconds)
            report.add(pairs)
            report.notes.append(pairs_note(pairs))
        for name, used in self.processor.items():
            if used:
                report.add(Series(f"processor time, {name}", "s", used))
        for name, growths in self.growths.items():
            if growths:
                report.add(Series(f"peak memory growth of a web worker, {name}", "MiB", growths))
        return report

    def _rate(self, name: str, seconds: list[float]) -> Series:
        return Series(name, "MB/s", [self.options.size / MB / value for value in seconds])
