"""Each limit of a key on its two sides, and checks across keys with the words of their refusal."""

import pytest
from pydantic import ValidationError

from tests.unit.config_document import LEAST, changed, config_of

LIMITS = [
    ("name", "x" * 120, "x" * 121),
    ("data.end", "2024-01-02", "2024-01-01"),
    ("signal.window", 3, 2),
    ("signal.min_periods", 2, 1),
    ("signal.zscore_window", 2, 1),
    ("exits.holding_sessions", 1, 0),
    ("exits.stop_loss", 0.001, 0.0),
    ("exits.trailing_stop", 0.001, 0.0),
    ("exits.take_profit", 0.001, 0.0),
    ("costs.spread.default_bps", 0.0, -0.1),
    ("costs.spread.SMH", 0.0, -0.1),
    ("costs.spread.tick_usd", 0.0, -0.01),
    ("costs.spread.open_multiplier", 1.0, 0.99),
    ("costs.borrow.default_rate", 0.0, -0.1),
    ("costs.borrow.SMH", 0.0, -0.1),
    ("account.cash", 0.01, 0.0),
    ("account.cash", 1e9, 1_000_000_000.01),
]
# Limits of keys that only one kind of a section has: the section, then the key on its two sides.
KIND_LIMITS = [
    ("sizing", {"kind": "inverse_vol"}, "window", 2, 1),
    ("sizing", {"kind": "inverse_vol"}, "gross", 20.0, 20.01),
    ("sizing", {"kind": "inverse_vol"}, "gross", 0.01, 0.0),
    ("rebalance", {"kind": "weekly"}, "every", 1, 0),
    ("rebalance", {"kind": "weekly"}, "every", 52, 53),
    ("rebalance", {"kind": "weekly"}, "min_trade_usd", 0.0, -0.01),
    ("rebalance", {"kind": "band"}, "above", 0.001, 0.0),
    ("rebalance", {"kind": "vol_ratio"}, "above", 0.001, 0.0),
    ("entries", {"kind": "tranches"}, "gap_days", 1, 0),
    ("entries", {"kind": "tranches"}, "max_open", 1, 0),
    ("entries", {"kind": "tranches"}, "max_open", 100, 101),
    ("entries", {"kind": "tranches"}, "gross_each", 0.01, 0.0),
    ("account.margin", {"kind": "reg_t"}, "initial", 0.01, 0.0),
    ("account.margin", {"kind": "reg_t"}, "maintenance_long", 0.01, 0.0),
    ("account.margin", {"kind": "reg_t"}, "maintenance_short", 0.01, 0.0),
    ("account.margin", {"kind": "reg_t"}, "house_multiplier", 1.0, 0.99),
    ("costs.commission", {"kind": "bps"}, "bps", 0.0, -0.1),
    ("costs.commission", {"kind": "bps", "bps": 1.0}, "min_usd", 0.0, -0.1),
    ("costs.commission", {"kind": "bps", "bps": 1.0}, "max_usd", 0.01, 0.0),
    ("costs.commission", {"kind": "bps", "bps": 1.0, "max_usd": 2.0}, "min_usd", 2.0, 2.01),
    ("costs.commission", {"kind": "per_share"}, "per_share_usd", 0.0, -0.1),
    ("costs.commission", {"kind": "per_share"}, "min_usd", 0.0, -0.1),
    ("costs.commission", {"kind": "per_share"}, "max_usd", 1.0, 0.99),  # the minimum is 1
    ("costs.commission", {"kind": "per_order"}, "usd", 0.0, -0.1),
    ("costs.spread", {"kind": "cents"}, "default_cents", 0.0, -0.1),
    ("costs.spread", {"kind": "cents"}, "open_multiplier", 1.0, 0.99),
    ("costs.spread", {"kind": "vol_scaled"}, "window", 2, 1),
    ("costs.spread", {"kind": "vol_scaled"}, "min_scale", 0.01, 0.0),
    ("costs.spread", {"kind": "vol_scaled"}, "max_scale", 1.0, 0.99),  # min_scale is 1
    ("costs.spread", {"kind": "regime"}, "window", 2, 1),
    ("costs.spread", {"kind": "regime"}, "multiplier", 1.0, 0.99),
    ("costs.impact", {"kind": "square_root"}, "y", 0.0, -0.1),
    ("costs.impact", {"kind": "square_root"}, "window", 2, 1),
    ("costs.impact", {"kind": "square_root"}, "participation_cap", 1.0, 1.01),
    ("costs.impact", {"kind": "square_root"}, "participation_cap", 0.001, 0.0),
    ("costs.interest", {"kind": "benchmark"}, "rate", 0.0, -0.01),
    ("costs.interest", {"kind": "benchmark", "rate": 0.0}, "credit_below", 0.0, -0.01),
    ("costs.interest", {"kind": "benchmark", "rate": 0.0}, "debit_above", 0.0, -0.01),
    ("costs.interest", {"kind": "benchmark", "rate": 0.0}, "rebate_below", 0.0, -0.01),
    ("costs.interest", {"kind": "benchmark", "rate": 0.0}, "rebate_free_usd", 0.0, -0.01),
]


