"""The first use on a machine. Nothing in, the loops compiled by a process that then ends.

A compiler keeps some 150 MB that it took; a search of many cells has better use for them.
"""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

from configs.schema import RunConfig
from engine.kept_code import can_keep
from engine.kernel import cache_folder, is_compiled
from engine.many import run_once, simulate_many
from engine.prepare.prepared import prepare
from engine.run import read_market

ROOT = Path(__file__).parents[1]
BUNDLED = {  # SYNTHETIC prices: what is run here is thrown away
    "name": "first-use",
    "data": {"source": "sample", "start": date(2025, 12, 1), "end": date(2026, 6, 30)},
    "pair": {"long": "SMH", "short": "IGV"},
    "signal": {"kind": "always"},
    "exits": {},
}


def compile_apart() -> None:
    """Compile the loops in another process where nobody has yet; what fails there is tried here."""
    folder = cache_folder()
    if is_compiled() and not folder.exists() and can_keep(folder):
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        subprocess.run(
            [sys.executable, "-m", __name__], env={**os.environ, "PYTHONPATH": path}, check=False
        )


def main() -> None:
    """Call either loop once, which compiles it."""
    config = RunConfig.model_validate(BUNDLED)
    prepared = prepare(config, read_market(config))
    run_once(prepared)
    simulate_many(prepared, [prepared.terms])


if __name__ == "__main__":
    main()
