"""Percent for fraction and its relatives: what each unit refuses, and what a person may mean."""

import math

import pytest
from pydantic import ValidationError

from configs.errors import ConfigError
from configs.fields import Unit, percent_hint
from configs.load import Document, validate
from tests.unit.config_document import LEAST, changed, config_of

CAPEX = {**LEAST, "signal": {"kind": "capex"}, "fundamentals": {}}
REG_T, BENCHMARK = {"kind": "reg_t"}, {"kind": "benchmark"}


def refusal(path, value, base=LEAST):
    with pytest.raises(ConfigError) as caught:
        validate(Document(values=changed(path, value, base), places={}), "run.yaml")
    return str(caught.value)


def test_a_percent_is_told_what_was_meant():
    assert percent_hint(25) == "a fraction was expected: 25 is 2500 %; did you mean 0.25?"
    assert refusal("exits.stop_loss", 25) == (
        "run.yaml: exits.stop_loss was 25; a fraction was expected: 25 is 2500 %; did you mean "
        "0.25?"
    )
    # A percent of it would still be too much: no guess is offered.
    assert refusal("exits.stop_loss", 1e300).endswith("expected a fraction, at most 1")


# A key, its section as given, and a percent that somebody may have written for a fraction.
PERCENTS = [
    ("exits", {"stop_loss": 1.5}),
    ("exits", {"trailing_stop": 10}),
    ("exits", {"take_profit": 5}),
    ("exits.thesis", {"price": {"stop_loss": 25}}),
    ("exits.thesis", {"price": {"trailing_stop": 25.0}}),
    ("exits.thesis", {"price": {"vol_spike": {"jump": 30}}}),
    ("costs.borrow", {"default_rate": 5}),
    ("costs.borrow", {"IGV": 25}),
    ("costs.borrow", {"IGV": 10}),
    ("costs.interest", {**BENCHMARK, "rate": 5.33}),
    ("costs.interest", {**BENCHMARK, "rate": 0.04, "credit_below": 1.5}),
    ("costs.interest", {**BENCHMARK, "rate": 0.04, "debit_above": 1.5}),
    ("costs.interest", {**BENCHMARK, "rate": 0.04, "rebate_below": 1.25}),
    ("rebalance", {"kind": "band", "above": 10}),
    ("rebalance", {"kind": "vol_ratio", "above": 20}),
    ("rebalance", {"kind": "any_of", "of": [{"kind": "band", "above": 10}]}),
    ("sizing", {"kind": "inverse_vol", "vol_target": 15}),
    ("account.margin", {**REG_T, "initial": 50}),
    ("account.margin", {**REG_T, "maintenance_long": 25}),
    ("account.margin", {**REG_T, "maintenance_short": 30}),
    ("costs.impact", {"kind": "square_root", "participation_cap": 2.5}),
    ("audit", {"max_participation": 10}),
    ("audit", {"rare_at_most": 5}),
    ("audit", {"neighbour_step": 20}),
    ("audit.thresholds", {"deflated_sharpe": 95}),
    ("audit.thresholds", {"regime_share": 60}),
    ("audit.thresholds", {"power": 80}),
    ("audit.thresholds", {"neighbours": [80, 50]}),
    ("audit.thresholds", {"lag_kept": [70, 40]}),
    ("audit.thresholds", {"resampled_p": [1, 10]}),
    ("audit.thresholds", {"borrow_rate": [5, 1]}),
]


@pytest.mark.parametrize(("path", "section"), PERCENTS)
def test_a_percent_for_a_fraction_is_refused_in_every_key(path, section):
    assert "did you mean 0." in refusal(path, section)


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("signal", {"kind": "capex", "enter_above": 20}),
        ("signal", {"kind": "capex", "enter_above": -20}),
        ("exits.thesis", {"capex_rollover": {"exit_below": 5}}),
        ("exits.thesis", {"supplier_stalls": {"below": 10}}),
    ],
)
def test_a_growth_in_percent_is_refused(path, section):
    assert "did you mean" in refusal(path, section, CAPEX)