@pytest.mark.parametrize(("path", "inside", "outside"), LIMITS)
def test_each_limit_holds_on_both_sides(path, inside, outside):
    config_of(changed(path, inside))
    with pytest.raises(ValidationError):
        config_of(changed(path, outside))


@pytest.mark.parametrize(("section", "kind", "key", "inside", "outside"), KIND_LIMITS)
def test_each_limit_of_a_kind_holds_on_both_sides(section, kind, key, inside, outside):
    config_of(changed(section, {**kind, key: inside}))
    with pytest.raises(ValidationError):
        config_of(changed(section, {**kind, key: outside}))


def hard(since, until):
    return {"hard_to_borrow": [{"symbol": "IGV", "since": since, "until": until}]}


@pytest.mark.parametrize(
    ("section", "given", "message"),
    [
        ("rebalance", {"kind": "monthly", "on": "friday"},
         "rebalance.on was 'friday'; expected first or last for kind monthly"),
        ("rebalance", {"kind": "quarterly", "on": "monday"},
         "rebalance.on was 'monday'; expected first or last for kind quarterly"),
        ("rebalance", {"kind": "weekly", "phase": 1},
         "rebalance.phase was 1; expected less than every, which is 1"),
        ("rebalance", {"kind": "daily", "every": 2},
         "rebalance.every was 2 and on 'last'; expected neither for kind daily"),
        ("rebalance", {"kind": "daily", "on": "first"},
         "rebalance.every was 1 and on 'first'; expected neither for kind daily"),
        ("rebalance", {"kind": "any_of", "of": [{"kind": "monthly", "on": "friday"}]},
         "rebalance.on was 'friday'; expected first or last for kind monthly"),
        ("rebalance", {"kind": "any_of", "of": []},
         "rebalance.of was []; expected at least one trigger"),
        ("exits.flat_over", {"season": {"since": "02-30", "until": "03-01"}},
         "expected a day of the year like 12-24"),
        ("costs.commission", {"kind": "bps", "bps": 1.0, "min_usd": 3.0, "max_usd": 2.0},
         "costs.commission.max_usd was 2.0; expected at least min_usd (3.0)"),
        ("costs.spread", {"kind": "vol_scaled", "max_scale": 0.5},
         "costs.spread.max_scale was 0.5; expected at least min_scale (1.0)"),
        ("costs.interest", {"kind": "benchmark"},
         "costs.interest.rate was None and series None; expected one of the two"),
        ("costs.interest", {"kind": "benchmark", "rate": 0.04, "series": "sofr.csv"},
         "costs.interest.rate was 0.04 and series 'sofr.csv'; expected one of the two"),
        ("costs.borrow", hard("2024-05-21", "2024-05-20"),
         "costs.borrow.hard_to_borrow.until was 2024-05-20; expected a date not before since "
         "2024-05-21"),
    ],
)  # fmt: skip
def test_keys_that_contradict_each_other_are_refused_by_name(section, given, message):
    with pytest.raises(ValidationError) as caught:
        config_of(changed(section, given))
    (problem,) = caught.value.errors()
    assert str(problem["ctx"]["error"]) == message


def test_what_does_not_contradict_is_taken():
    config_of(changed("costs.borrow", hard("2024-05-20", "2024-05-20")))  # a single day
    config_of(changed("rebalance", {"kind": "weekly", "on": "friday", "every": 2}))
    config_of(changed("costs.interest", {"kind": "benchmark", "series": "sofr.csv"}))
    # A season may pass the new year.
    config_of(changed("exits.flat_over", {"season": {"since": "12-20", "until": "01-05"}}))
    config_of(changed("exits.flat_over", {"season": {"since": "02-29", "until": "02-29"}}))


def test_the_base_of_these_cases_is_sound():
    config_of(LEAST)
