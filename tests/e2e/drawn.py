"""Invented runs with QuantStats' own tear sheets, drawn in turn by one process."""

import subprocess
import sys

from tests.e2e.program import ROOT, Done
from tests.unit.fake_result import fake_result

MAKE = """
import sys
from pathlib import Path
from reports.pages.tearsheet.process import TearsheetProcess
from reports.publish.run import publish
from tests.unit.fake_result import fake_result
with TearsheetProcess() as press:
    for number, result in enumerate([{runs}]):
        print(publish(result, Path(sys.argv[1]) / str(number), press))
"""
NAME = "a <script>throw 1</script> name"
PLAIN = f"name={NAME!r}"
SHEETS = {  # how many charts each has; the plain run is drawn when others were
    # Without a benchmark there is no volatility-matched chart and no rolling beta.
    "benchmark=None": 10,
    "sessions=30, holds=((1, None),), drift=-0.05": 12,  # loses from its first session on
    "sessions=90, holds=((1, None),), drift=-0.05, size=0.9": 12,  # ends near nothing
    "holds=()": 0,
    PLAIN: 12,
}


def plain_run():
    """Return the run of `PLAIN`, in this process."""
    return fake_result(name=NAME)


def drawn(out):
    """Publish them below ``out`` from a fresh interpreter, with every warning an error in it."""
    program = MAKE.format(runs=", ".join(f"fake_result({arguments})" for arguments in SHEETS))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, str(out)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return Done(code=done.returncode, out=done.stdout, err=done.stderr)
