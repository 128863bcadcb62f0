"""From a data section to a market: what is read, what is refused, what names the result.

The week of Easter 2024 by hand: the exchange was closed on Good Friday, 29 March.
"""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from configs.schema import RunConfig
from feeds.assemble import load_market, open_source, symbols
from feeds.calendar import sessions
from feeds.prices.cache import CachedSource
from feeds.prices.csv import CsvSource
from feeds.prices.sample import SampleSource
from feeds.source import COLUMNS, Bars, DataError, Finding

WEEK = ["2024-03-25", "2024-03-26", "2024-03-27", "2024-03-28", "2024-04-01", "2024-04-02"]


def bars(symbol, days=WEEK, *, first=50.0, **columns):
    """Bars that rise by a cent a day from ``first``, with ``columns`` given as {day: value}."""
    frame = pd.DataFrame(index=pd.DatetimeIndex(days, name="date"), columns=list(COLUMNS))
    price = first + 0.01 * np.arange(len(days))
    for name in ("open", "close", "adj_close"):
        frame[name] = price
    frame["high"], frame["low"], frame["volume"] = price + 1.0, price - 1.0, 1e6
    frame["dividend"] = frame["split"] = 0.0
    for name, values in columns.items():
        for day, value in values.items():
            frame.loc[day, name] = value
    return Bars(
        symbol=symbol,
        frame=frame.astype("float64"),
        origin=f"hand/{symbol}",
        sha256=symbol.lower() * 4,
    )


class Shelf:
    """A source of ready bars that remembers what it was asked for."""

    def __init__(self, *each):
        self.each = {one.symbol: one for one in each}
        self.asked = []

    def bars(self, symbol):
        self.asked.append(symbol)
        if symbol not in self.each:
            raise DataError(f"{symbol}: not on the shelf; expected {sorted(self.each)}")
        return self.each[symbol]


def config(sections=None, **data):
    """A run over the week; keywords are keys of its data section."""
    week = {"source": "csv", "path": "unread", "start": WEEK[0], "end": WEEK[-1]}
    return RunConfig.model_validate(
        {
            "name": "assembled",
            "data": {**week, **data},
            "pair": {"long": "LLL", "short": "SSS"},
            "signal": {"kind": "always"},
            **(sections or {}),
        }
    )


def market(*each, sections=None, **data):
    return load_market(config(sections, **data), Shelf(*each))


def refusal(*each, **keys):
    with pytest.raises(DataError) as caught:
        market(*each, **keys)
    return str(caught.value)


LONG, SHORT = bars("LLL"), bars("SSS", first=80.0)


# --- which source, which symbols ---


@pytest.mark.parametrize(
    ("keys", "kind"),
    [
        ({"source": "csv", "path": "prices"}, CsvSource),
        ({"source": "sample", "path": None}, SampleSource),
        ({"source": "yahoo", "path": None}, CachedSource),
    ],
)
def test_each_source_has_its_class(keys, kind):
    assert type(open_source(config(**keys).data)) is kind


def test_a_tilde_in_the_path_is_the_user_s_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "prices").mkdir()
    with pytest.raises(DataError, match=r"the folder has no \.csv file") as caught:
        open_source(config(path="~/prices").data).bars("LLL")
    assert str(tmp_path / "prices" / "LLL.csv") in str(caught.value)


def test_each_symbol_is_asked_for_once_in_the_order_long_short_benchmark():
    assert symbols(config(benchmark="BBB")) == ("LLL", "SSS", "BBB")
    assert symbols(config()) == ("LLL", "SSS")
    shelf, steps = Shelf(LONG, SHORT), []
    load_market(config(), shelf, steps.append)
    assert shelf.asked == steps == ["LLL", "SSS"]


def test_what_cannot_be_had_is_passed_on():
    assert refusal(LONG).startswith("SSS: not on the shelf")
    assert refusal(LONG, SHORT, benchmark="BBB").startswith("BBB: not on the shelf")


# --- the window ---


def test_the_sessions_are_the_exchange_s_and_the_next_is_known():
    made = market(LONG, SHORT)
    assert made.sessions.astype(str).tolist() == WEEK
    assert made.next_sessions.astype(str).tolist() == [*WEEK[1:], "2024-04-03"]


