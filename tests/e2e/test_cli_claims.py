"""An article's claims from the command line: tables on stdout, nothing written, nothing lost."""

import pytest

import run
from tests.e2e.edgar_server import edgar_server
from tests.e2e.program import OFTEN, overrides, run_py
from tests.unit.companyfacts import document, entry

pytestmark = pytest.mark.usefixtures("without_quantstats")

GROWTH = "{label: IGV since March, published: 3, digits: 0, figure: {kind: growth, symbol: IGV, since: 2026-03-02, until: 2026-06-30}}"  # noqa: E501
MISSING = "{label: AAPL on the day, published: 3.79, digits: 2, figure: {kind: session, symbol: AAPL, on: 2026-06-26}}"  # noqa: E501
MARGIN = "{label: margin of ServiceNow, published: 75.1, digits: 1, figure: {kind: gross_margin, company: NOW, on: 2026-06-26}}"  # noqa: E501
SALES = {"2026": (4_000, 3_004, "2026-04-22"), "2025": (3_000, 2_370, "2025-04-23")}


def claims(*figures, more=()):
    return [*OFTEN, *overrides(f"audit.published=[{', '.join(figures)}]", *more)]


def test_the_tables_are_printed_and_what_lacks_is_named(desk, capsys):
    assert run.main(["claims", *claims(GROWTH, MISSING)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "SYNTHETIC DATA."
    assert lines[1] == "Published against computed"
    assert lines[2].startswith("Of 2 published figures ")
    assert lines[2].endswith("1 not tried.")
    head, first, second = lines[3:6]
    assert head.index("published") < head.index("computed") < head.index("outcome")
    assert first[: len("IGV since March")] == "IGV since March"
    assert second.endswith("not tried: needs AAPL prices")
    assert first.index("%") > 0
    assert "the sample has no 'AAPL'" in lines[6]
    assert not desk.exists()  # nothing is written


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2030-01-01", " is 2030-01-01, after the last session (2026-06-30): nothing of the run "
         "came after it, so nothing is told apart."),
        ("1999-01-04", " is 1999-01-04, before the first session ("),
    ],
)  # fmt: skip
def test_a_day_of_publication_outside_of_the_run_is_said(desk, capsys, day, said):
    assert run.main(["claims", *claims(GROWTH, more=(f"audit.published_on={day}",))]) == 0
    assert f"audit.published_on{said}" in capsys.readouterr().out.splitlines()[2]


def test_quiet_tells_the_tables_alone(desk, capsys):
    assert run.main(["claims", "--quiet", *claims(GROWTH)]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert told.out.splitlines()[1] == "Published against computed"
    assert run.main(["claims", *claims(GROWTH)]) == 0
    assert capsys.readouterr().out == told.out


def test_a_configuration_without_claims_is_told_what_they_are(desk, capsys):
    assert run.main(["claims", "configs/sample.yaml"]) == 2
    assert "audit claimed nothing; expected audit.published, forecasts" in capsys.readouterr().err


def test_trades_conditions_and_options_have_their_tables(desk, capsys):
    more = (
        "audit.published_on=2026-03-02",
        "audit.forecasts=[{label: IGV over SMH, long: IGV, short: SMH}]",
        "audit.conditions=[{kind: new_high, label: SMH again, symbol: SMH}]",
        "audit.execution={quotes_cents: {SMH: 25, IGV: 25}}",
    )
    assert run.main(["claims", *claims(GROWTH, more=more)]) == 0
    told = capsys.readouterr().out
    for title in ("Its trades, as forecasts", "What was said to end them",
                  "What options would have paid"):  # fmt: skip
        assert title in told.splitlines()
    assert "IGV over SMH" in told
    assert "eats it at" in told


def test_the_same_rules_on_the_pairs_beside_or_why_they_are_not_for_them(desk, capsys):
    pairs = (
        "audit.pairs=[SMH/QQQ]",
        "audit.execution={quotes_cents: {SMH: 25, IGV: 25, QQQ: 5}}",
    )
    assert run.main(["claims", *claims(GROWTH, more=pairs)]) == 0
    (line,) = [each for each in capsys.readouterr().out.splitlines() if each.startswith("SMH/QQQ")]
    assert line.count("$") == 4
    spread = ("signal={kind: spread, y: IGV}", *pairs)
    assert run.main(["claims", *claims(GROWTH, more=spread)]) == 0
    (line,) = [each for each in capsys.readouterr().out.splitlines() if each.startswith("SMH/QQQ")]
    assert line.endswith("not run: signal.y was IGV; expected a leg of the pair, SMH and QQQ")


def test_reports_that_only_claims_read_are_fetched_and_then_known_offline(arrival, tmp_path):
    tags = {
        tag: [entry(f"{year}-01-01", f"{year}-03-31", values[place], values[2])
              for year, values in sorted(SALES.items())]
        for place, tag in enumerate(("Revenues", "GrossProfit"))
    }  # fmt: skip
    capex = {"PaymentsToAcquirePropertyPlantAndEquipment": [
        entry("2026-01-01", "2026-03-31", 100, "2026-04-22")]}  # fmt: skip
    numbers = {789019: capex, 1018724: capex, 1326801: capex, 1652044: capex, 1373715: tags}
    served = {cik: document(own, cik=cik) for cik, own in numbers.items()}
    user = {**arrival, "SCHISM_CACHE_DIR": str(tmp_path / "cache")}
    words = claims(MARGIN, more=("fundamentals={source: edgar}",))
    with edgar_server(served) as edgar:
        assert run_py(["fetch", *words], user | edgar.environment).code == 0
        asked = edgar.requests
        done = run_py(["claims", *words], user | edgar.environment)
        assert edgar.requests == asked  # nothing is downloaded beside the run
    assert done.code == 0, done.err
    (line,) = [each for each in done.out.splitlines() if each.startswith("margin of ServiceNow")]
    # 3,004 of 4,000.
    assert line.split() == ["margin", "of", "ServiceNow", "75.1%", "75.10%", "+0.00", "reproduces"]


def test_reports_that_were_not_fetched_are_a_reason_and_no_download(arrival, tmp_path):
    user = {**arrival, "SCHISM_CACHE_DIR": str(tmp_path / "cache")}
    done = run_py(["claims", *claims(MARGIN)], user)
    assert done.code == 0, done.err
    assert "not tried: needs NOW gross profit" in done.out
    assert "fundamentals is null: no source of reports is named" in done.out
