"""Dated price lists: the rate of a day, days no table knows, and tables that are refused."""

import datetime as dt
from importlib import resources

import numpy as np
import pytest
import yaml

from configs.errors import ConfigError
from configs.schema import CostsConfig
from engine.costs.price_list import tariffs_of
from engine.costs.sale_fees import fee_findings, sale_fees
from engine.costs.tariffs import SHIPPED, entries_on, load_tariffs
from tests.unit.hand_market import hand_config, hand_leg, hand_market, side_file

CHARGED = CostsConfig.model_validate({"fees": {"kind": "us_sales"}})
FREE = CostsConfig.model_validate({"fees": {"kind": "none"}})


def days(*each):
    return np.array(each, dtype="datetime64[D]")


def market_of(costs):
    config = hand_config(costs=costs)
    legs = (hand_leg(symbol, [100.0], [100.0]) for symbol in ("LLL", "SSS"))
    return hand_market(["2024-01-02", "2024-01-03"], *legs, config=config)


def shipped_fees(*each):
    return sale_fees(CHARGED, load_tariffs(), days(*each))


# --- the shipped table, against the published advisories ---


@pytest.mark.parametrize(
    ("day", "usd_per_million"),
    [
        ("2018-05-22", 13.00),
        ("2019-04-15", 13.00),
        ("2019-04-16", 20.70),
        ("2020-02-17", 20.70),
        ("2020-02-18", 22.10),
        ("2021-02-24", 22.10),
        ("2021-02-25", 5.10),
        ("2022-05-13", 5.10),
        ("2022-05-14", 22.90),
        ("2023-02-26", 22.90),
        ("2023-02-27", 8.00),
        ("2024-05-21", 8.00),
        ("2024-05-22", 27.80),
        ("2025-05-13", 27.80),
        ("2025-05-14", 0.00),
        ("2026-04-03", 0.00),
        ("2026-04-04", 20.60),
        ("2026-12-31", 20.60),
    ],
)
def test_section_31_on_both_sides_of_each_change(day, usd_per_million):
    assert shipped_fees(day).sec_usd_per_million == [usd_per_million]


@pytest.mark.parametrize(
    ("day", "per_share_usd", "max_usd"),
    [
        ("2020-01-01", 0.000119, 5.95),
        ("2021-12-31", 0.000119, 5.95),
        ("2022-01-01", 0.000130, 6.49),
        ("2022-12-31", 0.000130, 6.49),
        ("2023-01-01", 0.000145, 7.27),
        ("2023-12-31", 0.000145, 7.27),
        ("2024-01-01", 0.000166, 8.30),
        ("2025-12-31", 0.000166, 8.30),
        ("2026-01-01", 0.000195, 9.79),
        ("2026-09-30", 0.000195, 9.79),
        ("2026-10-01", 0.0, 0.0),
        ("2026-12-31", 0.0, 0.0),
    ],
)
def test_the_trading_activity_fee_on_both_sides_of_each_change(day, per_share_usd, max_usd):
    fees = shipped_fees(day)
    assert (fees.taf_per_share_usd, fees.taf_max_usd) == ([per_share_usd], [max_usd])


def test_days_no_table_knows_are_charged_its_highest_rate():
    # Before the first date of each table and after the last day it is known for.
    fees = shipped_fees("2018-05-21", "2019-12-31", "2027-01-04")
    assert fees.sec_usd_per_million == [27.80, 20.70, 27.80]
    assert fees.taf_per_share_usd == [0.000195] * 3
    assert fees.taf_max_usd == [9.79] * 3


def test_days_no_table_knows_are_told_with_their_dates():
    sessions = days("2018-05-21", "2018-05-22", "2026-12-31", "2027-01-04", "2027-01-05")
    sec, taf = fee_findings(CHARGED, load_tariffs(), sessions)
    assert (sec.check, sec.severity) == (taf.check, taf.severity) == ("fee_unknown", "warning")
    assert sec.dates == ("2018-05-21", "2027-01-04", "2027-01-05")
    assert taf.dates == ("2018-05-21", "2018-05-22", "2027-01-04", "2027-01-05")
    assert sec.text == (
        "SEC section 31: no rate is known for 3 sessions (2018-05-21 to 2027-01-05); sales there "
        "are charged the highest rate of the table"
    )
    assert taf.text.startswith("FINRA TAF: no rate is known for 4 sessions (2018-05-21 to ")


def test_days_the_table_knows_are_no_finding():
    assert fee_findings(CHARGED, load_tariffs(), days("2020-01-02", "2026-12-31")) == []


def test_a_run_without_sale_fees_neither_pays_nor_warns():
    sessions = days("1999-01-04", "2024-06-03")
    fees = sale_fees(FREE, load_tariffs(), sessions)
    assert fees.sec_usd_per_million == fees.taf_per_share_usd == fees.taf_max_usd == [0.0, 0.0]
    assert fee_findings(FREE, load_tariffs(), sessions) == []


