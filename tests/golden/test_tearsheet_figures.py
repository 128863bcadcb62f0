"""Every figure of the tear sheet against QuantStats as it comes: ours is only drawn sooner.

The bare package makes its own page, with its own template, in a process where nothing of ours runs;
the charts alone are not rendered, theirs nor ours, for no figure of the tables comes from them.
"""

import html
import json
import os
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_svg import FigureCanvasSVG

from reports.pages.tearsheet import worker
from reports.pages.tearsheet.drawing import group_returns
from tests.golden.real_run import real_prices, real_run
from tests.unit.fake_result import fake_result

BARE = """
import json, sys
import pandas as pd
import quantstats
from matplotlib.figure import Figure
Figure.savefig = Figure.tight_layout = lambda *_, **__: None
for name, order in json.loads(sys.stdin.read()).items():
    index = pd.DatetimeIndex(order["dates"])
    series = {
        name: None if order[name] is None else pd.Series(order[name], index=index, dtype=float)
        for name in ("returns", "benchmark")
    }
    quantstats.reports.html(
        series["returns"], benchmark=series["benchmark"], match_dates=False,
        output=f"{sys.argv[1]}/{name}.html",
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


@pytest.fixture(scope="module")
def orders():
    """What is drawn, by name; the design run where there are real prices."""
    from reports.pages.tearsheet import page

    runs = {
        name: fake_result(sessions=120, holds=((10, 60), (70, None)), benchmark=benchmark)
        for name, benchmark in (("QQQ", "QQQ"), ("none", None))
    }
    if "MARKET_DATA" in os.environ:
        runs["design"] = real_run("weekly")
    return {name: page.order(run) for name, run in runs.items()}


@pytest.fixture(scope="module")
def bare(orders, tmp_path_factory):
    """The folder in which the bare package has drawn all of them."""
    folder = tmp_path_factory.mktemp("bare")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BARE, folder],
        input=json.dumps(orders), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(autouse=True)
def no_charts(monkeypatch):
    monkeypatch.setattr(FigureCanvasSVG, "print_svg", lambda *_, **__: None)


def assert_same_figures(order, page):
    worker.prepare()
    ours = rows(worker.render(order))
    assert len(ours) >= FEWEST_ROWS
    assert ours == rows(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("benchmark", ["QQQ", "none"])
def test_every_figure_is_quantstats_own(orders, bare, benchmark):
    assert_same_figures(orders[benchmark], bare / f"{benchmark}.html")


class TestOnRealPrices:
    pytestmark = real_prices

    def test_every_figure_of_the_design_run_is_quantstats_own(self, orders, bare):
        assert_same_figures(orders["design"], bare / "design.html")


def test_the_return_of_a_group_is_the_product_of_what_its_sessions_made():
    days = pd.DatetimeIndex(["2024-01-30", "2024-01-31", "2024-02-01", "2024-02-02"])
    made = pd.Series([0.10, -0.50, 0.20, np.nan], index=days)
    grouped = group_returns(made, days.month, compounded=True)
    assert grouped.to_dict() == pytest.approx({1: 1.10 * 0.50 - 1, 2: 0.20}, rel=1e-12)
    assert group_returns(made, days.month).to_dict() == pytest.approx({1: 0.10 - 0.50, 2: 0.20})
