"""A hand-made ComparisonView. Round numbers in every place of a page, no engine, no bootstrap."""

import numpy as np
import pandas as pd

from reports.measures.frontier import FrontierPoint, frontier
from reports.measures.hedge_error import HedgeError
from reports.measures.index_context import index_context
from reports.pages.compare.answer import answer
from reports.pages.compare.view import ComparisonView, ConfigChange, Difference, VariantNumbers

SESSIONS = 40
DATES = tuple(f"{day:%Y-%m-%d}" for day in pd.bdate_range("2025-12-15", periods=SESSIONS))
HELD = slice(5, 30)


def fake_variant(place, name, **changed):
    """Return the variant at ``place``: the later, the less it trades and the more it strays."""
    steps = np.arange(SESSIONS, dtype=float)
    equity = 1e6 + 1000.0 * steps * (place + 1)
    equity[-1] -= 20_000.0
    error = np.full(SESSIONS, np.nan)
    error[HELD] = 0.01 * (place + 1)
    costs = {"commission": 100.0, "fees": 0.0, "spread": 400.0 / (place + 1), "impact": 0.0,
             "borrow": 50.0}  # fmt: skip
    facts = {
        "name": name,
        "config_sha256": f"{place:02x}" * 32,
        "changes": ()
        if place == 0
        else (ConfigChange(key="rebalance.kind", first="weekly", here=name),),
        "rule": place, "world": 0, "pair": "SMH/IGV", "start": DATES[0], "end": DATES[-1],
        "sessions": SESSIONS, "benchmark": "QQQ", "benchmark_return": 0.5,
        "total_return": 0.019, "cagr": 0.125, "volatility": 0.2, "sharpe": 0.625,
        "max_drawdown": -0.018, "turnover": 9.0 / (place + 1) ** 2, "time_in_market": 0.625,
        "trades_closed": 1, "entries": 2, "fills": 10, "rebalances": 3,
        "costs_usd": costs, "costs_bps_year": {kind: usd / 10 for kind, usd in costs.items()},
        "cost_usd": sum(costs.values()), "cost_usd_year": sum(costs.values()) * 6.3,
        "cost_bps_year": sum(costs.values()) / 10, "gross_held": 1.0,
        "net_held": 0.02, "beta": 0.5, "beta_held": None,
        "hedge": HedgeError(
            share="risk", error=error, leg_drift=error, median=0.01 * (place + 1),
            percentile_95=0.05, leg_drift_median=0.04, leg_drift_percentile_95=0.2, sessions=25,
        ),
        "rebalance_dates": (DATES[10], DATES[20]),
        "equity": equity, "drawdown": equity / np.maximum.accumulate(equity) - 1.0, "ended": None,
    }  # fmt: skip
    return VariantNumbers(**{**facts, **changed})


def fake_difference(variant, against, **changed):
    """Return a difference of 1.26 % a year that no test can tell from nothing."""
    curve = np.linspace(0.0, 0.002, SESSIONS)
    facts = {
        "variant": variant, "against": against, "mean_daily": 0.00005,
        "annualised": 0.0126, "low": -0.03, "high": 0.055, "p_value": 0.4321, "p_holm": 0.4321,
        "is_distinguishable": False,
        "sessions": 39, "sessions_differing": 25, "block_sessions": 5, "resamples": 999,
        "cumulative": curve, "band_low": -curve, "band_high": 2 * curve, "cost_usd": -200.0,
        "cost_bps_year": -20.0, "hedge_error": 0.01,
        "sentence": f"{against} against {variant}, in words.",
    }  # fmt: skip
    return Difference(**{**facts, **changed})


def fake_context():
    """Return 2026 so far, with one calm session on which the legs part by 6 points."""
    closes = pd.DataFrame({"date": pd.to_datetime(list(DATES)), "long": 100.0, "short": 50.0})
    closes["benchmark"] = 400.0
    closes.loc[20:, "long"] = 104.0  # +4 % on the 21st session
    closes.loc[20:, "short"] = 49.0  # -2 % on it
    return index_context(closes, long="SMH", short="IGV", benchmark="QQQ")


def fake_view(names=("weekly", "monthly"), *, variants=None, pairs=None, context=True):
    """Return a view of as many variants as there are names."""
    computed = variants or tuple(fake_variant(place, name) for place, name in enumerate(names))
    points = [
        FrontierPoint(
            name=each.name, turnover=each.turnover, hedge_error=each.hedge.median,
            cost_usd_year=each.cost_usd_year, cost_bps_year=each.cost_bps_year,
        )
        for each in computed
    ]  # fmt: skip
    told = pairs
    if told is None:
        told = tuple(fake_difference(each.name, computed[0].name) for each in computed[1:])
    return ComparisonView(
        names=tuple(each.name for each in computed),
        long="SMH",
        short="IGV",
        benchmark="QQQ" if context else None,
        start=DATES[0],
        end=DATES[-1],
        dates=DATES,
        data_sha256="cd" * 32,
        synthetic=False,
        seed=20260630,
        sentence="weekly cost more than monthly; the rest is noise.",
        answer=answer(computed, told),
        verdict="not distinguishable, p = 0.432",
        variants=computed,
        pairs=told,
        frontiers=(frontier(points),) if len(computed) > 2 else (),
        index_context=fake_context() if context else None,
    )
