"""What a holder must know at the last close. A run in, sentences and table rows out."""

import math

from engine.records.open_trades import Distance, open_trades
from engine.records.result import Result
from reports.headline import ABSENT, money, percent
from reports.wording import iso

LINES = {  # signal lines a reader knows by name, with how each is written
    "z": "z {:.2f}",
    "correlation": "correlation {:.2f}",
    "capex_growth": "capex growth {:.1%}",
    "spread": "spread {:.4g}",
    "hedge_ratio": "hedge ratio {:.4g}",
    "half_life": "half-life {:.1f} sessions",
    "vol_ratio": "volatility ratio {:.2f}",
}
EXITS = {
    "stop_loss": "loss limit",
    "trailing_stop": "trailing stop",
    "z_stop": "the spread runs away",
    "z_above": "z recovers",
    "exit_at": "the spread comes back",
    "half_lives": "half-lives held",
    "holding_sessions": "sessions held",
    "take_profit": "profit target",
}
Row = tuple[str, str, str, str, str]


def signal_sentence(result: Result) -> str:
    """Return the signal lines of the last close and whether they would enter."""
    last = result.signals.iloc[-1]
    known = [
        text.format(float(last[name]))
        for name, text in LINES.items()
        if name in last and math.isfinite(float(last[name]))
    ]
    shown = ", ".join(known) or "no signal line is known"
    met = "is" if bool(last["entry"]) else "is not"
    return f"At the close of {iso(last['date'])}: {shown}. The entry condition {met} met."


def exit_rows(result: Result) -> list[Row]:
    """Return trade, exit, now, level and what is left, for every exit of every open trade."""
    return [
        (
            f"{'long' if trade.direction > 0 else 'reversed'} since {trade.entry}, "
            f"{money(trade.net_usd, cents=False)}",
            EXITS[each.exit],
            _written(each.now, each),
            _written(each.level, each),
            _left(each),
        )
        for trade in open_trades(result)
        for each in trade.exits
    ]


def _written(value: float, distance: Distance) -> str:
    if not math.isfinite(value):
        return ABSENT
    if distance.unit == "notional":
        return percent(value)
    return f"{value:,.1f}".removesuffix(".0") if distance.unit == "sessions" else f"{value:.2f}"


def _left(distance: Distance) -> str:
    if not math.isfinite(distance.left):
        return ABSENT
    return "reached" if distance.left <= 0.0 else _written(distance.left, distance)
