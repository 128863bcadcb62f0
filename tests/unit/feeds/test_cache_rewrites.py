"""Two downloads of one history: what counts as a rewrite, and what is only re-basing."""

import pandas as pd
import pytest

from feeds.prices.cache_rewrites import rewrites
from feeds.source import Bars

DAYS = ("2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05")
CLOSES = (100.0, 102.0, 101.0, 104.0)
NAN = float("nan")


def bars(closes=CLOSES, days=DAYS, **columns):
    close = pd.Series(closes, index=pd.DatetimeIndex(days, name="date"), dtype="float64")
    frame = pd.DataFrame(
        {
            "open": close,
            "high": close + 1.0,
            "low": close - 1.0,
            "close": close,
            "adj_close": close,
            "volume": 1000.0,
            "dividend": 0.0,
            "split": 0.0,
        }
    )
    for name, values in columns.items():
        frame[name] = pd.Series(values, index=frame.index, dtype="float64")
    return Bars(symbol="SMH", frame=frame, origin="test", sha256="0" * 64)


def scaled(given, **factors):
    """The same bars with whole columns multiplied, as a later split or dividend does."""
    frame = given.frame.copy()
    for name, factor in factors.items():
        frame[name] *= factor
    return Bars(symbol="SMH", frame=frame, origin="test", sha256="0" * 64)


def test_the_same_history_is_no_news():
    assert rewrites(bars(), bars()) == ()


def test_new_sessions_at_the_end_are_no_news():
    assert rewrites(bars(CLOSES[:3], DAYS[:3]), bars()) == ()


def test_a_later_dividend_rebases_the_adjusted_closes_and_is_no_news():
    assert rewrites(bars(), scaled(bars(), adj_close=1.0 - 0.5 / 104.0)) == ()


def test_a_later_ten_for_one_split_is_no_news():
    tenth = dict.fromkeys(("open", "high", "low", "close", "adj_close", "dividend"), 0.1)
    assert rewrites(bars(dividend=[0, 1, 0, 0]), scaled(bars(dividend=[0, 1, 0, 0]), **tenth)) == ()


def test_a_rewritten_close_changes_two_returns_and_the_larger_is_named():
    # Close of the 4th from 101.0 to 101.5: its return by 0.5/102, the next one by
    # 104/101 - 104/101.5, which is the larger.
    moved = (100.0, 102.0, 101.5, 104.0)
    old = bars(open=CLOSES, high=CLOSES, low=CLOSES, adj_close=CLOSES)
    ratio = 101.5 / 101.0  # keeps open, high and low over close as they were
    same_ratio = [100.0, 102.0, 101.0 * ratio, 104.0]
    new = bars(moved, open=same_ratio, high=same_ratio, low=same_ratio, adj_close=CLOSES)
    (finding,) = rewrites(old, new)
    assert (finding.check, finding.severity, finding.symbol) == (
        "rewritten_history",
        "warning",
        "SMH",
    )
    assert finding.dates == ("2024-01-04", "2024-01-05")
    assert f"{104 / 101 - 104 / 101.5:.4%} (close-to-close return, 2024-01-05)" in finding.text
    assert "2 sessions since the snapshot that ends 2024-01-05" in finding.text


def test_a_basis_point_is_the_limit():
    # The last adjusted close decides one return only: 104/101 moved by (104 * e)/101.
    below, above = 0.9e-4 * 101 / 104, 1.1e-4 * 101 / 104
    assert rewrites(bars(), bars(adj_close=[*CLOSES[:3], 104.0 * (1 + below)])) == ()
    (finding,) = rewrites(bars(), bars(adj_close=[*CLOSES[:3], 104.0 * (1 + above)]))
    assert finding.dates == ("2024-01-05",)
    assert "adjusted return" in finding.text


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [
        ("open", [100.0, 102.0, 100.0, 104.0], f"{1 / 101:.4%} (open over close"),
        ("dividend", [0.0, 0.0, 0.5, 0.0], f"{0.5 / 101:.4%} (dividend over close"),
        ("split", [0.0, 0.0, 2.0, 0.0], f"{2.0:.4%} (split ratio"),
    ],
)
def test_a_rewritten_open_dividend_or_split_is_noticed(column, values, words):
    (finding,) = rewrites(bars(), bars(**{column: values}))
    assert finding.dates == ("2024-01-04",)
    assert words in finding.text


def test_a_hole_that_was_filled_is_a_rewrite():
    (finding,) = rewrites(bars(open=[100.0, NAN, 101.0, 104.0]), bars())
    assert finding.dates == ("2024-01-03",)
    assert "a price where there was none" in finding.text


def test_a_hole_in_both_is_no_news():
    holed = [100.0, NAN, 101.0, 104.0]
    assert rewrites(bars(holed), bars(holed)) == ()


def test_a_session_that_vanished_is_reported_and_moves_no_return():
    three = [0, 1, 3]
    fewer = bars([CLOSES[i] for i in three], [DAYS[i] for i in three])
    (finding,) = rewrites(bars(), fewer)
    assert (finding.check, finding.severity) == ("vanished_sessions", "warning")
    assert finding.dates == ("2024-01-04",)


def test_a_last_session_that_vanished_is_reported():
    (finding,) = rewrites(bars(), bars(CLOSES[:3], DAYS[:3]))
    assert (finding.check, finding.dates) == ("vanished_sessions", ("2024-01-05",))


def test_a_session_that_appeared_in_the_middle_is_reported():
    three = [0, 1, 3]
    fewer = bars([CLOSES[i] for i in three], [DAYS[i] for i in three])
    (finding,) = rewrites(fewer, bars())
    assert (finding.check, finding.severity) == ("appeared_sessions", "warning")
    assert finding.dates == ("2024-01-04",)


def test_another_history_altogether_still_gets_its_findings():
    elsewhere = bars(CLOSES[:2], ("2023-06-01", "2023-06-02"))
    (finding,) = rewrites(bars(), elsewhere)
    assert (finding.check, finding.dates) == ("vanished_sessions", DAYS)
