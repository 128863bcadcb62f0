"""The capex trade's sections: defaults, what they read, and what is refused."""

import pytest
from pydantic import ValidationError

from tests.unit.config_document import LEAST, changed, config_of

REPORTS = {"source": "csv", "path": "quarters.csv"}
CAPEX = {
    **LEAST,
    "pair": {"long": "NVDA", "short": "MSFT"},
    "fundamentals": REPORTS,
    "signal": {"kind": "capex"},
}
SPENDERS = ("MSFT", "AMZN", "META", "GOOGL")


def with_thesis(**breaks):
    return config_of(changed("exits.thesis", breaks, CAPEX))


def test_the_defaults_are_the_article_s():
    config = config_of(changed("sizing", {"kind": "capex_intensity"}, CAPEX))
    assert (config.signal.enter_above, config.signal.spenders) == (0.20, SPENDERS)
    sizing = config.sizing
    assert (sizing.company, sizing.scales, sizing.reference_quarters) == (None, "gross", 8)
    assert (sizing.min_multiple, sizing.max_multiple, sizing.gross) == (0.5, 2.0, 1.0)
    thesis = with_thesis(capex_rollover={}, margin_holds={}, supplier_stalls={}).exits.thesis
    assert thesis.capex_rollover.exit_below == 0.05
    assert (thesis.margin_holds.quarters, thesis.margin_holds.bps) == (4, 50.0)
    assert thesis.supplier_stalls.below == 0.10
    assert thesis.price is None


def test_reports_come_from_the_sec_unless_a_file_is_named():
    reports = config_of(changed("fundamentals", {}, CAPEX)).fundamentals
    assert (reports.source, reports.base_url) == ("edgar", "https://data.sec.gov")
    assert (reports.path, reports.user_agent, reports.cik) == (None, None, {})


def test_a_regime_is_two_indices_low_against_their_year():
    regime = config_of(changed("regime", {})).regime
    assert (regime.symbols, regime.window) == (("^VIX", "^MOVE"), 252)
    assert regime.percentile_below == 20.0


def test_the_run_needs_of_each_company_what_its_rules_read():
    spenders = dict.fromkeys(SPENDERS, frozenset({"capex"}))
    assert config_of(CAPEX).reports_needed == spenders
    sized = config_of(changed("sizing", {"kind": "capex_intensity"}, CAPEX))
    assert sized.reports_needed == {**spenders, "MSFT": frozenset({"capex", "revenue"})}
    other = config_of(changed("sizing", {"kind": "capex_intensity", "company": "ORCL"}, CAPEX))
    assert other.reports_needed == {**spenders, "ORCL": frozenset({"capex", "revenue"})}
    thesis = with_thesis(margin_holds={}, supplier_stalls={})
    assert thesis.reports_needed == {
        **spenders,
        "MSFT": frozenset({"capex", "revenue", "gross_profit"}),
        "NVDA": frozenset({"revenue"}),
    }
    assert config_of(LEAST).reports_needed == {}


def test_filings_that_resize_are_of_the_sizing_company_unless_named():
    def companies(rebalance, **sizing):
        document = changed("sizing", {"kind": "capex_intensity", **sizing}, CAPEX)
        return config_of(changed("rebalance", rebalance, document)).filing_companies

    assert companies({"kind": "on_filing"}) == ("MSFT",)
    assert companies({"kind": "on_filing"}, company="AMZN") == ("AMZN",)
    assert companies({"kind": "on_filing", "companies": ["NVDA", "MSFT"]}) == ("NVDA", "MSFT")
    both = [{"kind": "on_filing", "companies": ["NVDA"]}, {"kind": "monthly"}]
    assert companies({"kind": "any_of", "of": both}) == ("NVDA",)
    assert companies({"kind": "monthly"}) == ()


def test_indices_are_read_where_a_rule_asks_for_them_each_once():
    spike = {"symbol": "^VXN", "level": 40.0}
    document = changed("exits.thesis", {"price": {"vol_spike": spike}}, changed("regime", {}))
    assert config_of(document).gauges == ("^VXN", "^VIX", "^MOVE")
    vix = changed("exits.thesis.price.vol_spike.symbol", "^VIX", document)
    assert config_of(vix).gauges == ("^VIX", "^MOVE")


@pytest.mark.parametrize(
    ("path", "value", "reader"),
    [
        ("signal", {"kind": "capex"}, "signal kind capex"),
        ("sizing", {"kind": "capex_intensity"}, "sizing kind capex_intensity"),
        ("exits.thesis", {"supplier_stalls": {}}, "exits.thesis"),
        ("rebalance", {"kind": "on_filing"}, "rebalance kind on_filing"),
    ],
)
def test_what_reads_reports_asks_for_a_source_of_them(path, value, reader):
    with pytest.raises(ValidationError, match=f"fundamentals was null; .* because {reader} reads"):
        config_of(changed(path, value))


