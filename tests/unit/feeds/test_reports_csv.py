"""A file of quarters: what each cell becomes, and every way a file can be wrong."""

import csv
import datetime as dt
import os
from pathlib import Path

import pytest

from feeds.filings.reports_csv import COLUMNS, CsvReports
from feeds.source import DataError

HEADER = ",".join(
    (*COLUMNS, "form", "accession", "tag", "revenue_tag", "revenue_available_from", "filed")
)
MSFT = (
    "MSFT,2025-01-01,2025-03-31,2025-04-30,16745,70066,48147,37044,10-Q,0000950170-25-061046,"
    "PaymentsToAcquirePropertyPlantAndEquipment,Revenue,2025-04-30,"
)


def reports_of(tmp_path, *rows, header=HEADER):
    path = tmp_path / "quarters.csv"
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return CsvReports(path)


def test_a_row_becomes_a_fact_for_each_amount(tmp_path):
    reports = reports_of(tmp_path, MSFT).reports("MSFT")
    collected = {fact.concept: fact for fact in reports.facts}
    assert {name: fact.value for name, fact in collected.items()} == {
        "capex": 16745.0, "revenue": 70066.0, "gross_profit": 48147.0,
        "operating_cash_flow": 37044.0,
    }  # fmt: skip
    capex = collected["capex"]
    assert (capex.start, capex.end) == (dt.date(2025, 1, 1), dt.date(2025, 3, 31))
    assert (capex.filed, capex.form) == (dt.date(2025, 4, 30), "10-Q")
    assert capex.accession == "0000950170-25-061046"
    assert (capex.tag, collected["revenue"].tag) == (
        "PaymentsToAcquirePropertyPlantAndEquipment",
        "Revenue",
    )
    assert reports.origin.endswith("quarters.csv")
    assert len(reports.sha256) == 64


def test_an_empty_amount_is_no_fact(tmp_path):
    row = "AMZN,2025-01-01,2025-03-31,2025-05-02,25019,,,,10-Q,,,,,"
    (only,) = reports_of(tmp_path, row).reports("AMZN").facts
    assert (only.concept, only.value) == ("capex", 25019.0)


def test_what_is_no_capex_has_the_day_of_the_revenue_where_it_differs(tmp_path):
    # NVDA's capex of that quarter was tagged only a year later; its revenue was public at once.
    row = "NVDA,2023-05-01,2023-07-30,2024-08-28,289,13507,9462,6348,10-Q,,,,2023-08-28,"
    filed = {fact.concept: fact.filed for fact in reports_of(tmp_path, row).reports("NVDA").facts}
    assert filed.pop("capex") == dt.date(2024, 8, 28)
    assert set(filed.values()) == {dt.date(2023, 8, 28)}


def test_a_number_told_later_than_its_row_s_filing_names_no_report(tmp_path):
    header = f"{','.join(COLUMNS)},filed,form,accession,revenue_available_from"
    row = "NVDA,2023-05-01,2023-07-30,2024-08-28,289,13507,,,2023-08-28,10-Q,0001045810,2023-08-28"
    capex, revenue = reports_of(tmp_path, row, header=header).reports("NVDA").facts[::-1]
    assert (capex.concept, capex.form, capex.accession) == ("capex", "", "")
    assert (revenue.concept, revenue.form, revenue.accession) == ("revenue", "10-Q", "0001045810")


def test_without_a_day_of_its_own_everything_is_public_from_use_from(tmp_path):
    header = ",".join(COLUMNS)
    row = "NVDA,2023-05-01,2023-07-30,2024-08-28,289,13507,9462,6348"
    facts = reports_of(tmp_path, row, header=header).reports("NVDA").facts
    assert {fact.filed for fact in facts} == {dt.date(2024, 8, 28)}
    assert {fact.form for fact in facts} == {""}


def test_companies_are_apart_and_a_stranger_is_named(tmp_path):
    source = reports_of(tmp_path, MSFT, MSFT.replace("MSFT", "NVDA"))
    assert (source.has("NVDA"), source.has("IGV")) == (True, False)
    assert {fact.company for fact in source.reports("NVDA").facts} == {"NVDA"}
    with pytest.raises(DataError, match="has no row of IGV; it has MSFT, NVDA"):
        source.reports("IGV")


