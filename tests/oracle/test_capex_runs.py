"""Short runs of the capex trade on invented reports and prices, every session worked by hand."""

import math

import pytest

from tests.oracle.capex_invented import DAYS, quarter_end, quarters, report, run_pair, write_prices

FLAT = [100.0] * 12, [50.0] * 12


def line(run, name):
    return [row[name] for row in run["signals"]]


def acted(run):
    return [row["date"] for row in run["signals"] if row["acted"]]


def trades_of(run, *names):
    """Return some columns of every trade, closed or open."""
    return [tuple(t[name] for name in names) for t in (*run["trades"], *run["open_trades"])]


# --- entries ---


def spending(*later):
    """Return reports of one spender: 100 a quarter in 2023, then what it told later."""
    before = quarters("AAA", 8092, "2024-01-31", capex_usd=[100] * 4)
    rows = [report("AAA", quarter_end(8096 + k), day, capex_usd=usd)
            for k, (day, usd) in enumerate(later)]  # fmt: skip
    return before + rows


def test_capex_triggers_on_the_session_after_the_report_and_fills_on_the_one_after(tmp_path):
    signal = {"kind": "capex", "enter_above": 0.25, "spenders": ["AAA"]}
    run = run_pair(tmp_path, *FLAT, spending(("2024-06-05", 125)), signal=signal)
    assert line(run, "capex_growth") == [None] * 3 + [0.25] * 9
    assert line(run, "entry") == [False] * 3 + [True] * 9
    assert acted(run) == ["2024-06-06"]
    assert trades_of(run, "entry_decided", "entry") == [("2024-06-06", "2024-06-07")]


def test_broken_thesis_opens_nothing_and_leaves_the_trigger_as_it_is(tmp_path):
    # The supplier grew 5 % a year ago; from the 6th it is known to grow 20 %.
    rows = quarters("LLL", 8092, "2024-01-31", revenue_usd=[100, 100, 100, 100, 105])
    rows.append(report("LLL", quarter_end(8097), "2024-06-05", revenue_usd=120))
    exits = {"thesis": {"supplier_stalls": {"below": 0.10}}}
    run = run_pair(tmp_path, *FLAT, rows, exits=exits)
    assert line(run, "entry") == [True] * 12
    assert acted(run) == ["2024-06-06"]


def test_spike_leaves_and_opens_nothing_while_it_lasts(tmp_path):
    write_prices(tmp_path, "^VIX", [20.0, 20.0, 40.0, 41.0, 39.0, *[20.0] * 7])
    exits = {"thesis": {"price": {"vol_spike": {}}}}
    run = run_pair(tmp_path, *FLAT, exits=exits)
    assert line(run, "entry") == [True] * 12
    # Left on the 5th; on the 6th the exit fills and the spike still holds.
    assert acted(run) == ["2024-06-03", "2024-06-07"]
    (gone,) = run["trades"]
    assert (gone["exit_reason"], gone["exit_decided"]) == ("vol_spike", "2024-06-05")
    assert gone["exit"] == "2024-06-06"


def test_rollover_leaves_on_the_session_after_the_report(tmp_path):
    # 130 against 100, then 104 against 100: a growth of 4 %.
    rows = spending(("2024-05-31", 130), ("2024-06-06", 104))
    signal = {"kind": "capex", "enter_above": 0.25, "spenders": ["AAA"]}
    exits = {"thesis": {"capex_rollover": {"exit_below": 0.05}}}
    run = run_pair(tmp_path, *FLAT, rows, signal=signal, exits=exits)
    names = ("entry_decided", "exit_decided", "exit_reason")
    assert trades_of(run, *names) == [("2024-06-03", "2024-06-07", "capex_rollover")]
    assert acted(run) == ["2024-06-03"]


def test_price_stop_does_not_keep_the_next_trade_out(tmp_path):
    # 50 long shares lose 2 dollars each: 100 of 10,000, a stop of 1 %.
    long = [100.0, 100.0, 98.0, *[98.0] * 9]
    exits = {"thesis": {"price": {"stop_loss": 0.01}}}
    run = run_pair(tmp_path, long, FLAT[1], exits=exits)
    # Decided on the 5th, filled on the 6th; the close of that session opens again.
    assert trades_of(run, "entry_decided", "exit_decided", "exit_reason") == [
        ("2024-06-03", "2024-06-05", "price_stop"),
        ("2024-06-06", None, None),
    ]


