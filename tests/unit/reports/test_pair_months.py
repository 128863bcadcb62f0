"""Months of distance pairs, in a few numbers worked by hand."""

import numpy as np
import pytest

from engine.trials.distance import trade_pairs
from reports.measures.pair_months import COLUMNS, months_of, newey_west, summary, trips
from tests.unit.hand_panel import panel_of, request, walks


def test_the_standard_error_of_months_that_overlap_is_newey_and_wests():
    returns = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.0])
    assert newey_west(returns, 2) == pytest.approx(0.6544717972023951, rel=1e-12)  # AUDIT, C


def test_a_column_in_a_few_numbers():
    found = summary(np.array([0.02, -0.01, 0.03, 0.00]), 1)
    assert found.mean == pytest.approx(0.01)
    assert found.median == pytest.approx(0.01)
    sd = np.sqrt((0.01**2 + 0.02**2 + 0.02**2 + 0.01**2) / 3)
    assert found.sd == pytest.approx(sd)
    assert found.sharpe == pytest.approx(0.01 / sd * np.sqrt(12))
    assert (found.share_negative, found.worst, found.best) == (0.25, -0.01, 0.03)
    assert summary(np.array([0.01, 0.01]), 6).t is None
    assert summary(np.array([0.01]), 6).sd is None


def test_a_month_is_the_mean_of_the_portfolios_that_trade_in_it():
    panel = panel_of(walks(5, 250))
    portfolios = trade_pairs(request(open_at=1.0), panel)
    months = months_of(portfolios, panel.sessions)
    assert months.portfolios == (1, *[2] * (len(months.months) - 1))
    labels = panel.sessions.astype("M8[M]")
    for column in COLUMNS:
        fill, capital, side = column
        own = []
        for portfolio in portfolios[:2]:
            daily = getattr(portfolio.traded[fill], capital)(net=side == "net")
            inside = labels[portfolio.first : portfolio.end] == np.datetime64("2022-05")
            own.append(np.prod(1.0 + daily[inside]) - 1.0)
        assert months.returns[column][1] == pytest.approx(np.mean(own), rel=1e-12, abs=1e-15)


def test_round_trips_are_counted_by_why_they_ended():
    panel = panel_of(walks(5, 250))
    portfolios = trade_pairs(request(pairs=2, open_at=1.0), panel)
    counted = trips(portfolios, "same_close")
    trades = [t for each in portfolios for lot in each.traded["same_close"].trades for t in lot]
    assert counted.periods == sum(len(each.pairs) for each in portfolios)
    assert counted.trades == len(trades) == sum(counted.why.values())
    assert counted.mean_sessions == np.mean([trade.closed - trade.opened for trade in trades])