# What is on another scale than a percent for a fraction.
NONSENSE = [
    ("signal", {"kind": "correlation", "enter_below": 0.5}),
    ("signal", {"kind": "correlation", "enter_below": -2000}),
    ("signal", {"kind": "correlation", "window": 25_000}),
    ("signal", {"kind": "correlation", "zscore": "rolling", "zscore_window": 10**400}),
    ("exits", {"holding_sessions": 10**6}),
    ("exits.thesis", {"price": {"vol_spike": {"level": 0.3}}}),
    ("exits.thesis", {"margin_holds": {"bps": 20_000}}),
    ("exits.thesis", {"margin_holds": {"quarters": 10**9}}),
    ("regime", {"window": 10**6}),
    ("costs.spread", {"default_bps": 10_001}),
    ("costs.spread", {"SMH": 1e9}),
    ("costs.spread", {"kind": "cents", "IGV": 1e9}),
    ("costs.spread", {"open_multiplier": 200}),
    ("costs.commission", {"kind": "bps", "bps": 1e5}),
    ("costs.commission", {"kind": "per_share", "per_share_usd": 35.0}),
    ("entries", {"kind": "tranches", "gross_each": 25}),
    ("entries", {"kind": "tranches", "gap_days": 10**9}),
    ("account.margin", {**REG_T, "house_multiplier": 150}),
    ("audit.thresholds", {"power": -1}),
    ("audit.thresholds", {"resampled_p": [0.6, 0.9]}),  # chance has it every other time
    ("audit.thresholds", {"after_publication_p": 0}),  # nothing reaches it
    ("audit.thresholds", {"deflated_sharpe": 0.1}),
    ("audit.thresholds", {"regime_share": 0.2}),
    ("audit.thresholds", {"clusters": [1, 0]}),
    ("audit.thresholds", {"cost_multiple": [0.5, 0.1]}),
    ("audit.thresholds", {"placebo_percentile": [0.95, 0.8]}),
    ("audit.thresholds", {"placebo_percentile": [950, 80]}),
    ("audit.thresholds", {"clusters": [-30, -50]}),
    ("audit", {"trials": 10**400}),
    ("audit", {"seed": 10**400}),
    ("audit", {"pairs": ["SMH/SMH"]}),
    ("audit", {"published_on": "0001-01-01"}),
    ("audit", {"context_as_of": "9999-12-31"}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "section"), NONSENSE)
def test_a_number_that_its_unit_does_not_have_is_refused(path, section):
    base = {**CAPEX, "signal": LEAST["signal"]}
    assert " was " in refusal(path, section, base)


def test_two_thresholds_go_from_the_harder_to_the_easier():
    assert refusal("audit.thresholds", {"neighbours": [0.5, 0.8]}) == (
        "run.yaml: audit.thresholds.neighbours was [0.5, 0.8]; expected what supports first and "
        "what is at least marginal second, so [0.8, 0.5]?"
    )
    # A p supports by being small.
    assert "resampled_p was [0.1, 0.01]" in refusal("audit.thresholds.resampled_p", [0.1, 0.01])
    assert "timing_p was [0.1, 0.01]" in refusal("audit.thresholds.timing_p", [0.1, 0.01])
    assert "clusters was [5, 30]" in refusal("audit.thresholds.clusters", [5, 30])
    config_of(changed("audit.thresholds.neighbours", [0.8, 0.8]))


# What a real person may mean.
MEANT = [
    ("sizing", {"kind": "inverse_vol", "gross": 2.0}),
    ("sizing", {"kind": "inverse_vol", "gross": 6.7}),  # portfolio margin of a hedged book
    ("costs.borrow", {"IGV": 0.60}),  # a squeezed stock
    ("costs.borrow", {"default_rate": 0.60}),
    ("costs.borrow", {"IGV": 1.5}),
    ("costs.interest", {**BENCHMARK, "rate": 0.0533}),
    ("costs.interest", {**BENCHMARK, "rate": 0.22}),  # 1981
    ("costs.interest", {**BENCHMARK, "rate": 0.05, "rebate_free_usd": 1e9}),
    ("account.margin", {**REG_T, "maintenance_long": 0.75, "maintenance_short": 0.9}),  # a 3x ETF
    ("account.margin", {**REG_T, "initial": 1.0, "maintenance_short": 1.0}),
    ("exits", {"stop_loss": 1.0, "take_profit": 1.0, "trailing_stop": 1.0}),
    ("exits.thesis", {"price": {"vol_spike": {"jump": 1.0, "level": 82.69}}}),
    ("rebalance", {"kind": "vol_ratio", "above": 1.0}),
    ("costs.spread", {"SMH": 150.0}),
    ("costs.commission", {"kind": "per_order", "usd": 49.95}),
    ("signal", {"kind": "correlation", "enter_below": 0.0}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "section"), MEANT)
def test_what_a_real_person_may_mean_is_taken(path, section):
    config_of(changed(path, section))


def test_a_unit_fails_closed():
    unit = Unit(noun="a fraction", least=0.0, most=1.0, is_fraction=True)
    for value in (math.nan, math.inf, -math.inf, 1.0000001, -1e-320):
        with pytest.raises(ValueError, match="expected"):
            unit.checked(value)
    assert (unit.checked(0.0), unit.checked(1.0)) == (0.0, 1.0)


# --- what is not a number ---