def changed(cell, value):
    cells = MSFT.split(",")
    cells[HEADER.split(",").index(cell)] = value
    return ",".join(cells)


WRONG = {
    "text for an amount": (changed("capex_usd", "n/a"), ":2: capex_usd was 'n/a'; expected dol"),
    "infinite": (changed("revenue_usd", "inf"), ":2: revenue_usd was 'inf'; expected dollars"),
    "NaN": (changed("gross_profit_usd", "nan"), ":2: gross_profit_usd was 'nan'"),
    "underscore": (changed("capex_usd", "16_745"), ":2: capex_usd was '16_745'"),
    "negative capex": (changed("capex_usd", "-1"), ":2: capex_usd was '-1'; expected dollars abov"),
    "zero capex": (changed("capex_usd", "0"), ":2: capex_usd was '0'; expected dollars above zero"),
    "zero revenue": (changed("revenue_usd", "0.0"), ":2: revenue_usd was '0.0'; expected dollars"),
    "negative revenue": (changed("revenue_usd", "-5"), ":2: revenue_usd was '-5'; expected dol"),
    "beyond any company": (changed("revenue_usd", "1e300"), ":2: revenue_usd was '1e300'; expecte"),
    "margin above one": (changed("gross_profit_usd", "70067"), ":2: gross_profit_usd was 70,067,"),
    "millions in a row": (changed("capex_usd", "16745000000"), ":2: revenue_usd was 70,066 beside"),
    "used before filed": (changed("filed", "2025-05-01"), ":2: use_from was 2025-04-30, before f"),
    "text in filed": (changed("filed", "May 1"), ":2: filed was 'May 1'; expected a day like 2024"),
    "filed in its quarter": (changed("filed", "2025-03-31"), ":2: filed was 2025-03-31; expected"),
    "the day after": (changed("use_from", "2025-04-01"), ":2: use_from was 2025-04-01, 1 day(s)"),
    "four days after": (changed("use_from", "2025-04-04"), "expected the day it was filed, 5 days"),
    "no date": (changed("period_end", "31.3.2025"), ":2: period_end was '31.3.2025'; expected"),
    "empty date": (changed("use_from", ""), ":2: use_from was ''; expected a day"),
    "ends before it begins": (changed("period_end", "2024-12-31"), "was 0 days; expected a"),
    "half a year": (changed("period_start", "2024-10-01"), ":2: period_start 2024-10-01 to period"),
    "a space in the ticker": (f" {MSFT}", ":2: ticker was ' MSFT'; expected an upper-case ticker"),
    "public too early": (changed("use_from", "2025-03-31"), "nobody reports a quarter before"),
    "revenue too early": (changed("revenue_available_from", "2025-01-31"), "nobody reports"),
    "missing cell": (MSFT.rpartition(",")[0], ":2: had other cells than the header's 14"),
    "extra cell": (f"{MSFT},7", ":2: had other cells than the header's 14"),
    "open quote": (changed("form", '"10-Q'), ": is not CSV"),
}  # fmt: skip


