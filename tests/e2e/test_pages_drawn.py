"""Pages made by the real QuantStats process, in a process of their own."""

import re

import pytest

from reports.pages.tearsheet.process import TearsheetProcess
from reports.publish.run import publish
from tests.e2e.drawn import PLAIN, SHEETS, plain_run


@pytest.fixture
def folder(drawn_folders):
    return drawn_folders[PLAIN]


@pytest.fixture(scope="module")
def sheets(drawn_folders):
    return {
        arguments: (folder / "tearsheet.html").read_text(encoding="utf-8")
        for arguments, folder in drawn_folders.items()
    }


def test_the_same_run_gives_the_same_bytes_in_another_process_whatever_was_drawn_before(
    folder, tmp_path
):
    with TearsheetProcess() as sheets:  # which had drawn nothing
        again = publish(plain_run(), tmp_path / "elsewhere", sheets).parent
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


@pytest.mark.parametrize("arguments", [each for each in SHEETS if each != PLAIN])
def test_awkward_runs_still_get_their_tear_sheet(sheets, arguments):
    assert sheets[arguments].count("<svg") == SHEETS[arguments]


def test_a_run_without_a_trade_gets_a_plain_tear_sheet(sheets):
    assert "There is nothing to chart" in sheets["holds=()"]
