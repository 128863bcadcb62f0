"""The regime and the thesis, rule by rule: when nothing is opened, and why a trade is left."""

from datetime import date

import pytest

from tests.oracle.capex_invented import SESSIONS, whole, write_prices
from tests.oracle.capex_thesis import broken_for_all, margin_has_held
from tests.oracle.pair_book import Trade
from tests.oracle.pair_decisions import companies_awaited, exit_reason
from tests.oracle.pair_regime import is_compressed, is_spike, percentile_rank, read_gauges
from tests.oracle.pair_signals import is_entry

# --- regime ---


def test_rank_is_the_percentage_of_known_closes_at_or_below_todays():
    assert percentile_rank([4.0, 3.0, 2.0, 1.0], 4) == 100 * 1 / 4  # today is one of them
    assert percentile_rank([1.0, 2.0, 3.0, 4.0], 4) == 100
    assert percentile_rank([2.0, 2.0, 3.0, 2.0], 4) == 100 * 3 / 4  # equal counts
    assert percentile_rank([0.5, 0.5, 1.0, 3.0, 2.0], 3) == 100 * 2 / 3  # the first two are gone


def test_rank_counts_closes_it_knows_and_not_sessions():
    assert percentile_rank([9.0, 1.0, None, None, 3.0, 2.0], 3) == 100 * 2 / 3  # 9 is gone
    assert percentile_rank([1.0, None, 2.0], 3) is None
    assert percentile_rank([1.0, 2.0, 3.0, None], 3) is None


def test_regime_is_compressed_strictly_below_the_line_in_every_gauge():
    regime = whole(regime={"percentile_below": 20})["regime"]
    assert regime == {"symbols": ("^VIX", "^MOVE"), "window": 252, "percentile_below": 20}

    def ranks(first, second):
        return {"regime_rank_0": first, "regime_rank_1": second}

    assert is_compressed(ranks(19.9, 0.4), regime)
    for above in (ranks(20.0, 0.4), ranks(0.4, 20.0), ranks(None, 0.4), ranks(0.4, None)):
        assert not is_compressed(above, regime)
        assert is_compressed(above, None)
        assert not is_entry(above, whole(regime=regime))
    assert is_entry(ranks(19.9, 0.4), whole(regime=regime))


# --- gauges ---


def test_session_without_a_bar_is_unknown_and_nothing_is_filled(tmp_path):
    write_prices(tmp_path, "^MOVE", [50.0, None, 52.0])
    write_prices(tmp_path, "^VIX", [20.0, 21.0, 22.0])
    with (tmp_path / "^VIX.csv").open("a") as handle:
        handle.write("2024-06-06,,,,,,0,0,0\n2024-06-08,9,9,9,9,9,0,0,0\n")  # a Saturday's bar
    config = whole(regime={"symbols": ["^VIX", "^MOVE"]})
    gauges = read_gauges(str(tmp_path), config, SESSIONS[:5])
    assert gauges == {"^MOVE": [50, None, 52, None, None], "^VIX": [20, 21, 22, None, None]}
    assert read_gauges(str(tmp_path), whole(), SESSIONS[:5]) == {}


def test_spike_is_at_its_level_or_above():
    spike = {"symbol": "^VIX", "level": 40.0, "jump": None}
    assert is_spike([40.0], spike)
    assert not is_spike([39.99], spike)
    assert not is_spike([41.0, None], spike)
    assert not is_spike([41.0], {**spike, "level": None})


def test_jump_is_from_the_session_before_over_a_weekend_too(tmp_path):
    spike = {"symbol": "^VIX", "level": None, "jump": 0.25}
    config = whole(exits={"thesis": {"price": {"vol_spike": spike}}})
    write_prices(tmp_path, "^VIX", [20.0, 20.0, 20.0, 20.0, 16.0, 20.0])
    closes = read_gauges(str(tmp_path), config, SESSIONS[:6])["^VIX"]
    assert (SESSIONS[4], SESSIONS[5]) == (date(2024, 6, 7), date(2024, 6, 10))
    assert is_spike(closes, spike)  # 20 / 16 - 1 is the line itself
    assert not is_spike(closes, {**spike, "jump": 0.2500001})
    assert not is_spike(closes[:5], spike)


def test_jump_is_unknown_without_the_session_before():
    spike = {"symbol": "^VIX", "level": 40.0, "jump": 0.25}
    assert not is_spike([30.0], spike)
    assert not is_spike([20.0, None, 30.0], spike)
    assert not is_spike([20.0, None], spike)
    assert is_spike([20.0, None, 40.0], spike)  # the level asks nobody


# --- thesis ---

READING = {"capex_growth": 0.25, "revenue_growth_long": 0.25}


def test_growth_breaks_a_thesis_strictly_below_its_line():
    exits = whole(exits={"thesis": {"capex_rollover": {"exit_below": 0.25}}})["exits"]
    assert broken_for_all(READING, {}, exits["thesis"]) == []
    lower = {**READING, "capex_growth": 0.2499999}
    assert broken_for_all(lower, {}, exits["thesis"]) == ["capex_rollover"]
    assert broken_for_all({**READING, "capex_growth": None}, {}, exits["thesis"]) == []


def test_supplier_breaks_a_thesis_strictly_below_its_line():
    exits = whole(exits={"thesis": {"supplier_stalls": {"below": 0.25}}})["exits"]
    assert broken_for_all(READING, {}, exits["thesis"]) == []
    lower = {**READING, "revenue_growth_long": 0.2499999}
    assert broken_for_all(lower, {}, exits["thesis"]) == ["supplier_stalls"]
    assert broken_for_all({**READING, "revenue_growth_long": None}, {}, exits["thesis"]) == []