@pytest.mark.parametrize(("row", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_row_is_refused_with_its_line(tmp_path, row, message):
    with pytest.raises(DataError) as refused:
        reports_of(tmp_path, row).reports("MSFT")
    assert message in str(refused.value)
    assert "quarters.csv" in str(refused.value)


def test_a_quarter_given_twice_is_refused(tmp_path):
    # The same quarter although the dates differ by some days.
    again = MSFT.replace("2025-03-31", "2025-03-30")
    with pytest.raises(DataError, match=r":3: MSFT has the quarter to 2025-03-30 a second time"):
        reports_of(tmp_path, MSFT, again).reports("MSFT")


def test_a_file_that_is_none_of_ours_says_what_one_looks_like(tmp_path):
    with pytest.raises(DataError, match=r":1: has none of the columns .* a CSV file with commas"):
        reports_of(tmp_path, header=HEADER.replace(",", ";")).reports("MSFT")


def test_a_missing_column_and_a_missing_file_are_named(tmp_path):
    header = HEADER.replace("use_from,", "")
    with pytest.raises(DataError, match=r":1: has no column use_from; expected ticker,"):
        reports_of(tmp_path, header=header).reports("MSFT")
    with pytest.raises(DataError, match="could not be read"):
        CsvReports(tmp_path / "none.csv").reports("MSFT")
    (tmp_path / "latin.csv").write_bytes(b"ticker,\xe9\n")
    with pytest.raises(DataError, match="not UTF-8"):
        CsvReports(tmp_path / "latin.csv").reports("MSFT")
    with pytest.raises(DataError, match="it has no company"):
        reports_of(tmp_path).reports("MSFT")


def test_a_column_given_twice_is_refused_with_line_1(tmp_path):
    with pytest.raises(
        DataError, match=r"quarters\.csv:1: has the column capex_usd more than once"
    ):
        reports_of(tmp_path, f"{MSFT},1", header=f"{HEADER},capex_usd").reports("MSFT")


def test_a_negative_cash_flow_is_a_number(tmp_path):
    row = changed("operating_cash_flow_usd", "-37.5")
    facts = reports_of(tmp_path, row).reports("MSFT").facts
    assert {f.value for f in facts if f.concept == "operating_cash_flow"} == {-37.5}


# Amounts and days that do not fit together

BILLION = 1_000_000_000


def quarter(end, capex, revenue, *, ticker="XYZ", profit="", cash="", public=None):
    """One row, of 91 days; it is public after 30 unless said otherwise."""
    last = dt.date.fromisoformat(end)
    first, filed = last - dt.timedelta(90), public or last + dt.timedelta(30)
    return f"{ticker},{first},{last},{filed},{capex},{revenue},{profit},{cash},,,,,,"


def findings_of(tmp_path, *rows, company="XYZ"):
    computed = reports_of(tmp_path, *rows).reports(company).findings
    return [(finding.check, finding.dates, finding.severity) for finding in computed]


def test_amounts_as_companies_report_them_are_no_finding(tmp_path):
    # NVIDIA's capex of 2015 and 2016 tripled in two quarters; Amazon's fell to a third in one.
    rows = (
        quarter("2015-10-25", 17_000_000, BILLION, profit=700_000_000, cash=-BILLION),
        quarter("2016-01-31", 55_000_000, BILLION, profit=BILLION, cash=900_000_000),
    )
    assert findings_of(tmp_path, *rows) == []


@pytest.mark.parametrize(
    ("amounts", "line", "message"),
    [
        (
            (16_745_000_000, 19_394),
            3,
            "capex_usd was 19,394, and 16,745,000,000 the quarter before",
        ),
        ((16_745, 19_394_000_000), 3, "capex_usd was 19,394,000,000, and 16,745 the quarter bef"),
        ((16_745_000_000, 19_394_000), 3, "capex_usd was 19,394,000, and 16,745,000,000 the q"),
    ],
)
def test_an_amount_in_another_unit_than_the_quarter_before_is_refused(
    tmp_path, amounts, line, message
):
    days = ("2025-03-31", "2025-06-30")
    rows = [quarter(day, usd, "") for day, usd in zip(days, amounts, strict=True)]
    with pytest.raises(DataError, match=rf"quarters\.csv:{line}: {message}.*quarters\.csv:2") as no:
        reports_of(tmp_path, *rows).reports("XYZ")
    assert "write millions out" in str(no.value)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (
            {"capex": 16_745, "revenue": 70 * BILLION},
            "capex_usd was 16,745 beside revenue_usd 70,0",
        ),
        ({"capex": 16 * BILLION, "revenue": 70_066}, "revenue_usd was 70,066 beside capex_usd 16,"),
        ({"capex": "", "revenue": BILLION, "profit": 700}, "gross_profit_usd was 700 beside reven"),
        (
            {"capex": "", "revenue": BILLION, "cash": -700},
            "operating_cash_flow_usd was -700 beside",
        ),
    ],
)
def test_one_quarter_s_amounts_in_two_units_are_refused(tmp_path, cells, message):
    with pytest.raises(DataError, match=rf"quarters\.csv:2: {message}"):
        reports_of(tmp_path, quarter("2025-03-31", **cells)).reports("XYZ")


