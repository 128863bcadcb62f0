"""What a desk is charged, allowed and made to do: the oracle's rules one by one, worked by hand."""

import math
from datetime import date

import pytest

from tests.oracle import pair_tariffs as tariffs
from tests.oracle.nyse import sessions_between
from tests.oracle.pair_book import Trade
from tests.oracle.pair_calendar import is_news_of_the_night, is_rebalance_session, must_be_flat
from tests.oracle.pair_costs import (
    Bill,
    commission_usd,
    fees_usd,
    half_spread_usd,
    impact_usd,
    interest_usd,
)
from tests.oracle.pair_decisions import exit_reason
from tests.oracle.pair_oracle import simulate
from tests.oracle.pair_stress import quantile, spread_multiple

ROUNDING = {"rel": 1e-12}  # a handful of additions
TIERED = {"kind": "ibkr_tiered"}


def test_tiered_commission_passes_a_tier_inside_an_order():
    # 100 shares are left at 0.0035, the other 900 cost 0.0020.
    paid = commission_usd(TIERED, 1_000, 50.0, 1.0, month_before=299_900)
    assert paid == pytest.approx(100 * 0.0035 + 900 * 0.0020, **ROUNDING)
    assert tariffs.tiered_usd(0, 3_000_001) == pytest.approx(
        300_000 * 0.0035 + 2_700_000 * 0.0020 + 0.0015, **ROUNDING
    )
    assert commission_usd(TIERED, 10, 50.0, 1.0) == 0.35
    assert commission_usd(TIERED, 1, 10.0, 1.0) == 0.01 * 10  # the cap beats the minimum


def test_minimum_is_charged_once_for_an_order_in_parts():
    bill, rule = Bill(0.0), {"kind": "per_share", "per_share_usd": 0.01, "min_usd": 2.0}
    parts = [bill.add(rule, shares, shares * 50.0) for shares in (100, 50, 250)]
    # 1.00 is below 2.00, so is 1.50; all 400 cost 4.00.
    assert parts == pytest.approx([2.0, 0.0, 2.0], **ROUNDING)


def test_sale_pays_the_fees_of_its_day_and_a_purchase_none():
    costs = {"commission": {"kind": "zero"}, "fees": {"kind": "us_sales"}}
    day = date(2024, 6, 3)
    paid = fees_usd(costs, day, -40_000, 3.0, 40.0)
    assert paid == pytest.approx(120_000 * 27.80 / 1e6 + 1_000 * 0.000166, **ROUNDING)
    assert fees_usd(costs, day, 40_000, 3.0, 40.0) == 0
    capped = fees_usd(costs, date(2025, 6, 2), -100_000, 3.0, 1.0)
    assert capped == pytest.approx(8.30, **ROUNDING)  # 16.60 uncapped, and no section 31 then
    tiered = {"commission": TIERED, "fees": {"kind": "none"}}
    assert fees_usd(tiered, day, 1_000, 3.0, 1.0) == pytest.approx(0.20, **ROUNDING)


def test_unknown_days_pay_the_highest_rate_of_the_table():
    for day in (date(2005, 1, 3), date(2027, 1, 4)):
        assert tariffs.in_force(tariffs.SEC_USD_PER_MILLION, day) == 27.80
        assert tariffs.in_force(tariffs.TAF_USD, day) == (0.000195, 9.79)
    assert tariffs.in_force(tariffs.SEC_USD_PER_MILLION, date(2025, 5, 14)) == 0.0


def test_spread_is_floored_by_a_tick_of_the_days_own_price():
    # 5 dollars now were 200 before a later 40:1 split: a tick is half a basis point.
    spread = {"kind": "quoted_bps", "default_bps": 0.1, "tick_usd": 0.01}
    paid = half_spread_usd(spread, "NVDA", 1_000, 5.0, later_splits=40.0)
    assert paid == pytest.approx(5_000 * 0.5 / 10_000 / 2, **ROUNDING)
    cents = {"kind": "cents", "default_cents": 2.0}
    paid = half_spread_usd(cents, "NVDA", 1_000, 5.0, later_splits=40.0, multiple=1.5)
    assert paid == pytest.approx(25 * 0.03 / 2, **ROUNDING)  # 25 shares, three cents


