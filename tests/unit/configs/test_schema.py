"""The configuration contract: each default, each kind's own, and what is refused."""

import math

import pytest
from pydantic import ValidationError

from tests.unit.config_document import DEFAULTS, LEAST, changed, config_of


def test_every_default_is_the_documented_one():
    assert config_of(LEAST).resolved() == DEFAULTS


# Every other kind of a section, given only what it asks for, and what it then says.
UNLEVERED = {"gross": 1.0, "vol_target": None, "max_gross": 2.0}
BPS_SPREAD = {"default_bps": 3.0, "tick_usd": 0.0, "open_multiplier": 1.0}
KIND_DEFAULTS = [
    ("sizing", {"kind": "dollar_neutral"}, {"window": 21, **UNLEVERED}),
    ("sizing", {"kind": "beta_neutral"}, {"window": 63, **UNLEVERED}),
    ("rebalance", {"kind": "never"}, {}),
    ("rebalance", {"kind": "quarterly"}, {"on": "last", "every": 1, "min_trade_usd": 0.0}),
    ("rebalance", {"kind": "band"}, {"above": 0.10, "min_trade_usd": 0.0}),
    ("rebalance", {"kind": "vol_ratio"}, {"above": 0.20, "min_trade_usd": 0.0}),
    ("exits.flat_over", {"earnings": "e.csv"}, {"symbols": [], "season": None}),
    ("entries", {"kind": "tranches"}, {"gap_days": 21, "max_open": 6, "gross_each": 0.25}),
    ("account.margin", {"kind": "none"}, {}),
    ("costs.commission", {"kind": "zero"}, {}),
    ("costs.commission", {"kind": "ibkr_tiered"}, {}),
    ("costs.commission", {"kind": "per_order", "usd": 4.95}, {}),
    ("costs.commission", {"kind": "bps", "bps": 1.0}, {"min_usd": 0.0, "max_usd": None}),
    ("costs.commission", {"kind": "per_share"},
     {"per_share_usd": 0.005, "min_usd": 1.0, "max_usd": None}),
    ("costs.fees", {"kind": "us_sales"}, {"table": None}),
    ("costs.spread", {"kind": "vol_scaled"},
     {**BPS_SPREAD, "window": 21, "min_scale": 1.0, "max_scale": 3.0}),
    ("costs.spread", {"kind": "regime"},
     {**BPS_SPREAD, "window": 21, "measure": "own", "multiplier": 3.0}),
    ("costs.spread", {"kind": "cents"}, {"default_cents": 1.0, "open_multiplier": 1.0}),
    ("costs.impact", {"kind": "square_root"},
     {"y": 1.0, "window": 21, "participation_cap": 0.025}),
    ("costs.interest", {"kind": "benchmark", "rate": 0.04},
     {"series": None, "credit_below": 0.005, "debit_above": 0.015, "rebate_below": 0.0125,
      "rebate_free_usd": 100_000.0}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "given", "defaults"), KIND_DEFAULTS)
def test_defaults_of_the_other_kinds(path, given, defaults):
    resolved = config_of(changed(path, given)).resolved()
    for key in path.split("."):
        resolved = resolved[key]
    assert resolved == {**given, **defaults}


def test_a_day_without_borrow_is_by_default_one_to_open_nothing():
    days = {"symbol": "IGV", "since": "2024-05-20", "until": "2024-05-20"}
    (only,) = config_of(changed("costs.borrow.hard_to_borrow", [days])).costs.borrow.hard_to_borrow
    assert only.action == "no_open"


def test_a_spread_without_a_kind_is_quoted_in_basis_points():
    given = {"SMH": 2.0, "open_multiplier": 2.0}
    bare, named = (
        config_of(changed("costs.spread", section))
        for section in (given, {"kind": "quoted_bps", **given})
    )
    assert bare == named
    assert bare.costs.spread.kind == "quoted_bps"


def test_triggers_nest_one_level_deep():
    triggers = [{"kind": "monthly", "on": "first"}, {"kind": "band", "above": 0.2}]
    rebalance = config_of(changed("rebalance", {"kind": "any_of", "of": triggers})).rebalance
    assert [each.kind for each in rebalance.of] == ["monthly", "band"]
    assert (rebalance.of[0].on, rebalance.of[1].above) == ("first", 0.2)
    for inner in ({"kind": "any_of", "of": triggers}, {"kind": "never"}):
        with pytest.raises(ValidationError):
            config_of(changed("rebalance", {"kind": "any_of", "of": [inner]}))
    with pytest.raises(ValidationError):
        config_of(changed("rebalance", {"kind": "any_of", "of": []}))


def test_the_files_beside_the_prices_are_known_each_once():
    document = changed("costs", {
        "fees": {"kind": "us_sales", "table": "fees.yaml"},
        "interest": {"kind": "benchmark", "series": "rates.csv"},
        "borrow": {"series": {"IGV": "igv.csv", "SMH": "rates.csv"}},
    })  # fmt: skip
    document = changed("exits.flat_over", {"earnings": "earnings.csv"}, document)
    named = config_of(document).side_files
    assert named == ("fees.yaml", "rates.csv", "igv.csv", "earnings.csv")
    assert config_of(LEAST).side_files == ()


