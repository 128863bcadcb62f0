"""When the hedge is resized, why, and what it cost. Every market here is small enough to work."""

import math

import pytest

from engine.event import simulate
from tests.unit.hand_market import FREE, hand_config, hand_leg, hand_market

# Three weeks around Independence Day, a Tuesday; the last is only the exchange's next session.
JULY = [
    "2023-06-26", "2023-06-27", "2023-06-28", "2023-06-29", "2023-06-30",
    "2023-07-03", "2023-07-05", "2023-07-06", "2023-07-07",
    "2023-07-10", "2023-07-11", "2023-07-12", "2023-07-13", "2023-07-14",
    "2023-07-17",
]  # fmt: skip
RISING = [100.0 + 2 * day for day in range(len(JULY) - 1)]  # every session has something to resize
WEEK = ["2024-03-04", "2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08", "2024-03-11"]


BAND = {"kind": "band", "above": 0.10}
VOL_RATIO = {"kind": "vol_ratio", "above": 0.20}


def run(days, long, short=None, *, opens=None, **sections):
    short = [100.0] * len(long) if short is None else short
    market = hand_market(days, hand_leg("LLL", opens or long, long), hand_leg("SSS", short, short))
    return simulate(hand_config(**sections), market)


def decided(result):
    return list(result.rebalances["decided"].dt.strftime("%m-%d"))


def test_weekly_on_tuesday_takes_wednesday_where_tuesday_is_a_holiday():
    result = run(JULY, RISING, rebalance={"kind": "weekly", "on": "tuesday"})
    assert decided(result) == ["06-27", "07-05", "07-11"]
    assert set(result.rebalances["why"]) == {"weekly"}


def test_weekly_on_friday_is_the_last_session_of_these_weeks():
    friday = run(JULY, RISING, rebalance={"kind": "weekly", "on": "friday"})
    assert decided(friday) == ["06-30", "07-07", "07-14"]


def test_weekly_first_is_the_first_session_of_the_week():
    """Monday the 26th is the run's first: nothing is held, and what was before is not known."""
    result = run(JULY, RISING, rebalance={"kind": "weekly", "on": "first"})
    assert decided(result) == ["07-03", "07-10"]


def test_monthly_first_and_last_lie_on_both_sides_of_the_month_end():
    assert decided(run(JULY, RISING, rebalance={"kind": "monthly", "on": "first"})) == ["07-03"]
    assert decided(run(JULY, RISING, rebalance={"kind": "monthly", "on": "last"})) == ["06-30"]


def test_every_second_week_counts_from_1970_and_not_from_the_start():
    """Monday 2023-07-03 is 19,541 days after 1970-01-01: week (19,541 + 3) / 7 = 2,792, even."""
    biweekly = {"kind": "weekly", "every": 2}
    assert decided(run(JULY, RISING, rebalance=biweekly)) == ["07-07"]
    later = run(JULY[5:], RISING[5:], rebalance=biweekly)
    assert decided(later) == ["07-07"]


class TestBand:
    """Fifty shares a leg at 100, equal dollars the target: the ratio is the long's price / 100."""

    def test_drift_beyond_the_band_resizes(self):
        result = run(WEEK, [100.0, 100.0, 109.0, 112.0, 112.0], rebalance=BAND)
        assert decided(result) == ["03-07"]
        (row,) = result.rebalances.to_dict("records")
        assert row["why"] == "band"
        assert row["drift"] == pytest.approx(112 / 100 - 1, rel=1e-12)

    def test_a_fall_counts_like_a_rise(self):
        result = run(WEEK, [100.0, 100.0, 91.0, 88.0, 88.0], rebalance=BAND)
        assert decided(result) == ["03-07"]
        assert result.rebalances["drift"].iloc[0] == pytest.approx(1 - 88 / 100, rel=1e-12)

    def test_drift_inside_the_band_is_left_alone(self):
        result = run(WEEK, [100.0, 100.0, 109.0, 91.0, 105.0], rebalance=BAND)
        assert decided(result) == []

    def test_trade_its_dollars_and_its_cost_are_those_of_the_next_open(self):
        """Equity at the decision is 10,000 + 50 * 12 - costs; half of it is the target of a leg.

        Commission of the entry: a dollar a leg. Spread of the entry: 2 * 5,000 * 10 bp / 2 = 5.
        So 10,593 / 2 = 5,296.50: 47.29 shares at 112 and 52.97 at 100, from 50 of each.
        """
        costs = {**FREE, "commission": {"kind": "ibkr_fixed"}, "spread": {"default_bps": 10.0}}
        closes = [100.0, 100.0, 112.0, 112.0]
        opens = [100.0, 100.0, 112.0, 110.0]
        result = run(WEEK[:5], closes, opens=opens, rebalance=BAND, costs=costs)
        resized = result.fills[result.fills["reason"] == "rebalance"]
        assert dict(zip(resized["symbol"], resized["shares"], strict=True)) == {
            "LLL": -3,
            "SSS": -2,
        }
        first = result.rebalances.iloc[0]
        assert first["traded"] == 3 * 110 + 2 * 100
        # A dollar is the minimum a leg; half of ten basis points is paid on 530 dollars.
        assert first["cost"] == pytest.approx(1 + 1 + (3 * 110 + 2 * 100) * 0.0005, rel=1e-12)

    def test_dust_below_the_least_trade_is_not_made_and_says_so(self):
        """Back to target the long would sell 3 of 112: 336 dollars, the short 3 of 100."""
        prices = [100.0, 100.0, 112.0, 112.0, 112.0]
        least = {**BAND, "min_trade_usd": 337.0}
        result = run(WEEK, prices, rebalance=least)
        assert decided(result) == []
        assert set(result.fills["reason"]) == {"entry"}
        (finding,) = [f for f in result.findings if f.check == "below_min_trade"]
        assert finding.dates == ("2024-03-06", "2024-03-07", "2024-03-08")
        enough = {**BAND, "min_trade_usd": 336.0}
        assert decided(run(WEEK, prices, rebalance=enough)) == ["03-06"]

    def test_last_sessions_rebalance_is_pending_and_cost_nothing_yet(self):
        result = run(WEEK, [100.0, 100.0, 100.0, 100.0, 120.0], rebalance=BAND)
        (row,) = result.rebalances.to_dict("records")
        assert (row["traded"], row["cost"]) == (0.0, 0.0)
        assert {order["reason"] for order in result.pending} == {"rebalance"}