def test_a_run_that_reads_no_spender_needs_none():
    always = changed("signal", {"kind": "always"}, CAPEX)
    assert config_of(always).reports_needed == {}
    held = config_of(changed("exits.thesis", {"margin_holds": {}}, always))
    assert held.reports_needed == {"MSFT": frozenset({"revenue", "gross_profit"})}
    rollover = config_of(changed("exits.thesis", {"capex_rollover": {}}, always))
    assert set(rollover.reports_needed) == set(SPENDERS)


def test_a_price_break_reads_no_reports():
    document = changed("exits.thesis", {"price": {"stop_loss": 0.2}})
    assert config_of(document).exits.thesis.needs_reports is False


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("sizing", {"kind": "inverse_vol", "vol_target": 0.1, "gross": 2.0},
         "sizing.gross was 2.0; expected it left out beside vol_target"),
        ("sizing", {"kind": "inverse_vol", "vol_target": 0.1, "gross": 1.0},  # as the default is
         "sizing.gross was 1.0; expected it left out beside vol_target"),
        ("sizing", {"kind": "inverse_vol", "max_gross": 3.0},
         "sizing.max_gross was 3.0; expected it only beside vol_target"),
        ("sizing", {"kind": "capex_intensity", "min_multiple": 3.0},
         "sizing.max_multiple was 2.0; expected at least min_multiple"),
        ("signal", {"kind": "capex", "spenders": ["MSFT", "AMZN", "MSFT"]}, "MSFT is there more"),
        ("exits.thesis", {}, "expected capex_rollover, margin_holds, supplier_stalls or price"),
        ("exits.thesis", {"capex_rollover": {"exit_below": 0.5}},
         "exit_below was 0.5; expected at most signal.enter_above"),
        ("regime", {"symbols": ["^VIX", "^VIX"]}, "VIX is there more than once"),
        ("regime", {"percentile_below": 0.2}, "was 0.2; expected more than 0.397, the rank of"),
        ("exits.thesis", {"price": {}}, "expected stop_loss, trailing_stop or vol_spike"),
        ("exits.thesis", {"price": {"vol_spike": {}}}, "expected a level, a jump or both"),
        ("fundamentals", {"source": "csv"}, "fundamentals.path was null"),
        ("fundamentals", {"source": "edgar", "path": "x.csv"}, "fundamentals.path was 'x.csv'"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused(path, value, message):
    with pytest.raises(ValidationError, match=message):
        config_of(changed(path, value, CAPEX))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("signal", {"kind": "capex", "spenders": []}),
        ("signal", {"kind": "capex", "spenders": ["msft"]}),
        ("sizing", {"kind": "capex_intensity", "scales": "both"}),
        ("sizing", {"kind": "capex_intensity", "reference_quarters": 0}),
        ("sizing", {"kind": "capex_intensity", "min_multiple": 0.0}),
        ("sizing", {"kind": "beta_neutral", "vol_target": 0.0}),
        ("sizing", {"kind": "beta_neutral", "vol_target": 1.5}),
        ("exits.thesis", {"margin_holds": {"quarters": 0}}),
        ("exits.thesis", {"margin_holds": {"bps": 0.0}}),
        ("exits.thesis", {"rollover": {}}),
        ("exits.thesis", {"price": {"vol_spike": {"level": 0.0}}}),
        ("fundamentals", {"source": "bloomberg"}),
        ("fundamentals", {"base_url": "file:///etc/passwd"}),
        ("fundamentals", {"cik": {"MSFT": 0}}),
        ("fundamentals", {"cik": {"MSFT": "789019"}}),
        ("regime", {"symbols": []}),
        ("regime", {"percentile_below": 0.0}),
        ("regime", {"percentile_below": 100.5}),
        ("regime", {"window": 1}),
        ("rebalance", {"kind": "on_filing", "companies": ["Microsoft"]}),
    ],
)
def test_a_word_or_a_number_outside_its_range_is_refused(path, value):
    with pytest.raises(ValidationError):
        config_of(changed(path, value, CAPEX))


def test_a_resolved_capex_configuration_resolves_to_itself():
    document = changed("sizing", {"kind": "capex_intensity", "vol_target": 0.1}, CAPEX)
    config = config_of(changed("regime", {}, document))
    assert config_of(config.resolved()) == config