def test_thesis_that_is_off_or_unknown_is_never_broken():
    everything = whole(exits={"thesis": {"capex_rollover": {}, "supplier_stalls": {}}})["exits"]
    assert everything["thesis"]["capex_rollover"] == {"exit_below": 0.05}
    assert everything["thesis"]["supplier_stalls"] == {"below": 0.10}
    unknown = dict.fromkeys(READING)
    assert broken_for_all(unknown, {}, everything["thesis"]) == []
    fallen = dict.fromkeys(READING, -1.0)
    assert broken_for_all(fallen, {}, whole()["exits"]["thesis"]) == []
    nothing = {"thesis": {"capex_rollover": None, "price": None}}
    assert broken_for_all(fallen, {}, whole(exits=nothing)["exits"]["thesis"]) == []


@pytest.mark.parametrize(
    ("quarters", "fallen_bps", "leaves"),
    [
        (4, 0, True),
        (3, 0, False),
        (5, 0, True),
        (4, -100, True),  # it rose
        (4, 78.124, True),
        (4, 78.125, False),  # it fell by exactly as much as the thesis asked
        (4, 78.126, False),
        (3, 78.124, False),
    ],
)
def test_margin_has_held_after_its_quarters_unless_it_fell_by_its_bps(quarters, fallen_bps, leaves):
    # 78.125 bps are 1/128, so that the fall from one half is exact in binary.
    rule = {"quarters": 4, "bps": 10_000 / 128}
    trade = Trade(entry_decided="2024-06-03", entry_margin=0.5, entry_margin_quarter=8095)
    now = {"gross_margin_short": 0.5 - fallen_bps / 10_000, "margin_quarter": 8095 + quarters}
    assert margin_has_held(trade, now, rule) is leaves
    assert not margin_has_held(trade, now, None)


def test_margin_that_is_unknown_at_either_end_has_not_held():
    rule = whole(exits={"thesis": {"margin_holds": {}}})["exits"]["thesis"]["margin_holds"]
    assert rule == {"quarters": 4, "bps": 50}
    known = Trade(entry_decided="2024-06-03", entry_margin=0.5, entry_margin_quarter=8095)
    now = {"gross_margin_short": 0.5, "margin_quarter": 8099}
    assert margin_has_held(known, now, rule)
    assert not margin_has_held(known, dict.fromkeys(now), rule)
    assert not margin_has_held(Trade(entry_decided="2024-06-03"), now, rule)


# --- order ---

ORDER = (
    "stop_loss", "trailing_stop", "price_stop", "price_trail", "vol_spike", "capex_rollover",
    "supplier_stalls", "margin_holds", "flat_over", "z_above", "holding_sessions", "take_profit",
)  # fmt: skip


def test_reasons_are_named_in_their_order_when_several_hold():
    # 30 dollars of 1,000 after a best of 80. A stop "loss" of -3 % is a gain of 3 % at most, so
    # that it holds together with a take profit of 3 %.
    trade = Trade(entry_decided="2024-06-03", entry_notional_usd=1_000.0, best_pnl_usd=80.0)
    trade.book("long_pnl", 30.0)
    trade.sessions_held = 5
    on = set(ORDER)

    def rules(**levels):
        return {rule: level if name in on else None for name, (rule, level) in levels.items()}

    named = []
    while on:
        exits = rules(
            stop_loss=("stop_loss", -0.03),
            trailing_stop=("trailing_stop", 0.05),
            z_above=("z_above", 0.0),
            holding_sessions=("holding_sessions", 5),
            take_profit=("take_profit", 0.03),
        )
        price = rules(price_stop=("stop_loss", -0.03), price_trail=("trailing_stop", 0.05))
        broken = [name for name in reversed(ORDER[4:8]) if name in on]
        exits["thesis"] = {"price": price}
        named.append(exit_reason(exits, 0.5, trade, "flat_over" in on, broken))
        on.remove(named[-1])
    assert tuple(named) == ORDER


def test_price_stops_include_their_lines():
    trade = Trade(entry_decided="2024-06-03", entry_notional_usd=1_000.0, best_pnl_usd=30.0)
    trade.book("long_pnl", -20.0)

    def reason(**price):
        return exit_reason({"thesis": {"price": price}}, None, trade)

    assert reason(stop_loss=0.02) == "price_stop"
    assert reason(stop_loss=0.0201) is None
    assert reason(trailing_stop=0.05) == "price_trail"
    assert reason(trailing_stop=0.0501) is None
    assert reason(stop_loss=0.02, trailing_stop=0.05) == "price_stop"


# --- filings ---


def test_filings_awaited_are_by_default_of_whose_intensity_sizes_else_of_the_short_leg():
    nobody, named = {"companies": None}, {"companies": ("AAA", "BBB")}
    own = whole(sizing={"kind": "capex_intensity", "company": "CCC"})
    assert companies_awaited(nobody, own) == ["CCC"]
    assert companies_awaited(nobody, whole(sizing={"kind": "capex_intensity"})) == ["SSS"]
    # A company named for another kind of sizing sizes nothing.
    other = whole(sizing={"kind": "inverse_vol", "company": "CCC"})
    assert companies_awaited(nobody, other) == ["SSS"]
    assert companies_awaited(named, own) == ["AAA", "BBB"]
    assert companies_awaited({"companies": ()}, own) == ["CCC"]