def test_quantile_lies_between_two_values():
    assert quantile([4.0, 1.0, 3.0, 2.0], 2, 3) == 3.0
    assert quantile([1.0, 2.0, 4.0], 2, 3) == pytest.approx(2 + 2 / 3, **ROUNDING)
    assert quantile([1.0, 4.0], 1, 2) == 2.5


def test_stress_is_the_highest_until_volatility_is_known():
    scaled = {"kind": "vol_scaled", "window": 2, "min_scale": 1.0, "max_scale": 3.0}
    assert spread_multiple(scaled, [0.01], []) == 3.0
    # Volatilities of pairs: 1, 1 and 2 in units of 0.01 / sqrt(2) over their median of 1.
    returns = [0.0, 0.01, 0.0, 0.02]
    assert spread_multiple(scaled, returns, []) == pytest.approx(2.0, rel=1e-9)
    regime = {"kind": "regime", "measure": "^VIX", "window": 2, "multiplier": 4.0}
    assert spread_multiple(regime, [], []) == 4.0
    assert spread_multiple(regime, [], [10.0, 20.0, 15.0]) == 1.0  # the tercile is 16.67
    assert spread_multiple(regime, [], [10.0, 15.0, 20.0]) == 4.0


def test_impact_grows_with_the_root_of_participation():
    rule = {"kind": "square_root", "y": 0.5}
    assert impact_usd(rule, 0.02, -400, 50.0, 10_000) == pytest.approx(
        20_000 * 0.5 * 0.02 * 0.2, **ROUNDING
    )


def test_interest_parts_proceeds_from_own_cash():
    rule = {"rebate_free_usd": 1_000.0, "rebate_below": 0.0125, "credit_below": 0.005}
    rule["debit_above"] = 0.015
    paid = interest_usd(rule, 0.0485, 15_000.0, 5_000.0, 3)
    assert paid == pytest.approx((4_000 * 0.036 + 10_000 * 0.0435) * 3 / 360, **ROUNDING)
    owed = interest_usd(rule, 0.0485, 4_000.0, 5_000.0, 1)
    assert owed == pytest.approx((4_000 * 0.036 - 1_000 * 0.0635) / 360, **ROUNDING)
    assert interest_usd(rule, 0.001, 15_000.0, 5_000.0, 3) == 0


@pytest.mark.parametrize(
    ("trigger", "due"),
    [
        ({"kind": "weekly", "on": "wednesday", "every": 1}, ["03", "10", "17", "24", "31"]),
        # Thursday the 4th is a holiday: the next one on or after it is Friday.
        ({"kind": "weekly", "on": "thursday", "every": 1}, ["05", "11", "18", "25"]),
        ({"kind": "weekly", "on": "first", "every": 1}, ["01", "08", "15", "22", "29"]),
        # Weeks since that of 1970-01-01: 2024-07-01 begins the 2,844th after it.
        ({"kind": "weekly", "on": "first", "every": 2}, ["01", "15", "29"]),
        ({"kind": "weekly", "on": "first", "every": 2, "phase": 1}, ["08", "22"]),
        ({"kind": "monthly", "on": "first", "every": 1}, ["01"]),
        ({"kind": "monthly", "on": "last", "every": 12}, []),  # only Januaries
    ],
)
def test_periods_choose_their_sessions(trigger, due):
    july = sessions_between(date(2024, 7, 1), date(2024, 7, 31))
    whole = {"phase": 0, **trigger}
    assert [f"{day:%d}" for day in july if is_rebalance_session(whole, day)] == due