def test_an_end_without_a_session_stops_at_the_one_before():
    made = market(LONG, SHORT, end="2024-03-31")  # Easter Sunday
    assert made.sessions.astype(str).tolist() == WEEK[:4]
    assert made.next_sessions[-1].astype(str) == "2024-04-01"  # over Good Friday and the weekend


def test_bars_outside_the_window_are_not_read_into_it():
    made = market(LONG, SHORT, start="2024-03-27", end="2024-04-01")
    assert made.long.close.tolist() == [50.02, 50.03, 50.04]
    assert made.short.close.tolist() == [80.02, 80.03, 80.04]


def test_a_window_without_a_session_is_refused():
    said = refusal(LONG, SHORT, start="2024-03-29", end="2024-03-31")
    assert said.startswith("data.start 2024-03-29 to 2024-03-31: was no exchange session")
    assert "LLL 2024-04-02, SSS 2024-04-02" in said


def test_a_start_after_the_last_price_is_refused_where_no_end_is_given():
    said = refusal(LONG, SHORT, start="2024-05-01", end=None)
    assert said.startswith("data.start 2024-05-01 to 2024-04-02: was no exchange session")


def test_no_end_stops_at_the_earliest_last_price_and_says_so():
    made = market(LONG, bars("SSS", WEEK[:5]), end=None)
    assert made.sessions[-1].astype(str) == "2024-04-01"
    (finding,) = [each for each in made.findings if each.check == "ragged_end"]
    assert (finding.severity, finding.symbol, finding.dates) == (
        "warning", "LLL/SSS", ("2024-04-01",),
    )  # fmt: skip
    assert "LLL 2024-04-02, SSS 2024-04-01" in finding.text


def test_no_end_and_equal_last_prices_are_no_finding():
    assert "ragged_end" not in {each.check for each in market(LONG, SHORT, end=None).findings}


# --- what is refused and what is told ---


@pytest.mark.parametrize("symbol", ["LLL", "SSS", "BBB"])
def test_a_hole_is_refused_whichever_symbol_has_it(symbol):
    whole = {one: bars(one) for one in ("LLL", "SSS", "BBB")}
    whole[symbol] = bars(symbol, [day for day in WEEK if day != "2024-03-27"])
    said = refusal(*whole.values(), benchmark="BBB")
    assert said.startswith(f"{symbol} has no bar on 2024-03-27")


def test_a_hole_outside_the_window_is_nobody_s_business():
    holed = bars("LLL", [day for day in WEEK if day != "2024-03-26"])
    assert len(market(holed, SHORT, start="2024-03-27").sessions) == 4


def test_a_price_that_is_no_number_is_refused_with_its_date():
    said = refusal(bars("LLL", open={"2024-03-27": np.nan}), SHORT)
    assert said.startswith("LLL has no number for open on 2024-03-27")


def test_a_symbol_listed_later_names_its_first_day():
    said = refusal(LONG, bars("SSS", WEEK[2:]))
    assert said == "SSS has prices from 2024-03-27; set data.start to that or later"


def test_the_first_error_is_told_and_the_others_are_counted():
    late = bars("LLL", WEEK[2:]), bars("SSS", WEEK[2:]), bars("BBB", WEEK[2:])
    assert refusal(*late[:2]).endswith(" (and 1 more finding)")
    assert refusal(*late, benchmark="BBB").endswith(" (and 2 more findings)")


@pytest.mark.parametrize("severity", ["info", "warning", "error"])
def test_what_the_source_itself_noticed_reaches_the_market(severity):
    noticed = Finding(
        check="rewritten_history", symbol="LLL", dates=(WEEK[0],), severity=severity, text="moved"
    )
    message = Bars(symbol="LLL", frame=LONG.frame, origin="o", sha256="5" * 64, findings=(noticed,))
    if severity == "error":
        assert refusal(message, SHORT) == "moved"
    else:
        assert noticed in market(message, SHORT).findings


