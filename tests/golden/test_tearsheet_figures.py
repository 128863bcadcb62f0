"""Every figure of the tear sheet against QuantStats as it comes: ours is only drawn sooner.

The bare package draws its own page, with its own template, in a process that we never touched.
"""

import html
import json
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from reports.pages.tearsheet import worker
from reports.pages.tearsheet.drawing import group_returns
from tests.golden.real_run import real_prices, real_run
from tests.unit.fake_result import fake_result

BARE = """
import json, sys
import pandas as pd
import quantstats
order = json.loads(sys.stdin.read())
index = pd.DatetimeIndex(order["dates"])
series = {
    name: None if order[name] is None else pd.Series(order[name], index=index, dtype=float)
    for name in ("returns", "benchmark")
}
quantstats.reports.html(
    series["returns"], benchmark=series["benchmark"], match_dates=False, output=sys.argv[1],
    strategy_title=order["strategy_title"], benchmark_title=order["benchmark_title"],
)
"""
FEWEST_ROWS = 75  # of three tables, of a run of months


def rows(page):
    """Return the cells of every table row, a row of months that one of both draws left out."""
    page = re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)
    found = re.findall(r"<tr[^>]*>(.*?)</tr>", page, flags=re.DOTALL)
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, flags=re.DOTALL) for row in found]
    return [[html.unescape(cell).strip() for cell in row] for row in cells if row]


def order_of(result):
    from reports.pages.tearsheet import page

    return page.order(result)


def assert_same_figures(order, folder):
    out = folder / "bare.html"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BARE, out],
        input=json.dumps(order), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    worker.prepare()
    ours = rows(worker.render(order))
    assert len(ours) >= FEWEST_ROWS
    assert ours == rows(out.read_text(encoding="utf-8"))


@pytest.mark.parametrize("benchmark", ["QQQ", None])
def test_every_figure_is_quantstats_own(tmp_path, benchmark):
    result = fake_result(sessions=120, holds=((10, 60), (70, None)), benchmark=benchmark)
    assert_same_figures(order_of(result), tmp_path)


class TestOnRealPrices:
    pytestmark = real_prices

    def test_every_figure_of_the_design_run_is_quantstats_own(self, tmp_path):
        assert_same_figures(order_of(real_run("weekly")), tmp_path)


def test_the_return_of_a_group_is_the_product_of_what_its_sessions_made():
    days = pd.DatetimeIndex(["2024-01-30", "2024-01-31", "2024-02-01", "2024-02-02"])
    made = pd.Series([0.10, -0.50, 0.20, np.nan], index=days)
    grouped = group_returns(made, days.month, compounded=True)
    assert grouped.to_dict() == pytest.approx({1: 1.10 * 0.50 - 1, 2: 0.20}, rel=1e-12)
    assert group_returns(made, days.month).to_dict() == pytest.approx({1: 0.10 - 0.50, 2: 0.20})
