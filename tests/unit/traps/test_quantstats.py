"""What QuantStats 0.0.86 does that a reader would not expect; an upgrade that changes it is seen.

Imported here in process, unlike in the program: its own warnings are silenced by the worker's list.
"""

import io
import logging
import math
import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reports.pages.tearsheet import page as tearsheet
from reports.pages.tearsheet import worker as tearsheet_worker
from reports.pages.template import TEMPLATES
from tests.unit.fake_result import fake_result

N = 252


@pytest.fixture(scope="module")
def quantstats():
    tearsheet_worker.prepare()
    import quantstats

    return quantstats


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        tearsheet_worker._silence_quantstats()
        yield


@pytest.fixture
def returns():
    rng = np.random.default_rng(3)
    series = pd.Series(rng.normal(4e-4, 0.01, N), index=pd.bdate_range("2024-01-02", periods=N))
    series.iloc[0] = 0.0
    return series


@pytest.fixture
def benchmark(returns):
    rng = np.random.default_rng(4)
    series = pd.Series(rng.normal(4e-4, 0.01, N), index=returns.index, name="QQQ")
    series.iloc[0] = 0.0
    return series


def table(quantstats, returns, benchmark=None, match_dates=False):
    return quantstats.reports.metrics(
        returns,
        benchmark,
        rf=0.0,
        display=False,
        mode="full",
        internal="True",
        prepare_returns=False,
        match_dates=match_dates,
        benchmark_title="QQQ",
        strategy_title="S",
    )


def test_the_version_is_the_one_the_traps_were_read_on(quantstats):
    assert quantstats.__version__ == "0.0.86"


def test_match_dates_trims_everything_before_the_first_trade(quantstats, returns, benchmark):
    returns.iloc[:60] = 0.0
    start = f"{returns.index[0]:%Y-%m-%d}"
    trimmed = table(quantstats, returns.copy(), benchmark, match_dates=True)
    assert trimmed.loc["Start Period", "S"] == f"{returns.index[60]:%Y-%m-%d}"
    assert table(quantstats, returns.copy(), benchmark).loc["Start Period", "S"] == start


def test_without_the_leading_zero_a_first_day_loss_that_never_recovers_has_no_drawdown(quantstats):
    index = pd.bdate_range("2024-01-02", periods=41)
    falling = pd.Series([-0.01] + [-0.001, 0.0005] * 20, index=index)
    lost = (falling + 1).prod() - 1  # every session ends below the opening equity
    assert table(quantstats, falling.copy()).loc["Max Drawdown", "S"] == "%"
    led = pd.concat([pd.Series([0.0], index=[pd.Timestamp("2024-01-01")]), falling])
    path = (1 + led).cumprod()
    deepest = (path / path.cummax() - 1).min() * 100
    assert lost < 0
    assert table(quantstats, led).loc["Max Drawdown", "S"] == f"{round(deepest, 2)}%"


def test_a_benchmark_on_other_dates_is_filled_in_silence(quantstats, returns, benchmark):
    later = benchmark.copy()
    later.index = pd.bdate_range("2034-01-02", periods=N)
    prepared = quantstats.utils._prepare_benchmark(later, returns.index, 0.0)
    assert (prepared == 0).all()


def test_returns_that_never_move_crash_against_a_benchmark(quantstats, returns, benchmark):
    with pytest.raises(ValueError, match="linear regression"):
        table(quantstats, returns * 0.0, benchmark)


def test_risk_of_ruin_is_zero_for_a_run_that_loses_almost_everything(quantstats):
    losing = pd.Series([0.0] + [-0.02, 0.019] * 200 + [-0.9])
    assert (1 + losing).prod() < 0.1
    assert quantstats.stats.risk_of_ruin(losing, prepare_returns=False) == pytest.approx(
        0.0,
        abs=1e-2,  # shown as a whole percent
    )


def test_recovery_factor_drops_the_sign_of_a_loss(quantstats, returns):
    assert quantstats.stats.recovery_factor(-returns.abs()) > 0


def test_time_in_market_counts_sessions_that_moved(quantstats, returns):
    returns.iloc[:] = 0.0
    returns.iloc[10] = 0.01
    assert quantstats.stats.exposure(returns, prepare_returns=False) == math.ceil(100 / N) / 100


