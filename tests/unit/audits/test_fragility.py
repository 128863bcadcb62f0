"""F1, F2 and F4: trades left out, regimes, and orders that come a session late."""

from dataclasses import replace

import numpy as np
import pytest

from reports.audits.evidence import regimes
from reports.audits.evidence.clusters import outcomes
from reports.audits.evidence.fragility import lag_evidence, leave_one_out
from reports.audits.evidence.regimes import UNKNOWN, all_regimes, regime_evidence, terciles
from tests.unit.control_pairs import control_subject
from tests.unit.fake_result import fake_result
from tests.unit.hand_outcomes import audit_config, hand_outcomes

AUDIT = audit_config()


# --- F1 ---


@pytest.mark.parametrize(
    ("pnl", "rating", "k_star"),
    [
        ([10.0, 10.0, 10.0], "supports", 3),
        ([100.0, 10.0, -9.0], "supports", 2),  # without the best, 1 is left: not zero
        ([100.0, 9.0, -9.0], "against", 1),  # without the best nothing is: k* = 1
        ([60.0, 50.0, -55.0], "against", 1),  # 50 - 55 < 0
        ([-1.0, -2.0], "against", 0),
        ([10.0], "against", 1),
    ],
)
def test_profit_that_leans_on_one_cluster_is_against(pnl, rating, k_star):
    block = leave_one_out(AUDIT, hand_outcomes(pnl))
    assert (block.rating, block.numbers["k_star"]) == (rating, k_star)


def test_a_mean_return_that_leans_on_one_cluster_is_marginal_if_the_dollars_do_not():
    # 50 % on $100, then 1 % and -4 % on $10,000 and $1,000: 110 in dollars, 60 without the best.
    # The mean return without the first is (.01 - .04) / 2, below zero.
    entered = hand_outcomes([50.0, 100.0, -40.0])
    trades = tuple(
        replace(trade, notional_usd=notional)
        for trade, notional in zip(entered.trades, (100.0, 10_000.0, 1_000.0), strict=True)
    )
    block = leave_one_out(AUDIT, replace(entered, trades=trades))
    assert (block.rating, block.numbers["k_star"]) == ("marginal", 2)
    assert block.numbers["min_mean_return"] == pytest.approx(-0.015, rel=1e-12)


def test_the_mean_without_the_best_cluster_by_hand():
    block = leave_one_out(AUDIT, hand_outcomes([40.0, 20.0, 30.0], clusters=[0, 0, 1]))
    # On a notional of $1,000 each.
    assert block.numbers["mean_return"] == pytest.approx(0.09 / 3, rel=1e-12)
    assert block.numbers["totals_usd"] == [60.0, 30.0]
    assert block.numbers["means_without"] == pytest.approx([0.03, 0.06 / 2], rel=1e-12)
    assert block.numbers["min_mean_return"] == pytest.approx(0.03, rel=1e-12)


def test_k_star_stands_beside_its_odds_under_a_genuine_edge():
    # AUDIT: 3 of 8 trades make all the profit in 51 % of the profitable samples for d = .5.
    block = leave_one_out(AUDIT, hand_outcomes([50.0, 40.0, 30.0, -5.0, -5.0, -5.0, -5.0, -5.0]))
    assert block.numbers["k_star"] == 3
    # .005: 100,000 draws err by .002.
    assert block.numbers["odds_under_genuine_edge"] == pytest.approx(0.51, abs=0.008)
    assert "lean on as few in 51% of samples" in block.sentence


def test_a_loss_has_no_profit_to_take_apart():
    block = leave_one_out(AUDIT, hand_outcomes([-1.0, -2.0]))
    assert block.numbers["odds_under_genuine_edge"] is None
    assert "no profit to take apart" in block.sentence


# --- F2 ---


def with_pnl(result, *pnl):
    """The run with these net P&Ls, in the order entered."""
    trades = result.trades.sort_values("entry").assign(net_pnl=list(pnl))
    return replace(result, trades=trades)


# 520 business days from 2023-04-11: the 189th and the 451st are the last of 2023 and 2024.
YEARS = ((100, 110), (150, 160), (300, 310), (350, 360))
LAST = ((100, 110), (130, 140), (150, 160), (300, 310))


def years(holds, pnl, **settings):
    """Trades of these net P&Ls whose only split is the year."""
    result = with_pnl(fake_result(sessions=520, holds=holds, **settings), *pnl)
    return result, outcomes(result)