@pytest.mark.parametrize("text", ["", " ", "\t", "a\0b", "a\nb", "a\x1b[2J", "a\u202eb", "a\u2028"])
def test_a_name_is_text_that_can_be_read(text):
    assert refusal("name", text).startswith("run.yaml: name was ")


@pytest.mark.parametrize(
    "name", ["SMH / IGV", "Ünïcode 😀", "對沖", "a-b_c.d (1)", "nbsp\u00a0here"]
)
def test_a_name_in_any_script_is_taken(name):
    assert config_of(changed("name", name)).name == name


PATHS = [
    ("data", {"source": "csv", "start": "2024-01-02"}, "path"),
    ("fundamentals", {"source": "csv"}, "path"),
    ("costs.fees", {"kind": "us_sales"}, "table"),
    ("costs.interest", BENCHMARK, "series"),
    ("exits.flat_over", {}, "earnings"),
]


@pytest.mark.parametrize("text", ["~nosuchuser/x.csv", "a\0b", "x" * 256, "a/" * 501, "", " "])
@pytest.mark.parametrize(("path", "section", "key"), PATHS)
def test_no_key_takes_a_path_that_no_file_can_have(path, section, key, text):
    assert refusal(path, {**section, key: text}).startswith(f"run.yaml: {path}.{key} was ")


def test_a_series_of_a_symbol_is_a_path_too():
    assert "no such home" in refusal("costs.borrow", {"series": {"IGV": "~nosuchuser/x.csv"}})


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("base_url", "http://["), ("base_url", "http://x:99999999"), ("base_url", "https://"),
        ("base_url", "https://a\u202eb"), ("user_agent", "desk\r\nX: y"),
        ("user_agent", "對沖 x@y.z"),
    ],
)  # fmt: skip
def test_an_address_and_a_name_that_no_request_can_carry_are_refused(key, text):
    assert f"fundamentals.{key} was " in refusal("fundamentals", {key: text})


def test_the_address_of_a_mirror_and_a_name_with_an_umlaut_are_taken():
    given = {"base_url": "http://127.0.0.1:18763", "user_agent": "Jürgen desk@example.com"}
    assert config_of(changed("fundamentals", given)).fundamentals.base_url == given["base_url"]


# --- lists and mappings ---

LONG = [
    ("audit.horizons", [21] * 21), ("audit.lags", [1] * 21), ("audit.pairs", ["SMH/IGV"] * 51),
    ("audit.context_symbols", ["SMH"] * 51),
    ("audit.factors", {"among": ["SMH"] * 101}),
    ("audit.published", [{"key": "a", "label": "b", "published": 1.0, "digits": 0}] * 201),
    ("signal", {"kind": "capex", "spenders": [f"A{n}" for n in range(51)]}),
    ("rebalance", {"kind": "any_of", "of": [{"kind": "weekly"}] * 21}),
    ("rebalance", {"kind": "on_filing", "companies": ["A"] * 51}),
    ("exits.flat_over", {"earnings": "x.csv", "symbols": ["A"] * 51}),
    ("costs.borrow.hard_to_borrow",
     [{"symbol": "IGV", "since": "2024-01-02", "until": "2024-01-02"}] * 201),
    ("costs.borrow.series", {f"A{n}": "x.csv" for n in range(201)}),
    ("costs.borrow", {f"A{n}": 0.1 for n in range(201)}),
    ("costs.spread", {f"A{n}": 0.1 for n in range(201)}),
    ("fundamentals.cik", {f"A{n}": 1 for n in range(201)}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value"), LONG)
def test_a_list_has_an_end(path, value):
    message = refusal(path, value, CAPEX)
    assert "at most" in message
    assert len(message) < 250


# --- across keys ---


def test_a_gross_beside_a_volatility_target_is_refused_even_where_it_is_the_default():
    both = {"kind": "inverse_vol", "vol_target": 0.1, "gross": 1.0}
    assert "sizing.gross was 1.0; expected it left out" in refusal("sizing", both)
    config = config_of(changed("sizing", {"kind": "inverse_vol", "vol_target": 0.1}))
    assert "gross" not in config.resolved()["sizing"]
    assert config_of(config.resolved()) == config


def test_an_exit_below_its_entry_is_refused_and_at_it_is_taken():
    assert "exits.z_above was -2.5; expected at least" in refusal("exits.z_above", -2.5)
    config_of(changed("exits.z_above", -2.0))


def test_a_benchmark_is_no_leg():
    for leg in ("SMH", "IGV"):
        assert refusal("data.benchmark", leg).endswith("half of itself (or null)")
    config_of(changed("data.benchmark", "QQQ"))


def test_a_symbol_with_a_line_break_is_no_symbol():
    with pytest.raises(ValidationError):
        config_of(changed("costs.borrow", {"IGV\n": 0.1}))
    assert "costs.borrow" in refusal("costs.borrow", {"\ud800": 0.1})