def test_smart_sharpe_punishes_mean_reversion(quantstats):
    swinging = pd.Series([0.012, -0.01] * 126, index=pd.bdate_range("2024-01-02", periods=252))
    plain = quantstats.stats.sharpe(swinging, 0.0, 252, True)
    assert quantstats.stats.smart_sharpe(swinging, 0.0, 252, True) < 0.2 * plain


def test_the_figures_we_do_show_agree_with_the_textbook(quantstats, returns):
    r = returns.to_numpy()
    path = np.cumprod(1 + r)
    down = math.sqrt((np.minimum(r, 0) ** 2).mean())
    expected = {
        "CAGR\N{SMALL PERCENT SIGN}": f"{round((path[-1] ** (252 / N) - 1) * 100, 2)}%",
        "Volatility (ann.)": f"{round(r.std(ddof=1) * math.sqrt(252) * 100, 2)}%",
        "Sharpe": f"{round(r.mean() / r.std(ddof=1) * math.sqrt(252), 2)}",
        "Sortino": f"{round(r.mean() / down * math.sqrt(252), 2)}",
        "Max Drawdown": f"{round((path / np.maximum.accumulate(path) - 1).min() * 100, 2)}%",
    }
    shown = table(quantstats, returns)["S"]
    assert {name: shown[name] for name in expected} == expected


def test_its_own_template_calls_out_and_ours_does_not(quantstats):
    theirs = (Path(quantstats.__file__).parent / "report.html").read_text(encoding="utf-8")
    ours = (TEMPLATES / "tearsheet.html").read_text(encoding="utf-8")
    assert "https://" in theirs
    assert "onload" in theirs
    assert not re.search(r"https?:|onload|<script|<link", ours)


def test_our_template_has_every_part_of_theirs_but_the_title(quantstats):
    theirs = (Path(quantstats.__file__).parent / "report.html").read_text(encoding="utf-8")
    ours = (TEMPLATES / "tearsheet.html").read_text(encoding="utf-8")
    holes = re.compile(r"\{\{(\w+)\}\}")
    # The title may hold anything a trader types, so we set it after QuantStats is done. The chart
    # of yearly returns is mislabelled (next test), and the months are our own table.
    elsewhere = {"title", "eoy_returns", "monthly_heatmap"}
    assert set(holes.findall(ours)) == set(holes.findall(theirs)) - elsewhere


def test_its_chart_of_years_writes_the_next_year_under_each_bar(quantstats, monkeypatch):
    import matplotlib.pyplot as plt

    index = pd.bdate_range("2023-01-02", "2025-12-31")
    returns = pd.Series(np.where(index.year == 2023, 1e-3, 0.0), index=index, name="S")
    monkeypatch.setattr(plt, "close", lambda *_: None)  # it closes the figure we want to read
    quantstats.plots.yearly_returns(
        returns, savefig=io.BytesIO(), show=False, prepare_returns=False
    )
    (axes,) = plt.gcf().axes
    monkeypatch.undo()
    plt.close("all")
    labels = dict(zip(axes.get_xticks(), axes.get_xticklabels(), strict=True))
    (bar,) = [bar for bar in axes.patches if bar.get_height() > 0]
    under = labels[round(bar.get_x() + bar.get_width() / 2)].get_text()
    assert under == "2024"  # the bar is 2023's; "2023" here means that the chart may come back


def test_a_whole_sheet_logs_no_missing_font_and_names_every_row_we_dim(quantstats, caplog):
    result = fake_result(sessions=40, holds=((10, None),))
    with caplog.at_level(logging.WARNING, logger="matplotlib.font_manager"):
        drawn = tearsheet_worker.render(tearsheet.order(result))
    assert "findfont" not in caplog.text
    page = tearsheet.finish(result, drawn)
    for group in tearsheet.IGNORED:
        for row in group.rows:
            assert f'<tr class="ignore"><td>{row}</td>' in page
    assert "{{" not in page
    assert page.count("<svg") == 12  # as many charts as the template has places


def test_the_package_still_asks_for_arial_which_we_answer_with_dejavu(quantstats):
    from matplotlib import font_manager

    core = Path(quantstats.__file__).parent / "_plotting" / "core.py"
    assert 'fontname="Arial"' in core.read_text(encoding="utf-8")
    assert Path(font_manager.findfont("Arial")).name == "DejaVuSans.ttf"