def test_regime_lets_nothing_in_on_a_session_without_its_gauge(tmp_path):
    # The lowest of three ranks 100/3. ^MOVE is unknown on the 6th, and on the 7th its last three
    # known closes are those of the 4th, the 5th and the 7th.
    write_prices(tmp_path, "^VIX", [30.0, 29.0, 28.0, 27.0, 26.0, 25.0])
    write_prices(tmp_path, "^MOVE", [90.0, 91.0, 89.0, None, 88.0, 99.0])
    regime = {"symbols": ["^VIX", "^MOVE"], "window": 3, "percentile_below": 50}
    exits = {"holding_sessions": 1}
    run = run_pair(tmp_path, FLAT[0][:6], FLAT[1][:6], regime=regime, exits=exits)
    third = pytest.approx(100 / 3, rel=1e-12)  # one division
    assert line(run, "regime_rank_0") == [None, None, *[third] * 4]
    assert line(run, "regime_rank_1") == [None, None, third, None, third, 100]
    assert line(run, "entry") == [False, False, True, False, True, False]
    assert acted(run) == ["2024-06-05", "2024-06-07"]


# --- the short company's margin ---


def margins(public, profits, first=8092):
    """Return quarters of SSS, each with a revenue of 100 and a public day of its own."""
    return [
        report("SSS", quarter_end(first + k), day, revenue_usd=100, gross_profit_usd=usd)
        for k, (day, usd) in enumerate(zip(public, profits, strict=True))
    ]


def test_margin_that_held_leaves_and_opens_again_with_a_new_count(tmp_path):
    # 60 % up to quarter 8095; known from the 6th, 8096 is the first quarter after the entry.
    rows = margins(["2024-01-31"] * 4 + ["2024-06-05", "2024-06-10"], [60] * 6)
    exits = {"thesis": {"margin_holds": {"quarters": 1, "bps": 50}}}
    run = run_pair(tmp_path, *FLAT, rows, exits=exits)
    assert line(run, "margin_quarter") == [8095] * 3 + [8096] * 3 + [8097] * 6
    assert line(run, "gross_margin_short") == [0.6] * 12
    # Each exit fills on the next session, whose close opens the next trade: on the 7th with
    # quarter 8096, which has to wait for 8097.
    assert trades_of(run, "entry_decided", "exit_decided", "exit_reason") == [
        ("2024-06-03", "2024-06-06", "margin_holds"),
        ("2024-06-07", "2024-06-11", "margin_holds"),
        ("2024-06-12", None, None),
    ]


def test_tranches_leave_by_the_margin_and_the_quarter_of_their_own_entries(tmp_path):
    # The profit of 8096 is 40: a margin of (3 * 60 + 40) / 400 = 55 % from the 6th of June on.
    # The first trade came in at 60 %, before; the second at 55 %, after.
    days = ["2024-01-31"] * 4 + ["2024-06-05", "2024-06-11", "2024-06-13"]
    rows = margins(days, [60, 60, 60, 60, 40, 60, 60])
    entries = {"kind": "tranches", "gap_days": 4, "max_open": 2, "gross_each": 0.5}
    exits = {"thesis": {"margin_holds": {"quarters": 2, "bps": 50}}}
    run = run_pair(tmp_path, *FLAT, rows, entries=entries, exits=exits)
    assert line(run, "gross_margin_short") == [0.6] * 3 + [0.55] * 9
    assert line(run, "margin_quarter") == [8095] * 3 + [8096] * 4 + [8097] * 2 + [8098] * 3
    # 8097 is two quarters after the first entry, whose margin has fallen by 500 bps; 8098 is two
    # after the second, whose margin has not.
    assert trades_of(run, "entry_decided", "exit_decided", "exit_reason")[:2] == [
        ("2024-06-07", "2024-06-14", "margin_holds"),
        ("2024-06-03", None, None),
    ]


def test_tranche_that_came_in_first_leaves_first_when_no_margin_fell(tmp_path):
    rows = margins(["2024-01-31"] * 4 + ["2024-06-05", "2024-06-11", "2024-06-13"], [60] * 7)
    entries = {"kind": "tranches", "gap_days": 4, "max_open": 2, "gross_each": 0.5}
    exits = {"thesis": {"margin_holds": {"quarters": 2, "bps": 50}}}
    run = run_pair(tmp_path, *FLAT, rows, entries=entries, exits=exits)
    assert trades_of(run, "entry_decided", "exit_decided", "exit_reason")[:2] == [
        ("2024-06-03", "2024-06-12", "margin_holds"),
        ("2024-06-07", "2024-06-14", "margin_holds"),
    ]


