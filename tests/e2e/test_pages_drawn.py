"""Pages made by the real QuantStats process, in a process of their own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from reports.pages.tearsheet.process import TearsheetProcess
from reports.publish.run import publish
from tests.unit.fake_result import fake_result

ROOT = Path(__file__).parents[2]

MAKE = """
import sys
from pathlib import Path
from reports.pages.tearsheet.process import TearsheetProcess
from reports.publish.run import publish
from tests.unit.fake_result import fake_result
with TearsheetProcess() as press:
    for out, result in zip(sys.argv[1:], [{runs}], strict=True):
        print(publish(result, Path(out), press))
"""


def make(outs, runs):
    """Publish fake runs from a fresh interpreter, with every warning an error in it."""
    program = MAKE.format(runs=", ".join(f"fake_result({arguments})" for arguments in runs))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *map(str, outs)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return [Path(line).parent for line in done.stdout.splitlines()]


SHEETS = {
    "": 12,
    # Without a benchmark there is no volatility-matched chart and no rolling beta.
    "benchmark=None": 10,
    "sessions=30, holds=((1, None),), drift=-0.05": 12,  # loses from its first session on
    "sessions=90, holds=((1, None),), drift=-0.05, size=0.9": 12,  # ends near nothing
    "holds=()": 0,
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """All of them drawn in turn by one process, as by a comparison."""
    place = tmp_path_factory.mktemp("drawn")
    made = make([place / str(number) for number in range(len(SHEETS))], SHEETS)
    return dict(zip(SHEETS, made, strict=True))


@pytest.fixture(scope="module")
def folder(folders):
    return folders[""]


@pytest.fixture(scope="module")
def sheets(folders):
    return {
        arguments: (folder / "tearsheet.html").read_text(encoding="utf-8")
        for arguments, folder in folders.items()
    }


def test_the_same_run_gives_the_same_bytes_in_another_process(folder, tmp_path):
    with TearsheetProcess() as sheets:
        again = publish(fake_result(), tmp_path / "elsewhere", sheets).parent
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted(path.name for path in again.iterdir())
    assert [n for n in names if (folder / n).read_bytes() != (again / n).read_bytes()] == []


def test_the_tear_sheet_loads_nothing_and_runs_nothing(folder):
    sheet = (folder / "tearsheet.html").read_text(encoding="utf-8")
    assert not re.search(r"<script|<link|<img|onload|url\(\s*['\"]?http", sheet)
    assert re.findall(r"""(?:src|href)=["'](?!#|index\.html)([^"']*)""", sheet) == []


def test_the_tear_sheet_has_the_benchmark_beside_the_pair(folder):
    sheet = (folder / "tearsheet.html").read_text(encoding="utf-8")
    assert re.search(r"<th>Metric\s*</th><th>QQQ\s*</th><th>SMH/IGV\s*</th>", sheet)
    assert sheet.count("<svg") == 12
    assert "#b8860b" in sheet.lower()
    assert "#fedd78" not in sheet.lower()  # QuantStats' own colour of a benchmark: 1.3 on white
    assert "2023-04-11 to 2023-09-25, 120 sessions" in sheet


@pytest.mark.parametrize("arguments", [each for each in SHEETS if each])
def test_awkward_runs_still_get_their_tear_sheet(sheets, arguments):
    assert sheets[arguments].count("<svg") == SHEETS[arguments]


def test_a_run_without_a_trade_gets_a_plain_tear_sheet(sheets):
    assert "There is nothing to chart" in sheets["holds=()"]
