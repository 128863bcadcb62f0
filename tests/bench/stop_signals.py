"""200 signals at random seeded moments to every command that writes. How each ended in, faults out.

``python -m tests.bench.stop_signals [COUNT [SEED]]``. Some forty minutes on two processors; the
end-to-end tests send 40 to a run. Exit code 1 where one line, one exit code and nothing left was
not what came of it.
"""

import sys
import tempfile
from pathlib import Path

from tests.e2e.program import home
from tests.e2e.signals import AUDIT, COMPARE, RUN, STRATEGY, moments, wrong

COUNT, SEED = 200, 11


def main(count=COUNT, seed=SEED):
    """Send the signals; return the number of faults."""
    faults = 0
    with tempfile.TemporaryDirectory() as place:
        env = home(Path(place) / "home")
        asked = moments(seed, [RUN, COMPARE, RUN, AUDIT, RUN, STRATEGY], count)
        for turn, moment in enumerate(asked):
            fault = wrong(moment, env, Path(place) / str(turn))
            faults += fault is not None
            sys.stdout.write(f"{turn + 1}/{count} {fault or 'as it should'}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{faults} faults of {count}\n")
    return faults


if __name__ == "__main__":
    sys.exit(min(main(*map(int, sys.argv[1:])), 1))
