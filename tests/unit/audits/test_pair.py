"""Is there a pair at all: what is said of legs that belong together, and of legs that do not."""

import dataclasses

import numpy as np
import pytest
from arch.unitroot import VarianceRatio
from statsmodels.regression.linear_model import OLS
from statsmodels.tools import add_constant
from statsmodels.tsa.stattools import coint
from statsmodels.tsa.vector_ar.vecm import coint_johansen

from reports.audits.pair import as_rows, pair_statistics
from tests.unit.audit_market import audit_market, own
from tests.unit.hand_market import hand_config, hand_leg, hand_market

SPREAD = {
    "kind": "spread",
    "hedge": {"kind": "rolling_ols", "window": 20},
    "zscore": {"kind": "rolling", "window": 20},
    "enter_at": 1.5,
    "half_life_window": 20,
}


@pytest.fixture(scope="module")
def together():
    """LLL follows half of SSS, and comes back."""
    market = audit_market(5, 320)
    rng = np.random.default_rng(7)
    short = market.short.close
    follows = 40.0 + 0.5 * short + rng.normal(0, 0.6, len(short))
    long = hand_leg("LLL", follows, follows)
    short = hand_leg("SSS", short, short)
    legs = dataclasses.replace(market, long=long, short=short)
    return own(market=legs, signal=SPREAD, sizing={"kind": "hedge_ratio"}).run()


def statistics_of(run):
    return {each.name: each for each in pair_statistics(run)}


def test_legs_that_belong_together_are_said_to(together):
    by_name = statistics_of(together)
    assert by_name["Engle-Granger, whole sample"].value.endswith("p 0.000")
    assert "comes back; known only afterwards" in by_name["Engle-Granger, whole sample"].meaning
    assert "this spread comes back" in by_name["variance ratio over 21 sessions"].meaning
    median = float(by_name["hedge ratio over 252 sessions"].value.split()[1].rstrip(","))
    assert median == pytest.approx(0.5, abs=0.05)


def test_entries_are_judged_by_what_was_known_when_they_were_decided(together):
    at_entries = statistics_of(together)["Engle-Granger on the past of each entry"]
    cointegrated, of, entries, *_ = at_entries.value.split()
    assert of == "of"
    decided = len(together.trades) + len(together.open_trades)
    assert 0 < int(cointegrated) <= int(entries) <= decided


def test_what_was_known_at_entries_is_what_statsmodels_and_arch_say_of_those_sessions(together):
    """Each test again, by the packages themselves, on the closes up to each decision."""
    found, closes = statistics_of(together), together.closes
    decided = [*together.trades["entry_decided"]]
    decided += [each["entry_decided"] for each in together.open_trades]
    places = together.ledger.index[together.ledger["date"].isin(decided)]
    cointegrated, related, lives, back, known = 0, 0, [], 0, 0
    for last in places[places >= 39]:
        y, x = (closes[leg].to_numpy()[: last + 1] for leg in ("long", "short"))
        cointegrated += coint(y, x, trend="c", maxlag=1, autolag=None)[1] <= 0.05
        trace = coint_johansen(np.column_stack([y, x]), 0, 1)
        related += trace.lr1[0] > trace.cvt[0, 1] and not trace.lr1[1] > trace.cvt[1, 1]
        left = OLS(y, add_constant(x)).fit().resid
        slope = OLS(np.diff(left), add_constant(left[:-1])).fit().params[1]
        lives.append(-np.log(2) / slope if slope < 0 else np.inf)
        if len(left) >= 84:
            ratio = VarianceRatio(left, lags=21)
            back += ratio.vr < 1 and ratio.pvalue <= 0.05
        known += 1
    named = [f"{each} on the past of each entry" for each in
             ("Engle-Granger", "Johansen", "half-life", "variance ratio")]  # fmt: skip
    values = [found[each].value for each in named]
    assert values[0] == f"{cointegrated} of {known} at 5%"
    assert values[1] == f"{related} of {known} at 95%"
    middle = sorted(lives)[(len(lives) - 1) // 2]
    assert values[2].startswith(f"median {middle:.1f} sessions, ")
    assert values[3] == f"below 1 in {back} of {known} at 5%"
    assert cointegrated > 0


def test_no_close_after_the_last_entry_changes_what_was_known(together):
    cut = max(together.trades["entry_decided"])
    closes = together.closes.copy()
    late = (together.ledger["date"] > cut).to_numpy()
    bumped = np.linspace(1.0, 1.5, late.sum())
    closes.loc[late, "long"] *= bumped
    trades = dataclasses.replace(together, closes=closes, open_trades=[])
    before = dataclasses.replace(together, open_trades=[])
    for name, each in statistics_of(before).items():
        if name.endswith("on the past of each entry"):
            assert statistics_of(trades)[name] == each


def test_the_sides_add_up(together):
    sides = statistics_of(together)["sessions each side"]
    held = together.ledger["long_shares"]
    assert f"{(held > 0).mean() * 100:.1f}% bought, {(held < 0).mean() * 100:.1f}% sold" == (
        sides.value
    )


def test_a_leg_that_does_not_move_is_no_pair_and_no_crash():
    days = np.arange("2024-01-01", "2024-04-30", dtype="datetime64[D]")
    days = days[np.is_busday(days)]
    moving = 100.0 + np.sin(np.arange(len(days) - 1))
    still = np.full(len(moving), 50.0)
    market = hand_market(days, hand_leg("LLL", moving, moving), hand_leg("SSS", still, still))
    subject = own(market=market)
    run = dataclasses.replace(subject, config=hand_config()).run()
    values = {each["name"]: each["value"] for each in as_rows(run)}
    assert values["Engle-Granger, whole sample"] == "unknown"
    assert values["half-life"] == "unknown"
    assert values["correlation of returns, whole sample"] == "unknown"
