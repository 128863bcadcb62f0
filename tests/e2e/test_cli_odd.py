"""What a curious user tries: odd but sound requests, each of which must run and say what it did."""

import json
from pathlib import Path

import pytest

import run
from tests.e2e.program import overrides, rows

SAMPLE = "configs/sample.yaml"


@pytest.fixture
def ran(desk, without_quantstats, capsys):
    """Run the sample with overrides; return what stdout said, the result and the folder."""

    def go(*pairs):
        assert run.main([SAMPLE, *overrides(*pairs)]) == 0
        out = capsys.readouterr().out
        folder = Path(out.splitlines()[-1]).parent
        return out, json.loads((folder / "result.json").read_text(encoding="utf-8")), folder

    return go


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def test_dates_as_text_are_the_same_run(ran):
    _, _, plain = ran()
    _, _, text = ran('data.start="2023-04-11"', 'data.end="2026-06-30"')
    assert text == plain


def test_no_exit_holds_to_the_end(ran):
    _, result, folder = ran("exits={}")
    assert (result["entries"], result["trades_closed"]) == (1, 0)
    assert result["win_rate"] is None
    assert result["open_trades"][0]["exit"] is None
    assert rows(folder / "trades.csv") == []


def test_no_benchmark_reads_no_third_symbol(ran):
    _, _, folder = ran("data.benchmark=null")
    assert [file["symbol"] for file in manifest(folder)["data"]] == ["SMH", "IGV"]


@pytest.mark.parametrize("cash", ["5000", "1e9"])
def test_a_tiny_and_a_huge_account_scale_but_for_whole_shares_and_minimum_fees(ran, cash):
    _, usual, _ = ran()
    _, result, _ = ran(f"account.cash={cash}")
    assert result["entries"] == usual["entries"]
    # A share of SMH is some 5 % of 5,000 dollars, so a tiny account is hedged only roughly.
    rough = 0.03 if cash == "5000" else 1e-4
    assert result["total_return"] == pytest.approx(usual["total_return"], abs=rough)


def test_an_account_too_small_for_one_share_never_trades_and_says_why(ran):
    out, result, folder = ran("account.cash=10")
    assert "Never held" in out
    assert "warning: entry: less than one share a leg" in out
    assert (result["entries"], result["final_equity"]) == (0, 10.0)
    findings = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    assert [finding["check"] for finding in findings] == ["not_sized"]


def test_the_shortest_window_that_fits_runs_and_one_session_less_does_not(ran, capsys):
    # 63 returns need 64 sessions; the 63rd correlation is known 62 sessions later: 126 sessions,
    # 2023-04-11 to 2023-10-09.
    _, result, folder = ran("data.end=2023-10-09")
    assert result["sessions"] == 126
    warm = [row["date"] for row in rows(folder / "signals.csv") if row["z"]]
    assert warm == ["2023-10-09"]
    assert run.main([SAMPLE, *overrides("data.end=2023-10-06")]) == 2
    assert "was 125 sessions; expected at least 126" in capsys.readouterr().err


def test_one_session_of_an_untriggered_pair_is_a_run_with_a_pending_order(ran):
    _, result, folder = ran(
        "signal={kind: always}", "data.end=2023-05-10", "sizing={kind: inverse_vol, window: 21}"
    )
    assert result["sessions"] == 22  # 21 returns: warm on the last session
    assert {order["symbol"] for order in result["pending"]} == {"SMH", "IGV"}
    assert {order["decided"] for order in result["pending"]} == {"2023-05-10"}
    assert rows(folder / "fills.csv") == []


def test_an_end_on_a_weekend_is_the_friday_before(ran):
    _, result, _ = ran("data.end=2025-07-06")  # a Sunday after Independence Day's Friday
    assert result["end"] == "2025-07-03"


def test_no_end_is_the_last_session_there_is(ran):
    _, result, _ = ran("data.end=null")
    assert result["end"] == "2026-06-30"


def test_keys_of_a_kind_are_changed_with_the_whole_section(ran):
    _, result, folder = ran(
        "signal={kind: always}", "rebalance={kind: never}", "costs.commission={kind: zero}",
        "costs.spread={default_bps: 0}", "costs.borrow={default_rate: 0}",
    )  # fmt: skip
    assert [result[cost] for cost in ("commission", "fees", "spread", "impact", "borrow")] == [
        0.0
    ] * 5
    # One is added up from the ledger, the other is a difference of equities.
    assert result["gross_pnl"] == pytest.approx(result["net_pnl"], abs=1e-6)
    assert {row["reason"] for row in rows(folder / "fills.csv")} == {"entry", "holding_sessions"}


def test_the_legs_may_trade_places(ran):
    _, result, folder = ran("pair={long: IGV, short: SMH}")
    (first, *_) = rows(folder / "fills.csv")
    assert (first["symbol"], float(first["shares"]) < 0) == ("SMH", True)  # the sale comes first
    assert result["pair"] == {"long": "IGV", "short": "SMH"}


def test_a_cost_of_a_symbol_that_is_no_leg_is_told(ran):
    _, _, folder = ran("costs.spread={SPY: 1.0}")
    (finding,) = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    assert "SPY is no leg of SMH/IGV: unused" in finding["text"]
