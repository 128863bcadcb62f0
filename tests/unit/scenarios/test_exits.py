"""Exits on P&L, on the calendar and on news, and which of two names the exit.

Fifty shares a leg at 100, entry gross 10,000 dollars: a dollar of the long is half a percent.
"""

import pytest

from engine.event import simulate
from tests.unit.hand_market import hand_config, hand_leg, hand_market

DAYS = [f"2024-03-{day:02d}" for day in (4, 5, 6, 7, 8, 11, 12, 13, 14, 15)]
COUNT = len(DAYS) - 1
LOSS = {"stop_loss": 0.03}
TRAIL = {"trailing_stop": 0.03}
TIME = {"holding_sessions": 3}
PROFIT = {"take_profit": 0.03}


def run(exits, long=(), days=DAYS, open_of_the_6th=None, **sections):
    """The long's closes from its fill on, each the next open; the last one stays."""
    count = len(days) - 1
    closes = [100.0, *long, *[long[-1] if long else 100.0] * count][:count]
    opens = [100.0, 100.0, *closes[1:-1]]
    if open_of_the_6th is not None:
        opens[2] = open_of_the_6th
    flat = [100.0] * count
    config = hand_config(exits=exits, **sections)
    legs = hand_leg("LLL", opens, closes), hand_leg("SSS", flat, flat)
    return simulate(config, hand_market(days, *legs, config=config))


def exits_of(result):
    """Each closed trade: the day its exit was decided, the day it filled, and why."""
    trades = result.trades
    columns = (trades["exit_decided"], trades["exit"])
    days = [column.dt.strftime("%m-%d") for column in columns]
    return list(zip(*days, trades["exit_reason"], strict=True))


def announcements(folder, *rows):
    """The rows beside an announcement of each leg years before: a leg without any is refused."""
    path = folder / "announcements.csv"
    past = [f"{leg},2020-01-02,AMC" for leg in ("LLL", "SSS")]
    lines = ["ticker,announce_date,session", *past, *rows, ""]
    path.write_text("\n".join(lines), encoding="utf-8")
    return {"flat_over": {"earnings": str(path)}}


def flat_nights(result):
    """Days after whose close nothing is held, from the first entry on."""
    ledger = result.ledger
    flat = ledger.loc[ledger["gross"] == 0.0, "date"].dt.strftime("%m-%d")
    return [day for day in flat if day > DAYS[0][5:]]


class TestTrailingStop:
    def test_it_trails_the_best_close(self):
        """Best at 110: 500 dollars. Four percent of 10,000 below it is 100, a close of 102."""
        result = run({"trailing_stop": 0.04}, (100, 106, 110, 103, 102, 90))
        assert exits_of(result) == [("03-11", "03-12", "trailing_stop")]

    def test_it_trails_from_the_entry_on(self):
        """Never in profit: the best is 0, four percent below is -400, a close of 92."""
        result = run({"trailing_stop": 0.04}, (99, 93, 92, 92))
        assert exits_of(result)[0] == ("03-07", "03-08", "trailing_stop")

    def test_best_is_that_of_closes_and_not_of_the_day(self):
        """Opened at 120, closed at 106: the best is 300, and 98.01 is 399.50 below it."""
        result = run({"trailing_stop": 0.04}, (100, 106, 98.01), open_of_the_6th=120.0)
        assert exits_of(result) == []


class TestTakeProfit:
    def test_it_leaves_once_the_profit_is_reached(self):
        """Three percent of 10,000 is 300 dollars, a close of 106."""
        result = run({"take_profit": 0.03}, (100, 105.99, 106))
        assert exits_of(result)[0] == ("03-07", "03-08", "take_profit")

    def test_profit_is_counted_after_costs(self):
        """Two dollars of commission at the entry: 106 is not enough, 106.04 is."""
        costs = {
            "commission": {"kind": "per_order", "usd": 1.0},
            "spread": {"default_bps": 0.0},
            "borrow": {"default_rate": 0.0},
        }
        exits = {"take_profit": 0.03}
        assert exits_of(run(exits, (100, 106), costs=costs)) == []
        assert exits_of(run(exits, (100, 106, 106.04), costs=costs))[0][0] == "03-07"

    def test_it_fills_on_the_next_session_whatever_that_brings(self):
        """Decided at 106, filled at the next open, which is 106 here, and then falls."""
        result = run({"take_profit": 0.03}, (100, 106, 80))
        assert result.trades["net_pnl"].iloc[0] == 50 * 6