def test_the_vix_is_read_only_where_a_regime_asks_for_it():
    for measure, gauges in (("own", ()), ("^VIX", ("^VIX",))):
        spread = {"kind": "regime", "measure": measure}
        assert config_of(changed("costs.spread", spread)).gauges == gauges
    assert config_of(LEAST).gauges == ()


def test_a_resolved_configuration_resolves_to_itself():
    config = config_of(LEAST)
    assert config_of(config.resolved()) == config


def test_costs_of_a_symbol_are_its_own_or_the_default():
    config = config_of(
        changed("costs", {"spread": {"SMH": 2.0}, "borrow": {"default_rate": 0.01, "IGV": 0.03}})
    )
    assert (config.costs.spread.bps("SMH"), config.costs.spread.bps("IGV")) == (2.0, 3.0)
    assert (config.costs.borrow.rate("SMH"), config.costs.borrow.rate("IGV")) == (0.01, 0.03)
    spread = config_of(changed("costs.spread", {"kind": "cents", "SMH": 2.0})).costs.spread
    assert (spread.cents("SMH"), spread.cents("IGV")) == (2.0, 1.0)


@pytest.mark.parametrize("ticker", ["A", "BRK-B", "BRK.B", "BAC-PL", "ON", "NO"])
def test_tickers_of_us_shares_are_taken(ticker):
    assert config_of(changed("pair.long", ticker)).pair.long == ticker


@pytest.mark.parametrize(
    "ticker", ["", "smh", "../SMH", "A/B", "<script>", "S MH", "SMH\n", "^", "-A", "A" * 16]
)
def test_what_is_no_ticker_is_refused(ticker):
    with pytest.raises(ValidationError):
        config_of(changed("pair.long", ticker))


@pytest.mark.parametrize("value", [math.nan, math.inf, True, "1", None, [1]])
@pytest.mark.parametrize("path", ["account.cash", "sizing.gross", "signal.enter_below"])
def test_a_number_is_a_finite_number(path, value):
    base = changed("sizing.kind", "inverse_vol")
    with pytest.raises(ValidationError):
        config_of(changed(path, value, base))


@pytest.mark.parametrize("value", [3.0, "3", True, None])
def test_a_count_of_sessions_is_an_integer(value):
    with pytest.raises(ValidationError):
        config_of(changed("signal.window", value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("data.source", "bloomberg"),
        ("signal.kind", "momentum"),
        ("signal.zscore", "all"),
        ("sizing.kind", "equal"),
        ("rebalance.kind", "yearly"),
        ("rebalance", {"kind": "weekly", "on": "saturday"}),
        ("rebalance", {"kind": "weekly", "every": 2.0}),
        ("entries", {"kind": "all"}),
        ("exits.flat_over", True),
        ("exits.flat_over", {"season": {"since": "1-2", "until": "01-31"}}),
        ("exits.flat_over", {"season": {"since": "13-01", "until": "01-31"}}),
        ("exits.flat_over", {"season": {"since": "12-01", "until": "12-32"}}),
        ("exits.flat_over", {"symbols": ["smh"]}),
        ("account.margin", {"kind": "portfolio"}),
        ("account.margin", {"kind": "reg_t", "on_shortfall": "ignore"}),
        ("costs.fees", {"kind": "eu"}),
        ("costs.fees", {"kind": "us_sales", "table": ""}),
        ("costs.impact", {"kind": "linear"}),
        ("costs.spread", {"kind": "edge"}),
        ("costs.spread", {"kind": "regime", "measure": "^VXN"}),
        ("costs.interest", {"kind": "sofr"}),
        ("costs.borrow.series", {"igv": "igv.csv"}),
        ("costs.borrow.hard_to_borrow",
         [{"symbol": "IGV", "since": "2024-01-02", "until": "2024-01-03", "action": "hope"}]),
        ("costs.commission.kind", "free"),
        ("account.fill", "same_close"),
        ("account.fractional", 1),
        ("data.start", 20240102),
    ],
)  # fmt: skip
def test_a_word_outside_its_list_is_refused(path, value):
    with pytest.raises(ValidationError):
        config_of(changed(path, value))


def test_the_minimum_may_exceed_the_window_only_of_an_expanding_z():
    document = changed("signal.zscore_window", 62)
    config_of(document)
    config_of(changed("signal.zscore", "rolling", changed("signal.zscore_window", 63)))
    with pytest.raises(ValidationError, match="min_periods was 63; expected at most"):
        config_of(changed("signal.zscore", "rolling", document))


def every_section(model):
    yield model
    for name in type(model).model_fields:
        value = getattr(model, name)
        if hasattr(type(value), "model_fields"):
            yield from every_section(value)


def test_every_section_is_frozen_and_closed():
    sections = list(every_section(config_of(LEAST)))
    # The run, its ten sections, the six of costs, the account's margin, two of the audit.
    assert len(sections) == 1 + 10 + 6 + 1 + 2
    for section in sections:
        name = next(iter(type(section).model_fields))
        with pytest.raises(ValidationError, match="frozen"):
            setattr(section, name, getattr(section, name))
        with pytest.raises(ValidationError):
            type(section).model_validate({**section.model_dump(), "not_a_key": 1})
