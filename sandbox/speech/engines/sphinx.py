"""CMU PocketSphinx with an en-US model: small, offline, and good for clean read speech only."""

import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from sandbox.speech.engine import SpokenWord

FRAMES_PER_SECOND = 100
# Silence, sentence marks and noises: <s>, </s>, <sil>, [NOISE], ++BREATH++.
NOT_A_WORD = re.compile(r"[<\[+]")
# A dictionary numbers the pronunciations of one word: "the(2)".
PRONUNCIATION = re.compile(r"\(\d+\)$")


@dataclass(frozen=True, slots=True)
class Model:
    acoustic: Path
    language: Path
    dictionary: Path

    def missing(self) -> Path | None:
        """Return the first file that is not there."""
        needed = (self.acoustic / "mdef", self.acoustic / "feat.params", self.language, self.dictionary)
        return next((path for path in needed if not path.is_file()), None)


class SphinxEngine:
    """One decoder; every stretch of speech is decoded whole, so that none depends on the one before."""

    def __init__(self, model: Model) -> None:
        from pocketsphinx import Decoder

        self._decoder = Decoder(
            hmm=str(model.acoustic), lm=str(model.language), dict=str(model.dictionary), loglevel="FATAL"
        )

    def recognise(self, pcm: bytes) -> list[SpokenWord]:
        if not pcm:  # pocketsphinx raises
            return []
        self._decoder.start_utt()
        try:
            # As one utterance the cepstral means are taken over all of it, not carried over from the one before.
            self._decoder.process_raw(pcm, full_utt=True)
        finally:
            self._decoder.end_utt()
        return [
            SpokenWord(
                text=PRONUNCIATION.sub("", segment.word),
                start=segment.start_frame * 1000 // FRAMES_PER_SECOND,
                end=(segment.end_frame + 1) * 1000 // FRAMES_PER_SECOND,
                confidence=round(min(1.0, max(0.0, segment.prob)), 4),
            )
            for segment in self._decoder.seg() or ()
            if not NOT_A_WORD.match(segment.word)
        ]


def load(model_dir: Path | None) -> SphinxEngine:
    return SphinxEngine(find_model(model_dir))


def check(model_dir: Path | None) -> str:
    return f"pocketsphinx, {find_model(model_dir).acoustic}"


def find_model(model_dir: Path | None) -> Model:
    """Return the given folder's model, else SpeechRecognition's (19 % word errors, not 27 %), else pocketsphinx's own.

    Raises FileNotFoundError.
    """
    candidates = _layouts(model_dir) if model_dir else _installed()
    for model in candidates:
        if model.missing() is None:
            return model
    if not model_dir:
        raise FileNotFoundError("no speech model is installed: neither SpeechRecognition's nor pocketsphinx's own")
    raise FileNotFoundError(f"SANDBOX_MODEL_DIR: {candidates[0].missing()} is missing")


def _installed() -> list[Model]:
    models = []
    for package, folder in (("speech_recognition", "pocketsphinx-data/en-US"), ("pocketsphinx", "model/en-us")):
        # The packages are not imported: all that is wanted are the files that lie beside their code.
        spec = find_spec(package)
        for location in (spec.submodule_search_locations or []) if spec else []:
            models += _layouts(Path(location) / folder)
    return models


def _layouts(folder: Path) -> list[Model]:
    return [
        # Misspelt by SpeechRecognition.
        Model(folder / "acoustic-model", folder / "language-model.lm.bin", folder / "pronounciation-dictionary.dict"),
        Model(folder / "en-us", folder / "en-us.lm.bin", folder / "cmudict-en-us.dict"),
    ]