def test_a_company_in_millions_beside_one_in_dollars_is_refused(tmp_path):
    rows = (
        quarter("2025-03-31", 25 * BILLION, 155 * BILLION, ticker="AMZN"),
        quarter("2025-03-31", 16_745, 70_066, ticker="MSFT"),
    )
    with pytest.raises(
        DataError, match=r"quarters\.csv:3: MSFT's largest amount was 70,066 dollars"
    ):
        reports_of(tmp_path, *rows).reports("AMZN")


def test_what_somebody_may_mean_is_a_finding(tmp_path):
    first = quarter("2024-12-31", 4_000_000, BILLION)
    second = quarter("2025-03-31", 4_000_000 * 30, BILLION, profit=-5_000_000, cash=0)
    third = quarter("2025-06-30", 100_000_000, BILLION, public="2025-07-09")
    assert findings_of(tmp_path, first, second, third) == [
        ("filed_early", ("2025-06-30",), "warning"),  # nine days after its end
        ("amount_odd", ("2025-03-31",), "warning"),  # a loss on sales, and a cash flow of nothing
        ("amount_odd", ("2025-03-31",), "warning"),  # capex thirty times the quarter before
    ]
    rich = quarter("2025-06-30", 100_000, BILLION)
    assert findings_of(tmp_path, rich) == [("amount_odd", ("2025-06-30",), "warning")]
    young = quarter("2025-06-30", 31_000_000, 1_000_000)
    assert findings_of(tmp_path, young) == [("amount_odd", ("2025-06-30",), "warning")]


def test_a_company_in_thousands_beside_one_in_dollars_is_a_finding(tmp_path):
    rows = (
        quarter("2025-03-31", 25 * BILLION, 155 * BILLION, ticker="AMZN"),
        quarter("2025-03-31", 16_745_000, 70_066_000, ticker="MSFT"),
        quarter("2025-03-31", BILLION, 2 * BILLION),  # smaller by 77 times: a smaller company
    )
    reports = reports_of(tmp_path, *rows)
    (finding,) = reports.reports("MSFT").findings
    assert (finding.check, finding.dates, finding.severity) == ("amount_small", (), "warning")
    assert finding.text.endswith(
        "quarters.csv:3: MSFT's largest amount of a quarter was 70,066,000 dollars beside "
        "155,000,000,000 of another company; every amount is in dollars: write thousands out"
    )
    assert [reports.reports(name).findings for name in ("AMZN", "XYZ")] == [(), ()]


def test_a_whole_file_of_small_amounts_is_a_finding(tmp_path):
    (finding,) = reports_of(tmp_path, MSFT).reports("MSFT").findings
    assert (finding.check, finding.dates) == ("amount_small", ())
    assert "quarters.csv:2: MSFT's largest amount of a quarter was 70,066 dollars" in finding.text


@pytest.mark.market
@pytest.mark.skipif(
    "FUNDAMENTALS_DATA" not in os.environ, reason="FUNDAMENTALS_DATA names no folder of reports"
)
def test_the_real_file_is_read_whole():
    path = Path(os.environ["FUNDAMENTALS_DATA"]) / "capex_quarterly.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    source = CsvReports(path)
    for company in {row["ticker"] for row in rows}:
        own = [row for row in rows if row["ticker"] == company]
        for concept, column in (
            ("capex", "capex_usd"), ("revenue", "revenue_usd"),
            ("gross_profit", "gross_profit_usd"),
            ("operating_cash_flow", "operating_cash_flow_usd"),
        ):  # fmt: skip
            read = sorted(f.value for f in source.reports(company).facts if f.concept == concept)
            assert read == sorted(float(row[column]) for row in own if row[column])
    assert all(fact.filed > fact.end for fact in source.reports("NVDA").facts)