# Of four entries any one is the best in a quarter of the permutations: the share alone decides.
ANY_CHANCE = {"thresholds": {"regime_p": 0.5}}


@pytest.fixture
def only_years(monkeypatch):
    def chosen(result, computed):
        return [regime for regime in all_regimes(result, computed) if regime.split == "year"]

    monkeypatch.setattr(regimes, "all_regimes", chosen)


def test_entries_belong_to_the_year_of_their_decision():
    listed = [r for r in all_regimes(*years(YEARS, (1.0, 2.0, 3.0, 4.0))) if r.split == "year"]
    assert [(r.name, r.entries, r.net_pnl_usd) for r in listed] == [
        ("2023", 2, 3.0),
        ("2024", 2, 7.0),
    ]
    assert listed[1].share == pytest.approx(0.7)


@pytest.mark.usefixtures("only_years")
@pytest.mark.parametrize(
    ("pnl", "rating"),
    [
        # 2024 has one of the four entries.
        ((40.0, 10.0, -20.0, 45.0), "supports"),  # 45 of 75: 60 % is not over 60 %
        ((40.0, 10.0, -20.0, 46.0), "marginal"),
        ((10.0, 10.0, -19.0, 99.0), "marginal"),  # 99 of 100, and the others still gained 1
        ((10.0, 10.0, -20.0, 99.0), "against"),  # the others made nothing together
        ((10.0, 10.0, -30.0, 99.0), "against"),
        ((-10.0, -10.0, -10.0, 5.0), "against"),  # no profit
    ],
)
def test_one_regime_that_carries_the_profit(pnl, rating):
    assert regime_evidence(*years(LAST, pnl, audit=ANY_CHANCE)).rating == rating


@pytest.mark.usefixtures("only_years")
def test_a_share_that_permuted_entries_have_as_often_is_chance():
    block = regime_evidence(*years(LAST, (10.0, 10.0, 10.0, 46.0)))
    # Exactly 1/4; 9,999 draws have an error of .4 %.
    assert block.numbers["p"] == pytest.approx(0.25, abs=3 * 0.0043)
    assert (block.rating, block.measured) == ("supports", "no regime carries it")
    assert "that is chance" in block.sentence


def of_two_years(*, others):
    """Nine entries of 2023 with these P&Ls, eight of 2024 with $100 each."""
    holds = tuple((place, place + 4) for place in [*range(90, 180, 10), *range(300, 380, 10)])
    return regime_evidence(*years(holds, (*others, *[100.0] * 8)))


@pytest.mark.usefixtures("only_years")
def test_a_regime_does_not_carry_what_the_others_earn_without_it():
    # 800 of 1,070 dollars with 8 of 17 entries, which no permutation has by chance: 2023's are
    # 30 +- 2 (Student's t of 8 degrees, interval of 95 %: 28 to 32), or 30 +- 39 (0 within).
    earned = of_two_years(others=[28.0, 32.0] * 4 + [30.0])
    assert (earned.rating, earned.measured) == ("supports", "no regime carries it")
    assert "year 2024 has 75% of the P&L with 8 of the 17 entries" in earned.sentence
    assert "the others have a mean above zero on their own" in earned.sentence
    noise = of_two_years(others=[80.0, -20.0] * 4 + [30.0])
    assert (noise.rating, noise.measured) == ("marginal", "1 regime carries it")
    # However surely the others earn, a fifth of the profit is the least that is theirs.
    little = of_two_years(others=[19.0, 23.0] * 4 + [21.0])  # 189 of 989
    assert little.rating == "marginal"
    assert of_two_years(others=[-1.0] * 9).rating == "against"


@pytest.mark.usefixtures("only_years")
def test_half_of_the_entries_may_have_any_share():
    pnl = (-10.0, -10.0, 50.0, 60.0)  # two of four entries, 110 of 90 dollars
    assert regime_evidence(*years(YEARS, pnl)).rating == "supports"


@pytest.mark.usefixtures("only_years")
def test_the_share_that_is_too_much_is_the_configured_one():
    audit = {"thresholds": {"regime_share": 0.5, "regime_p": 0.5}}
    pnl = (40.0, 10.0, -20.0, 31.0)  # 31 of 61
    assert regime_evidence(*years(LAST, pnl, audit=ANY_CHANCE)).rating == "supports"
    assert regime_evidence(*years(LAST, pnl, audit=audit)).rating == "marginal"