def test_the_shipped_lists_of_the_broker():
    tariffs = load_tariffs()
    (fixed,) = tariffs.ibkr_fixed
    assert (fixed.per_share_usd, fixed.min_usd, fixed.max_frac) == (0.005, 1.0, 0.01)
    (tiered,) = tariffs.ibkr_tiered
    assert tiered.tier_ends == (300_000, 3_000_000, 20_000_000, 100_000_000, float("inf"))
    assert tiered.tier_usd == (0.0035, 0.0020, 0.0015, 0.0010, 0.0005)
    assert (tiered.min_usd, tiered.max_frac, tiered.clearing_per_share_usd) == (0.35, 0.01, 0.0002)


def test_every_shipped_rate_names_its_source():
    tariffs = load_tariffs()
    dated = [
        *tariffs.ibkr_fixed,
        *tariffs.ibkr_tiered,
        *tariffs.sec_section_31.rates,
        *tariffs.finra_taf.rates,
    ]
    assert len(dated) == 1 + 1 + 9 + 6
    assert all(len(each.source) > 10 for each in dated)


def test_the_table_is_shipped_beside_the_costs():
    assert resources.files("engine.costs").joinpath("tariffs.yaml").is_file()


# --- the entry of a day ---


def test_the_entry_of_a_day_is_the_last_one_since_whatever_their_order():
    rates = load_tariffs().sec_section_31.rates
    sessions = days("2000-01-03", "2018-05-22", "2024-05-21", "2024-05-22", "2030-01-02")
    since = [
        dt.date(2018, 5, 22), dt.date(2018, 5, 22), dt.date(2023, 2, 27), dt.date(2024, 5, 22),
        dt.date(2026, 4, 4),
    ]  # fmt: skip
    for given in (rates, rates[::-1]):
        assert [each.since for each in entries_on(given, sessions)] == since


# --- another table ---


@pytest.fixture
def table(tmp_path):
    """Writes the shipped table with changes; returns its path."""

    def write(change):
        document = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
        change(document)
        path = tmp_path / "mine.yaml"
        path.write_text(yaml.safe_dump(document), encoding="utf-8")
        return path

    return write


def test_a_run_may_name_its_own_table(table):
    def doubled(document):
        document["sec_section_31"]["rates"] = [
            {"since": dt.date(2024, 1, 2), "usd_per_million": 55.6, "source": "the desk's own"}
        ]

    path = table(doubled)
    section = {"fees": {"kind": "us_sales", "table": str(path)}}
    costs = CostsConfig.model_validate(section)
    fees = sale_fees(costs, tariffs_of(costs, market_of(section)), days("2024-01-01", "2024-06-03"))
    assert fees.sec_usd_per_million == [55.6, 55.6]
    assert tariffs_of(CHARGED, market_of({})) == load_tariffs()


def without(*path):
    def change(document):
        for key in path[:-1]:
            document = document[key]
        del document[path[-1]]

    return change


def setting(value, *path):
    def change(document):
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without("finra_taf"), r"finra_taf: Field required"),
        (without("sec_section_31", "known_until"), r"sec_section_31\.known_until: Field required"),
        (without("ibkr_fixed", 0, "source"), r"ibkr_fixed\.0\.source: Field required"),
        (setting([], "finra_taf", "rates"), r"finra_taf\.rates: .* at least 1 item"),
        (setting(-1, "sec_section_31", "rates", 2, "usd_per_million"),
         r"sec_section_31\.rates\.2\.usd_per_million: .* greater than or equal to 0"),
        (setting("soon", "ibkr_fixed", 0, "since"), r"ibkr_fixed\.0\.since: .*expected a date"),
        (setting(1, "not_a_list"), r"not_a_list: Extra inputs are not permitted"),
        # Tiers that leave shares without a price, or two prices for one share.
        (setting([300, 200, 1e6, 1e7, float("inf")], "ibkr_tiered", 0, "tier_ends"),
         r"ibkr_tiered\.0: .*tier_ends was \[300.0, 200.0.*; expected ascending ends"),
        (setting([1, 2, 3, 4, 5], "ibkr_tiered", 0, "tier_ends"),
         r"ibkr_tiered\.0: .*expected ascending ends, the last \.inf"),
        (setting([1, float("inf")], "ibkr_tiered", 0, "tier_ends"),
         r"ibkr_tiered\.0: .*expected .*one a rate"),
        (setting([], "ibkr_tiered", 0, "tier_ends"), r"ibkr_tiered\.0: .*tier_ends was \[\]"),
        (setting([0.0, float("inf")], "ibkr_tiered", 0, "tier_ends"),
         r"ibkr_tiered\.0\.tier_ends\.0: .*greater than 0"),
    ],
)  # fmt: skip
def test_a_table_of_another_form_is_refused_with_its_key(table, change, message):
    path = table(change)
    with pytest.raises(ConfigError, match=rf"mine\.yaml: {message}") as caught:
        load_tariffs(side_file(path))
    assert str(caught.value).endswith("; expected the form of tariffs.yaml")
    assert "\n" not in str(caught.value)