def test_news_belongs_to_the_night_around_it():
    friday, monday = date(2024, 6, 7), date(2024, 6, 10)
    assert is_news_of_the_night(friday, "AMC", friday, monday)
    assert not is_news_of_the_night(friday, "BMO", friday, monday)
    assert is_news_of_the_night(monday, "BMO", friday, monday)
    assert not is_news_of_the_night(monday, "AMC", friday, monday)
    assert is_news_of_the_night(friday, "", friday, monday)
    assert is_news_of_the_night(monday, "", friday, monday)


def test_decision_heeds_the_night_after_its_fill():
    season = {"season": {"since": "12-30", "until": "01-02"}}
    config = {"exits": {"flat_over": season}, "pair": {}}
    # What is decided on Friday the 27th fills on Monday the 30th, whose night is the first.
    assert must_be_flat(config, date(2024, 12, 27))
    assert not must_be_flat(config, date(2024, 12, 26))
    assert not must_be_flat(config, date(2025, 1, 2))


def test_losses_name_an_exit_before_profit():
    trade = Trade(entry_decided="2024-06-03", entry_notional_usd=1_000.0, best_pnl_usd=70.0)
    trade.book("long_pnl", 20.0)
    exits = {"trailing_stop": 0.05, "take_profit": 0.02}
    assert exit_reason(exits, None, trade) == "trailing_stop"
    assert exit_reason(exits | {"trailing_stop": 0.051}, None, trade) == "take_profit"
    assert exit_reason({"take_profit": 0.0201}, None, trade) is None


def run(folder, long, short, volume=1e6, **sections):
    """Run a pair that opens and closes at the given prices, from Monday 3 June 2024, for free."""
    days = sessions_between(date(2024, 6, 3), date(2024, 7, 31))
    for symbol, prices in (("LLL", long), ("SSS", short)):
        rows = [f"{d},{p},{p},{p},{p},{p},{volume},0,0" for d, p in zip(days, prices, strict=False)]
        header = "Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits"
        (folder / f"{symbol}.csv").write_text("\n".join((header, *rows)) + "\n")
    costs = {"commission": {"kind": "zero"}, "spread": {"default_bps": 0.0}}
    config = {
        "data": {"start": "2024-06-03", "end": None},
        "pair": {"long": "LLL", "short": "SSS"},
        "signal": {"kind": "always"},
        "sizing": {"kind": "dollar_neutral", "window": 3, "gross": 1.0},
        "rebalance": {"kind": "never"},
        "account": {"cash": 10_000, "fill": "next_open"},
        **sections,
    }
    config["costs"] = {**costs, "borrow": {"default_rate": 0.0}, **sections.get("costs", {})}
    return simulate(str(folder), config)


def margin(**rules):
    account = {"kind": "reg_t", "initial": 0.5, "house_multiplier": 1.0, "on_shortfall": "scale"}
    account |= {"maintenance_long": 0.25, "maintenance_short": 0.30}
    return {"cash": 10_000, "fill": "next_close", "margin": account | rules}


def test_order_above_the_cap_is_worked_with_both_legs_in_proportion(tmp_path):
    # 50 and 100 shares; a tenth of 400 is 40: the short leg takes 40 of 100, the long leg as much.
    costs = {"impact": {"kind": "square_root", "y": 0.0, "window": 5, "participation_cap": 0.1}}
    result = run(tmp_path, [100.0] * 6, [50.0] * 6, volume=400, costs=costs)
    shares = {"LLL": [], "SSS": []}
    for fill in result["fills"]:
        shares[fill["symbol"]].append(fill["shares"])
    # 0.4 of 50 and of 100; then 40 of 60 is 2/3 of 30; then the rest.
    assert shares == {"LLL": [20, 20, 10], "SSS": [-40, -40, -20]}
    assert result["headline"]["entries"] == 1