class TestVolRatio:
    """Window 2: a volatility is |r_t - r_{t-1}| / sqrt(2), so the ratio is one of differences.

    Both legs swing by 1 % to each side, a ratio of 2 / 2, until the long's swings widen. The first
    two returns are known on the 6th: sized there, filled on the 7th.
    """

    DAYS = tuple(f"2024-03-{day:02d}" for day in (4, 5, 6, 7, 8, 11, 12, 13, 14))
    SWING = (0.01, -0.01, 0.01, -0.01, 0.01, -0.01, 0.01)  # of the 5th to the 13th

    def run(self, *last_two, sizing="inverse_vol"):
        long, short = [100.0], [100.0]
        for prices, returns in ((long, self.SWING[:5] + last_two), (short, self.SWING)):
            for r in returns:
                prices.append(prices[-1] * math.exp(r))
        sized = {"kind": sizing, "window": 2}
        return run(self.DAYS, long, short, sizing=sized, rebalance=VOL_RATIO)

    def test_ratio_a_quarter_above_that_of_the_entry_resizes(self):
        """On the 12th 2.5 / 2; on the 13th 2.5 / 2 again, which is no drift from the new sizing."""
        result = self.run(-0.015, 0.010)
        assert decided(result) == ["03-12"]
        (row,) = result.rebalances.to_dict("records")
        assert row["why"] == "vol_ratio"
        assert row["drift"] == pytest.approx(2.5 / 2 - 1, rel=1e-9)

    def test_drift_is_measured_from_the_last_sizing_and_not_from_yesterday(self):
        """2.3 / 2 on the 12th is not enough, 2.5 / 2 on the 13th is: in one step 8.7 %."""
        result = self.run(-0.013, 0.012)
        assert decided(result) == ["03-13"]
        assert result.rebalances["drift"].iloc[0] == pytest.approx(2.5 / 2 - 1, rel=1e-9)

    def test_ratio_that_fell_resizes_too(self):
        """On the 12th 1.5 / 2, a quarter below."""
        result = self.run(-0.005, 0.010)
        assert decided(result) == ["03-12"]

    def test_smaller_drift_is_left_alone(self):
        assert decided(self.run(-0.013, 0.010)) == []

    def test_sizing_before_the_ratio_was_known_is_never_drifted_from(self):
        """Equal dollars need no volatility: sized on the 4th, without a ratio to compare with."""
        assert decided(self.run(-0.015, 0.010, sizing="dollar_neutral")) == []


class TestAnyOf:
    """The long rises to 112 on Thursday the 7th or Friday the 8th: twelve percent off."""

    THURSDAY = (100.0, 100.0, 100.0, 112.0, 112.0)
    FRIDAY = (100.0, 100.0, 100.0, 100.0, 112.0)

    def why(self, prices, *triggers, **least):
        result = run(WEEK, prices, rebalance={"kind": "any_of", "of": list(triggers), **least})
        rows = result.rebalances
        return dict(zip(rows["decided"].dt.strftime("%a"), rows["why"], strict=True))

    def test_any_of_the_triggers_resizes(self):
        """Thursday is no week's end; Friday is, and finds another twelve percent."""
        risen = (*self.THURSDAY[:4], 125.0)
        assert self.why(risen, {"kind": "weekly"}, BAND) == {"Thu": "band", "Fri": "weekly"}

    def test_week_end_with_nothing_to_trade_is_no_rebalance(self):
        """Friday's open put it back on target: 5,300 / 112 is still 47 shares."""
        assert self.why(self.THURSDAY, {"kind": "weekly"}, BAND) == {"Thu": "band"}

    def test_first_that_holds_names_the_rebalance(self):
        weekly = {"kind": "weekly"}
        assert self.why(self.FRIDAY, weekly, BAND) == {"Fri": "weekly"}
        assert self.why(self.FRIDAY, BAND, weekly) == {"Fri": "band"}

    def test_least_trade_of_all_and_of_one_both_hold(self):
        # 336 dollars of the long and 300 of the short would trade.
        assert self.why(self.FRIDAY, BAND, min_trade_usd=337.0) == {}
        assert self.why(self.FRIDAY, BAND | {"min_trade_usd": 337.0}) == {}
        assert self.why(self.FRIDAY, BAND | {"min_trade_usd": 336.0}) == {"Fri": "band"}
