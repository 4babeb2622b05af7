"""`python -m tests.fuzzing [SECONDS] [SEED]`: ask for twenty minutes; on TEST_DATABASE_URL's server if that is set."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzzing import answers
from tests.fuzzing.service import SCHEMA, fuzz, target

SECONDS = 20 * 60
SEED = 1
# Of each success that is described.
LEAST = 3


def main(seconds: int = SECONDS, seed: int = SEED) -> int:
    with TemporaryDirectory() as folder, target(Path(folder)) as found:
        done = fuzz(found, seconds=seconds, seed=seed, capture=False)
        crashed = "Traceback" in found.log
        if crashed:
            print(found.log)
        lacking = answers.lacking(answers.read(found.answers), SCHEMA, least=LEAST)
    for answer, count in lacking.items():
        print(f"{answer}: {count} times only")
    return done.returncode or crashed or bool(lacking)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