def test_trade_that_came_in_without_a_known_margin_never_leaves_by_it(tmp_path):
    rows = margins(["2024-06-05"] * 4 + ["2024-06-07"] * 4, [60] * 8)
    exits = {"thesis": {"margin_holds": {"quarters": 1, "bps": 50}}}
    run = run_pair(tmp_path, *FLAT, rows, exits=exits)
    assert line(run, "margin_quarter") == [None] * 3 + [8095] * 2 + [8099] * 7
    assert trades_of(run, "entry_decided", "exit_decided") == [("2024-06-03", None)]


# --- rebalancing on a filing ---

RISEN = [100.0, 100.0, *[110.0] * 12]


@pytest.mark.parametrize(
    ("public", "decided"),
    [
        ("2024-06-05", ["2024-06-06"]),  # a session: due on the next one
        ("2024-06-08", ["2024-06-10"]),  # a Saturday
        ("2024-06-09", ["2024-06-10"]),
        ("2024-06-02", []),  # due on the first session, which holds nothing
        ("2024-06-20", []),  # after the run
    ],
)
@pytest.mark.parametrize("kind", ["on_filing", "any_of"])
def test_filing_resizes_at_the_close_of_the_first_session_after_it(tmp_path, public, decided, kind):
    rows = [report("SSS", "2024-03-31", public, operating_cash_flow_usd=1)]
    rows.append(report("LLL", "2024-03-31", "2024-06-06", revenue_usd=1))  # nobody waits for it
    rule = {"kind": "on_filing"}
    rebalance = rule if kind == "on_filing" else {"kind": "any_of", "of": [rule]}
    run = run_pair(tmp_path, RISEN[:8], [50.0] * 8, rows, rebalance=rebalance)
    assert [row["decided"] for row in run["rebalances"]] == decided
    assert {row["why"] for row in run["rebalances"]} <= {"on_filing"}
    if decided:
        # 50 and 100 shares; equity 10,500 asks for trunc(5,250 / 110) = 47 and 5,250 / 50 = 105.
        assert [f["shares"] for f in run["fills"][2:]] == [-3, -5]
        # The drift it found: 5,500 long for 5,000 short.
        assert run["rebalances"][0]["drift"] == pytest.approx(0.1, rel=1e-12)


def test_filing_of_a_named_company_counts_and_a_small_trade_is_not_made(tmp_path):
    rows = [report("BBB", "2024-03-31", "2024-06-05", capex_usd=1)]
    rows.append(report("SSS", "2024-03-31", "2024-06-04", capex_usd=1))
    rule = {"kind": "on_filing", "companies": ["BBB"]}
    run = run_pair(tmp_path, RISEN[:8], [50.0] * 8, rows, rebalance=rule)
    assert [row["decided"] for row in run["rebalances"]] == ["2024-06-06"]
    # The larger leg trades 5,500 less 47 * 110 = 330 dollars.
    least = {**rule, "min_trade_usd": 330.0}
    run = run_pair(tmp_path, RISEN[:8], [50.0] * 8, rows, rebalance=least)
    assert len(run["rebalances"]) == 1
    run = run_pair(tmp_path, RISEN[:8], [50.0] * 8, rows, rebalance={**least, "min_trade_usd": 331})
    assert run["rebalances"] == []


# --- sizes ---


def intensities(*latest):
    """Return quarters of SSS with a revenue of 128: capex of 16 each, then what it told later.

    An intensity of 1/8 and what follows from it are exact in binary.
    """
    rows = quarters("SSS", 8087, "2024-01-31", capex_usd=[16] * 9, revenue_usd=[128] * 9)
    for k, (day, usd) in enumerate(latest):
        rows.append(report("SSS", quarter_end(8096 + k), day, capex_usd=usd, revenue_usd=128))
    return rows


@pytest.mark.parametrize(
    ("scales", "shares"),
    [
        ("gross", [-150, 75]),  # 15,000 dollars, half a leg
        ("hedge", [-120, 40]),  # 4,000 long and 6,000 short
    ],
)
def test_intensity_sizes_the_trade_that_its_report_made_known(tmp_path, scales, shares):
    # (3 * 16 + 48) / 512 = 3/16 after 1/8: a multiple of 1.5, known on the 6th.
    sizing = {"kind": "capex_intensity", "scales": scales, "reference_quarters": 2}
    rows = intensities(("2024-06-05", 48))
    signal = {"kind": "capex", "enter_above": 2.0, "spenders": ["SSS"]}
    run = run_pair(tmp_path, *FLAT, rows, sizing=sizing, signal=signal)
    assert line(run, "size_multiple") == [1.0] * 3 + [1.5] * 9
    assert acted(run) == ["2024-06-06"]  # 48 / 16 - 1 = 2
    assert [fill["shares"] for fill in run["fills"]] == shares


