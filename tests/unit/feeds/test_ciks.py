"""One company under two tickers: told by the number it files under, whatever it is called."""

import pytest

from configs.errors import ConfigError
from configs.load import parse, validate
from feeds.filings.ciks import check_companies, cik_of, company_findings

ALPHABET, APPLE = 1652044, 320193


def config(*, spenders="MSFT", pair="{long: NVDA, short: MSFT}", cik="{}", reports=True):
    fundamentals = f"fundamentals: {{source: edgar, cik: {cik}}}" if reports else ""
    signal = f"{{kind: capex, spenders: [{spenders}]}}" if reports else "{kind: always}"
    text = (
        "name: two classes\ndata: {start: 2024-01-02}\n"
        f"pair: {pair}\nsignal: {signal}\n{fundamentals}\n"
    )
    return validate(parse(text, "classes.yaml"), "classes.yaml")


def test_a_given_number_counts_before_a_shipped_one():
    assert (cik_of("GOOG", {}), cik_of("GOOGL", {})) == (ALPHABET, ALPHABET)
    assert cik_of("GOOG", {"GOOG": 7}) == 7
    assert cik_of("XYZ", {}) is None


@pytest.mark.parametrize(
    ("spenders", "cik", "both"),
    [
        ("GOOG, GOOGL, MSFT", "{}", "GOOG and GOOGL file under one SEC number (1652044)"),
        ("MSFT, GOOGL, XYZ", "{XYZ: 1652044}", "GOOGL and XYZ file under one SEC number"),
        ("AAPL, APPLE", f"{{AAPL: {APPLE}, APPLE: {APPLE}}}", "AAPL and APPLE file under one"),
        ("MSFT, AMZN", "{AMZN: 789019}", "MSFT and AMZN file under one SEC number (789019)"),
    ],
)
def test_a_spender_counted_twice_is_refused(spenders, cik, both):
    with pytest.raises(
        ConfigError, match=r"^signal\.spenders was \[.*expected each company once"
    ) as no:
        check_companies(config(spenders=spenders, cik=cik))
    assert both in str(no.value)


def test_tickers_with_numbers_of_their_own_are_two_companies():
    check_companies(config(spenders="GOOG, GOOGL", cik="{GOOG: 1288776}"))  # Google Inc. of old
    check_companies(config(spenders="XYZ, ABC"))  # nobody knows their numbers
    check_companies(config(spenders="MSFT, AMZN, META, GOOGL"))


def test_a_leg_may_be_a_spender():
    check_companies(config(spenders="GOOGL", pair="{long: NVDA, short: GOOG}"))


def test_one_report_cannot_speak_for_both_legs():
    with pytest.raises(ConfigError, match=r"^pair\.short was GOOGL; .* than pair\.long \(GOOG\)"):
        check_companies(config(pair="{long: GOOG, short: GOOGL}"))


def test_two_classes_of_a_share_may_be_traded_without_reports_and_the_page_says_so():
    classes = config(pair="{long: GOOG, short: GOOGL}", reports=False)
    check_companies(classes)
    (finding,) = company_findings(classes)
    assert (finding.check, finding.symbol, finding.severity) == (
        "one_company",
        "GOOG/GOOGL",
        "info",
    )
    assert company_findings(config(reports=False)) == ()