def test_two_entries_cannot_be_told_apart():
    result = fake_result(sessions=120, holds=((20, 30), (40, 50)))
    block = regime_evidence(result, outcomes(result))
    assert block.rating == "not run"
    assert "2 entries cannot be told apart" in block.sentence


def test_terciles_are_of_the_history_and_what_is_unknown_is_said():
    values = np.array([np.nan, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
    # Bounds 1 + 6/3 = 3 and 1 + 12/3 = 5; a bound belongs to the lower third.
    assert terciles(values).tolist() == [
        UNKNOWN, "low", "low", "low", "middle", "middle", "high", "high",
    ]  # fmt: skip
    assert terciles(np.array([np.nan, np.nan])).tolist() == [UNKNOWN, UNKNOWN]


def test_volatility_and_correlation_are_those_of_the_decision():
    result = fake_result(sessions=200, holds=((100, 110), (130, 140), (180, 190)))
    entered = outcomes(result)
    returns = np.log(result.closes[["long", "short"]].to_numpy())
    returns = np.diff(returns, axis=0)  # return k is of session k + 1
    vols = [np.std(returns[t - 21 : t, 0], ddof=1) for t in range(21, 200)]
    correlations = [np.corrcoef(returns[t - 63 : t].T)[0, 1] for t in range(63, 200)]
    for split, values, warm in (("volatility", vols, 21), ("correlation", correlations, 63)):
        low, high = np.quantile(values, [1 / 3, 2 / 3])
        expected = {"low": 0, "middle": 0, "high": 0}
        for decided in (99, 129, 179):
            value = values[decided - warm]
            name = "low" if value <= low else "middle" if value <= high else "high"
            expected[name] += 1
        counts = {r.name: r.entries for r in all_regimes(result, entered) if r.split == split}
        assert counts == {name: count for name, count in expected.items() if count}


def test_an_entry_before_the_correlation_is_known_is_in_a_regime_of_its_own():
    result = fake_result(sessions=200, holds=((30, 40), (130, 140), (180, 190)))
    names = {r.name for r in all_regimes(result, outcomes(result)) if r.split == "correlation"}
    assert UNKNOWN in names


# --- F4 ---


class Lagged:
    """A subject whose run at each lag has a known Sharpe ratio, per session times the root."""

    def __init__(self, by_lag, **audit):
        self.by_lag = by_lag
        self.config = fake_result(audit=audit).config

    def run(self, *, lag_sessions=0):
        result = fake_result(sessions=100)
        ratio = self.by_lag[lag_sessions]
        draws = np.tile([1.0, -1.0], 50) + (0.0 if ratio is None else ratio)
        gains = np.zeros(100) if ratio is None else 0.001 * draws
        return replace(result, ledger=result.ledger.assign(equity_return=gains))


@pytest.mark.parametrize(
    ("by_lag", "rating"),
    [
        ({0: 0.2, 1: 0.15}, "supports"),
        ({0: 0.2, 1: 0.13}, "marginal"),
        ({0: 0.2, 1: 0.07}, "against"),
        ({0: 0.2, 1: -0.1}, "against"),
        ({0: 0.2, 1: None}, "against"),  # nothing traded any more
        ({0: -0.2, 1: 0.5}, "against"),  # nothing to keep
        ({0: None, 1: 0.5}, "not run"),
    ],
)
def test_the_share_of_the_ratio_kept_one_session_later_decides(by_lag, rating):
    subject = Lagged(by_lag)
    assert lag_evidence(subject, subject.run(), lambda step: None).rating == rating


def test_the_levels_of_the_share_kept_are_inclusive():
    subject = Lagged({0: 0.2, 1: 0.1})
    kept = lag_evidence(subject, subject.run(), lambda step: None).numbers["kept"]
    assert kept == pytest.approx(0.5)
    for levels, rating in (((kept, 0.1), "supports"), ((0.9, kept), "marginal")):
        subject = Lagged({0: 0.2, 1: 0.1}, thresholds={"lag_kept": levels})
        assert lag_evidence(subject, subject.run(), lambda step: None).rating == rating


def test_a_late_order_of_the_engine_is_a_late_order_here():
    subject = control_subject(3, sessions=120)
    block = lag_evidence(subject, subject.run(), lambda step: None)
    late = subject.run(lag_sessions=1).ledger["equity_return"]
    expected = late.mean() / late.std() * np.sqrt(252)
    assert block.numbers["sharpe_later"] == pytest.approx(expected, rel=1e-9)