def test_session_that_cannot_be_sized_triggers_nothing(tmp_path):
    # Four quarters know one intensity; two more, from the 6th on, make it three.
    rows = quarters("SSS", 8090, "2024-01-31", capex_usd=[16] * 4, revenue_usd=[128] * 4)
    rows += quarters("SSS", 8094, "2024-06-05", capex_usd=[16] * 2, revenue_usd=[128] * 2)
    sizing = {"kind": "capex_intensity", "reference_quarters": 2}
    run = run_pair(tmp_path, *FLAT, rows, sizing=sizing)
    assert line(run, "intensity") == [0.125] * 12
    assert line(run, "size_multiple") == [None] * 3 + [1.0] * 9
    assert line(run, "entry") == [False] * 3 + [True] * 9
    assert acted(run) == [DAYS[3]]


@pytest.mark.parametrize(("restated", "resized"), [(8096, True), (8097, False)])
def test_session_that_cannot_be_sized_resizes_nothing(tmp_path, restated, resized):
    # Known from the 6th, a year of quarters that either follows on or leaves 8096 out: then the
    # latest intensity is known and none before it.
    columns = {"capex_usd": [16] * 4, "revenue_usd": [128] * 4}
    rows = intensities() + quarters("SSS", restated, "2024-06-05", **columns)
    sizing = {"kind": "capex_intensity", "reference_quarters": 2}
    rebalance = {"kind": "any_of", "of": [{"kind": "on_filing"}, {"kind": "daily"}]}
    long = [100.0, 100.0, 100.0, *[110.0] * 5]
    run = run_pair(tmp_path, long, [50.0] * 8, rows, sizing=sizing, rebalance=rebalance)
    assert line(run, "size_multiple") == [1.0] * 3 + [1.0 if resized else None] * 5
    assert line(run, "entry") == [True] * 3 + [resized] * 5
    assert {row["decided"] for row in run["rebalances"]} == ({"2024-06-06"} if resized else set())


def test_volatility_target_sizes_the_pair_to_it(tmp_path):
    # The long leg moves 2 % up and down, the short leg stands still: of returns 2, -2, 2 the mean
    # is 2/3 and the variance (2 * 16/9 + 64/9) / 2 = 16/3; half the pair moves half as much.
    long = [100.0 * math.exp(0.02 * (k % 2)) for k in range(5)]
    sizing = {"kind": "dollar_neutral", "window": 3, "vol_target": 0.10, "max_gross": 2.0}
    run = run_pair(tmp_path, long, [50.0] * 5, sizing=sizing)
    assert line(run, "covariance") == [None] * 3 + [0.0] * 2
    assert acted(run) == [DAYS[3]]
    gross = 0.10 / (0.5 * 0.01 * math.sqrt(16 / 3) * math.sqrt(252))
    assert 0.5 < gross < 2
    half = gross * 10_000 / 2
    shares = {fill["symbol"]: fill["shares"] for fill in run["fills"]}
    assert shares == {"SSS": -math.trunc(half / 50), "LLL": math.trunc(half / long[3])}


def test_tranche_is_its_share_of_the_gross_that_the_multiple_made(tmp_path):
    sizing = {"kind": "capex_intensity", "reference_quarters": 1, "max_multiple": 1.25}
    entries = {"kind": "tranches", "gap_days": 30, "max_open": 2, "gross_each": 0.5}
    rows = intensities(("2024-05-31", 48))
    run = run_pair(tmp_path, *FLAT, rows, sizing=sizing, entries=entries)
    # 10,000 * 1.25 * 0.5 is 3,125 a leg: 31 and 62 whole shares.
    assert [fill["shares"] for fill in run["fills"]] == [-62, 31]


def test_everything_unknown_is_a_run_in_which_nothing_happens(tmp_path):
    thesis = {"capex_rollover": {}, "margin_holds": {}, "supplier_stalls": {}}
    sizing, signal = {"kind": "capex_intensity"}, {"kind": "capex"}
    run = run_pair(tmp_path, *FLAT, sizing=sizing, signal=signal, exits={"thesis": thesis})
    names = ("capex_growth", "intensity", "intensity_reference", "size_multiple")
    names += ("gross_margin_short", "margin_quarter", "revenue_growth_long")
    for row in run["signals"]:
        assert {row[name] for name in names} == {None}
        assert not row["entry"]
        assert not row["acted"]
    # With a trigger and a size that need no report, an unknown thesis is not a broken one.
    run = run_pair(tmp_path, *FLAT, exits={"thesis": thesis})
    assert acted(run) == [DAYS[0]]
    assert run["trades"] == []