class TestFlatOverEarnings:
    def test_after_the_close_means_flat_that_night(self, tmp_path):
        """Friday the 8th, after the close: out on the 8th, in again on Monday the 11th."""
        result = run(announcements(tmp_path, "LLL,2024-03-08,AMC"))
        assert exits_of(result) == [("03-07", "03-08", "flat_over")]
        assert flat_nights(result) == ["03-08"]

    def test_before_the_open_means_flat_the_night_before(self, tmp_path):
        result = run(announcements(tmp_path, "SSS,2024-03-08,BMO"))
        assert exits_of(result) == [("03-06", "03-07", "flat_over")]
        assert flat_nights(result) == ["03-07"]

    def test_before_mondays_open_means_flat_over_the_weekend(self, tmp_path):
        assert flat_nights(run(announcements(tmp_path, "SSS,2024-03-11,BMO"))) == ["03-08"]

    def test_unknown_hour_means_both_nights(self, tmp_path):
        result = run(announcements(tmp_path, "SSS,2024-03-08,"))
        assert exits_of(result) == [("03-06", "03-07", "flat_over")]
        assert flat_nights(result) == ["03-07", "03-08"]

    def test_only_the_legs_announcements_count_unless_others_are_named(self, tmp_path):
        exits = announcements(tmp_path, "LLL,2024-03-12,AMC", "NVDA,2024-03-08,AMC")
        assert flat_nights(run(exits)) == ["03-12"]
        exits["flat_over"]["symbols"] = ["NVDA"]
        assert flat_nights(run(exits)) == ["03-08"]

    def test_entry_is_not_made_into_such_a_night(self, tmp_path):
        """Decided on the 4th it would be held over the 5th's night: a day later instead."""
        result = run(announcements(tmp_path, "LLL,2024-03-05,AMC"))
        assert flat_nights(result) == ["03-05"]
        assert len(result.trades) == 0
        assert result.fills["date"].min().strftime("%m-%d") == "03-06"


class TestFlatOverSeason:
    def test_nothing_is_held_over_the_nights_of_the_season(self):
        season = {"flat_over": {"season": {"since": "03-07", "until": "03-11"}}}
        result = run(season)
        assert exits_of(result) == [("03-06", "03-07", "flat_over")]
        assert flat_nights(result) == ["03-07", "03-08", "03-11"]

    def test_season_may_pass_the_new_year(self):
        days = ["2023-12-26", "2023-12-27", "2023-12-28", "2023-12-29", "2024-01-02",
                "2024-01-03", "2024-01-04", "2024-01-05"]  # fmt: skip
        season = {"flat_over": {"season": {"since": "12-29", "until": "01-02"}}}
        result = run(season, days=days)
        held = result.ledger.loc[result.ledger["gross"] > 0.0, "date"].dt.strftime("%m-%d")
        assert list(held) == ["12-27", "12-28", "01-03", "01-04"]


class TestTheWorseOutcomeNamesIt:
    """All of these hold at the same close."""

    @pytest.mark.parametrize(
        ("exits", "third_close", "reason"),
        [
            (TIME | TRAIL | LOSS, 94.0, "stop_loss"),
            (TIME | TRAIL, 94.0, "trailing_stop"),
            (TIME | PROFIT, 106.0, "holding_sessions"),
            (PROFIT, 106.0, "take_profit"),
        ],
    )
    def test_losses_before_time_before_profit(self, exits, third_close, reason):
        result = run(exits, (100, 100, third_close))
        assert exits_of(result)[0] == ("03-07", "03-08", reason)

    def test_news_before_time_and_after_losses(self, tmp_path):
        news = announcements(tmp_path, "LLL,2024-03-08,AMC")
        both = run(news | TIME | PROFIT, (100, 100, 106))
        assert exits_of(both)[0] == ("03-07", "03-08", "flat_over")
        worse = run(news | TIME | LOSS, (100, 100, 94))
        assert exits_of(worse)[0] == ("03-07", "03-08", "stop_loss")
