"""The same run leaves the same bytes on another processor and under another Python.

A processor is played by numpy's own switch: what it may not use is what an older one has not. A
later Python is played by its ``sum``, compensated since 3.12, and by every interpreter that is
there and has the packages.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.program import PLAIN_SHEETS, ROOT

RUN = ("configs/sample.yaml", "--set", "entries={kind: tranches, gap_days: 5, max_open: 4, "
       "gross_each: 0.3}", "--set", "account.fractional=true", "--set",
       "sizing={kind: inverse_vol, vol_target: 0.1}", "--set", "data.benchmark=null")  # fmt: skip
# numpy 2's groups of instructions, newest last (numpy.show_config lists them).
PROCESSORS = {
    "without AVX-512": "X86_V4 AVX512_ICL AVX512_SPR",
    "without AVX2": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
}
COMPENSATED = """
import builtins
plain = builtins.sum
def sum_of_3_12(values, /, start=0):
    values = list(values)
    is_plain = type(start) is int and start == 0 and len(values) > 0
    if is_plain and all(type(value) is float for value in values):
        total = lost = 0.0
        for value in values:
            new = total + value
            lost += (total - new) + value if abs(total) >= abs(value) else (value - new) + total
            total = new
        return total + lost
    return plain(values, start)
builtins.sum = sum_of_3_12
"""


def left_by(out, *, python=sys.executable, features="", before="", draws=False):
    """Run the program in a process of its own; return what it left, by file name."""
    code = f"{before}\nimport runpy\nrunpy.run_path('run.py', run_name='__main__')"
    environment = {
        **os.environ, "NPY_DISABLE_CPU_FEATURES": features, "PYTHONWARNINGS": "ignore",
        "PYTHONDONTWRITEBYTECODE": "1", **({} if draws else {"PYTHONPATH": str(PLAIN_SHEETS)}),
    }  # fmt: skip
    done = subprocess.run(
        [python, "-c", code, *RUN, "--out", str(out)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    return left_by(tmp_path_factory.mktemp("same") / "here", draws=True)


def assert_same(other, here, *, but=()):
    assert set(other) == set(here)
    differing = {name for name in here if other[name] != here[name]} - set(but)
    if but and differing == {"manifest.json"}:  # it lists every file with its digest
        assert without(other, but) == without(here, but)
    else:
        assert differing == set()


def without(run, names):
    """Return a run's manifest without what stands there of some files, and without its seal."""
    manifest = json.loads(run["manifest.json"])
    listed = {name: digest for name, digest in manifest["files"].items() if name not in names}
    return {**manifest, "files": listed, "seal": None}


def test_a_processor_changes_no_byte_of_the_numbers(tmp_path, here):
    assert len(here["signals.csv"].splitlines()) > 800
    other = left_by(tmp_path / "run", features=PROCESSORS["without AVX-512"])
    assert_same(other, here, but=("tearsheet.html",))


def test_a_processor_changes_no_byte_of_the_tear_sheet_either(tmp_path, here):
    """As another process of the same one does not (``test_cli_sample``)."""
    other = left_by(tmp_path / "run", features=PROCESSORS["without AVX2"], draws=True)
    assert_same(other, here)


def test_a_compensated_sum_changes_no_byte_of_the_numbers(tmp_path, here):
    other = left_by(tmp_path / "run", before=COMPENSATED)
    assert_same(other, here, but=("tearsheet.html",))


def interpreters():
    """Every other Python of 3.11 to 3.13 that can be found; our own by another name is none."""
    listed = [shutil.which(f"python3.{minor}") for minor in (11, 12, 13)]
    shelf = Path.home() / ".pyenv" / "versions"
    listed += [str(each) for each in sorted(shelf.glob("3.1[123].*/bin/python"))]
    here = Path(sys.executable).parent
    return [each for each in dict.fromkeys(listed) if each and Path(each).parent != here]


@pytest.mark.parametrize("python", interpreters() or ["none"])
def test_another_python_changes_no_byte_of_the_numbers(tmp_path, here, python):
    if python == "none":
        pytest.skip("no other Python of 3.11 to 3.13 is there")
    needed = "import numpy, pandas, backtrader, pydantic, yaml, exchange_calendars, quantstats"
    asked = subprocess.run([python, "-c", needed], capture_output=True, text=True, check=False)
    if asked.returncode:
        pytest.skip(f"{python} has not the packages: {asked.stderr.strip().splitlines()[-1]}")
    other = left_by(tmp_path / "run", python=python)
    # They name the version, and QuantStats sums as it likes.
    assert_same(other, here, but=("manifest.json", "index.html", "tearsheet.html"))