def test_entry_is_scaled_to_initial_margin_or_refused(tmp_path):
    sizing = {"kind": "dollar_neutral", "gross": 2.5}
    prices = [100.0] * 4, [50.0] * 4
    result = run(tmp_path, *prices, sizing=sizing, account=margin())
    # 125 and 250 shares are 25,000 dollars; 10,000 carry 20,000.
    assert [fill["shares"] for fill in result["fills"]] == [-200, 100]
    refused = run(tmp_path, *prices, sizing=sizing, account=margin(on_shortfall="refuse"))
    assert refused["fills"] == []


def test_breach_is_cut_at_the_next_open_to_what_could_be_opened(tmp_path):
    sizing = {"kind": "dollar_neutral", "gross": 2.0}
    short = [50.0, 50.0, 65.0, 65.0, 65.0]
    result = run(tmp_path, [100.0] * 5, short, sizing=sizing, account=margin())
    # Short 200 rose by 15: equity 7,000 against 0.25 * 10,000 + 0.30 * 13,000 = 6,400. No call.
    assert len(result["fills"]) == 2
    short = [50.0, 50.0, 70.0, 70.0, 70.0]
    result = run(tmp_path, [100.0] * 5, short, sizing=sizing, account=margin())
    # At 70: equity 6,000, to keep 6,700. Kept: 6,000 / (0.5 * 24,000) = one half.
    calls = [fill for fill in result["fills"] if fill["reason"] == "margin_call"]
    assert [(fill["symbol"], fill["shares"]) for fill in calls] == [("LLL", -50), ("SSS", 100)]


def test_ruin_ends_the_run_with_everything_lost_and_not_more(tmp_path):
    short = [50.0, 50.0, 160.0, 20.0]
    result = run(tmp_path, [100.0] * 4, short)
    # Short 100 from 50 to 160: 11,000 of 10,000.
    assert [row["equity"] for row in result["ledger"]] == [10_000, 10_000, -1_000]
    assert result["ledger"][-1]["equity_return"] == -1.0
    assert (result["ended"], result["trades"][0]["exit_reason"]) == ("ruin", "ruin")
    assert result["headline"]["total_return"] == result["headline"]["max_drawdown"] == -1.0


def test_hard_to_borrow_days_stop_new_shorts_and_buy_in_old_ones(tmp_path):
    spell = {"symbol": "SSS", "since": "2024-06-04", "until": "2024-06-04", "action": "no_open"}
    costs = {"borrow": {"default_rate": 0.0, "hard_to_borrow": [spell]}}
    result = run(tmp_path, [100.0] * 5, [50.0] * 5, costs=costs)
    # The order of the 3rd is cancelled on the 4th, decided again at its close, and filled.
    assert {fill["date"] for fill in result["fills"]} == {"2024-06-05"}
    bought = {**spell, "since": "2024-06-06", "until": "2024-06-06", "action": "buy_in"}
    costs = {"borrow": {"default_rate": 0.0, "hard_to_borrow": [bought]}}
    result = run(tmp_path, [100.0] * 5, [50.0] * 5, costs=costs)
    (trade,) = result["trades"]
    assert (trade["exit_reason"], trade["exit_decided"]) == ("buy_in", "2024-06-06")
    assert trade["exit"] == "2024-06-07"


def test_tranches_open_apart_and_each_is_a_trade(tmp_path):
    entries = {"kind": "tranches", "gap_days": 2, "max_open": 2, "gross_each": 0.5}
    long = [100.0, 100.0, 100.0, 100.0, 110.0, 110.0]
    exits = {"holding_sessions": 3}
    result = run(tmp_path, long, [50.0] * 6, entries=entries, exits=exits)
    first, second, *_ = (*result["trades"], *result["open_trades"])
    # Half of 10,000 is 25 and 50 shares; accepted on the 3rd and, two days later, on the 5th.
    assert (first["entry_decided"], second["entry_decided"]) == ("2024-06-03", "2024-06-05")
    # Held together over the rise of ten dollars on the 7th, whose open is the first one's exit.
    assert (first["long_pnl"], second["long_pnl"]) == (25 * 10, 25 * 10)
    assert math.fsum(row["long_pnl"] for row in result["ledger"]) == 500