def test_a_leg_that_jumps_alone_is_told():
    days = sessions(dt.date(2024, 1, 2), dt.date(2024, 4, 2)).astype(str)
    zigzag = {day: 50.0 + 0.1 * (row % 2) for row, day in enumerate(days)}
    jumped = {day: price * (1.2 if day >= "2024-03-01" else 1.0) for day, price in zigzag.items()}
    other = {day: 80.0 + 0.1 * (row % 3) for row, day in enumerate(days)}

    def leg(symbol, closes):
        around = {"high": 1.0, "low": -1.0, "open": 0.0, "adj_close": 0.0}
        moved = {
            name: {day: close + by for day, close in closes.items()} for name, by in around.items()
        }
        # News: five times the usual shares change hands.
        return bars(symbol, days, **moved, close=closes, volume={"2024-03-01": 5e6})

    made = load_market(config(start="2024-01-02"), Shelf(leg("LLL", jumped), leg("SSS", other)))
    assert [each.dates for each in made.findings if each.symbol == "LLL"] == [("2024-03-01",)]
    calm = load_market(config(start="2024-01-02"), Shelf(leg("LLL", zigzag), leg("SSS", other)))
    assert calm.findings == ()


def test_nothing_is_changed_in_what_the_source_gave():
    before = LONG.frame.copy()
    market(LONG, SHORT)
    pd.testing.assert_frame_equal(LONG.frame, before)


# --- the legs ---


def test_later_splits_are_those_after_the_session_also_beyond_the_window():
    # Ten for one on 27 March, two for one on 2 April: a share of the 26th became twenty.
    split = bars("LLL", split={"2024-03-27": 10.0, "2024-04-02": 2.0})
    made = market(split, SHORT, end="2024-04-01")
    assert made.long.later_splits.tolist() == [20.0, 20.0, 2.0, 2.0, 2.0]
    assert made.short.later_splits.tolist() == [1.0] * 5


def test_every_column_arrives_in_its_own_array():
    paid = bars(
        "LLL",
        dividend={"2024-03-27": 0.25},
        adj_close={"2024-03-25": 49.75, "2024-03-26": 49.76},
    )
    leg = market(paid, SHORT).long
    assert leg.symbol == "LLL"
    assert leg.dividend.tolist() == [0.0, 0.0, 0.25, 0.0, 0.0, 0.0]
    assert leg.adj_close.tolist()[:3] == [49.75, 49.76, 50.02]
    assert leg.close.tolist()[:3] == [50.0, 50.01, 50.02]
    assert leg.high.tolist()[0] == 51.0
    assert leg.low.tolist()[0] == 49.0
    assert leg.volume.tolist()[0] == 1e6
    for name in ("open", "high", "low", "close", "adj_close", "volume", "dividend"):
        column = getattr(leg, name)
        assert column.dtype == np.float64
        assert column.flags.c_contiguous


def test_a_benchmark_stands_beside_the_legs():
    made = market(LONG, SHORT, bars("BBB", first=20.0), benchmark="BBB")
    assert made.benchmark.close.tolist()[:2] == [20.0, 20.01]
    assert market(LONG, SHORT).benchmark is None


# --- what names it ---


def test_the_files_are_named_as_the_source_gave_them():
    files = market(LONG, SHORT).files
    assert [(file.symbol, file.origin, file.sha256) for file in files] == [
        ("LLL", "hand/LLL", "llllllllllll"),
        ("SSS", "hand/SSS", "ssssssssssss"),
    ]


def test_the_digest_names_bytes_and_window_and_nothing_else():
    digest = market(LONG, SHORT).digest
    assert digest == market(LONG, SHORT).digest
    other = Bars(symbol="SSS", frame=SHORT.frame, origin=SHORT.origin, sha256="0" * 64)
    elsewhere = Bars(symbol="SSS", frame=SHORT.frame, origin="moved", sha256=SHORT.sha256)
    assert market(LONG, elsewhere).digest == digest
    different = [
        market(LONG, other).digest,
        market(LONG, SHORT, end="2024-04-01").digest,
        market(LONG, SHORT, start="2024-03-26").digest,
        market(LONG, SHORT, bars("BBB"), benchmark="BBB").digest,
    ]
    assert len({digest, *different}) == 5


def test_a_synthetic_symbol_makes_the_market_synthetic_with_its_seed():
    invented = Bars(symbol="SSS", frame=SHORT.frame, origin="o", sha256="1" * 64, synthetic=True)
    made = market(LONG, invented)
    assert made.synthetic is True
    assert made.seed is not None
    real = market(LONG, SHORT)
    assert (real.synthetic, real.seed) == (False, None)
