"""What is allowed and deserves a remark: unusual numbers, keys without effect, no way out."""

import pytest

from configs.remarks import remarks
from tests.unit.config_document import LEAST, changed, config_of

LEFT = changed("exits.holding_sessions", 20)


def remarks_of(document):
    return [(each.check, each.symbol, each.text) for each in remarks(config_of(document))]


def test_a_plain_configuration_raises_none():
    assert remarks_of(LEFT) == []


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ("costs.borrow", {"IGV": 1.44},
         "costs.borrow.IGV was 1.44 (144 %), a fraction a year: more than 1 is unusual; taken as "
         "written"),
        ("costs.borrow", {"default_rate": 3.0}, "costs.borrow.default_rate was 3 (300 %)"),
        ("costs.interest", {"kind": "benchmark", "rate": 0.3},
         "costs.interest.rate was 0.3 (30 %)"),
        ("costs.interest", {"kind": "benchmark", "rate": 0.05, "credit_below": 0.5},
         "costs.interest.credit_below was 0.5 (50 %)"),
        ("account.margin", {"kind": "reg_t", "maintenance_short": 2.5},
         "account.margin.maintenance_short was 2.5 (250 %)"),
        ("rebalance",
         {"kind": "any_of", "of": [{"kind": "weekly"}, {"kind": "band", "above": 1.5}]},
         "rebalance.of.1.above was 1.5 (150 %)"),
        ("sizing", {"kind": "inverse_vol", "gross": 15.0}, "sizing.gross was 15, a multiple of"),
        ("regime", {"window": 1000, "percentile_below": 0.2},
         "regime.percentile_below was 0.2, a percentile, like 20: less than 1 is unusual"),
        ("exits.thesis", {"margin_holds": {"bps": 0.5}},
         "exits.thesis.margin_holds.bps was 0.5, basis points: less than 1 is unusual"),
        ("costs.spread", {"kind": "cents", "IGV": 500.0}, "costs.spread.IGV was 500, cents"),
        ("costs.spread", {"default_bps": 0.0003},
         "costs.spread.default_bps was 0.0003, basis points: less than 0.01 is unusual"),
        ("costs.commission", {"kind": "bps", "bps": 0.0005},
         "costs.commission.bps was 0.0005, basis points: less than 0.01 is unusual"),
        ("account.margin", {"kind": "reg_t", "initial": 0.005},
         "account.margin.initial was 0.005 (0.5 %), a fraction of market value: less than 0.02"),
    ],
)  # fmt: skip
def test_an_unusual_number_is_told_with_its_key(path, value, text):
    document = changed(path, value, changed("fundamentals", {}, LEFT))
    ((check, symbol, said),) = remarks_of(document)
    assert (check, symbol) == ("unusual_value", "SMH/IGV")
    assert said.startswith(text)


def test_costs_of_a_symbol_that_is_no_leg_are_told_each_once():
    days = {"symbol": "QQQ", "since": "2024-01-02", "until": "2024-01-02"}
    borrow = {"IGW": 0.1, "IGV": 0.1, "series": {"SPY": "x.csv"}, "hard_to_borrow": [days, days]}
    assert remarks_of(changed("costs.borrow", borrow, LEFT)) == [
        ("unused_cost", symbol, f"costs.{section}.{symbol} is set, but {symbol} is no leg of "
         "SMH/IGV: unused")
        for section, symbol in (
            ("borrow", "IGW"), ("borrow.hard_to_borrow", "QQQ"), ("borrow.series", "SPY"),
        )
    ]  # fmt: skip


def test_an_sec_number_of_a_company_that_nothing_reads_is_told():
    given = {"cik": {"MSFT": 789019, "IGV": 1, "COST": 909832}}  # a spender, a leg, neither
    assert remarks_of(changed("fundamentals", given, LEFT)) == [
        ("unused_cik", "COST", "fundamentals.cik.COST is set, but no rule reads reports of COST: "
         "unused")
    ]  # fmt: skip


@pytest.mark.parametrize("signal", [{"kind": "correlation"}, {"kind": "capex"}])
def test_a_triggered_trade_that_nothing_ends_is_told(signal):
    document = {**LEAST, "signal": signal, "fundamentals": {}}
    ((check, _, text),) = remarks_of(document)
    assert check == "no_exit"
    assert text.startswith(
        f"exits has no rule, so a trade of signal kind {signal['kind']} is never"
    )
    for key, value in (("stop_loss", 0.1), ("take_profit", 0.1), ("holding_sessions", 5)):
        assert remarks_of(changed(f"exits.{key}", value, document)) == []


def test_a_trade_without_a_trigger_is_meant_to_be_held():
    assert remarks_of({**LEAST, "signal": {"kind": "always"}}) == []
