"""Invented configurations. Choices and an invented pair in, a `RunConfig` out.

Every kind of every section is among the choices; which of them thirty seeds come to is counted in
``tests/parity``.
"""

from pathlib import Path
from typing import Any

from configs.schema import RunConfig
from tests.property.random_market import LONG, SHORT, Choose, RandomPair


def random_config(
    choose: Choose, pair: RandomPair, *, files: Path | None = None, **fixed: Any
) -> RunConfig:
    """Return a configuration for the pair; ``fixed`` sections replace the chosen ones.

    ``files`` is the folder of the pair's side files (see ``write_folder``); without it a constant
    stands for each series, so that the choices stay the same.
    """
    signal = _signal(choose)
    sections = {
        "name": "random",
        "data": {"source": "csv", "path": "prices", "start": pair.start, "end": pair.end},
        "pair": {"long": LONG, "short": SHORT},
        "signal": signal,
        "sizing": {
            "kind": choose(("inverse_vol", "dollar_neutral")),
            "window": choose((2, 5, 21)),
            "gross": choose((1.0, 0.3, 1.9, 3.0)),
        },
        "rebalance": _rebalance(choose),
        "exits": _exits(choose, files, has_z=signal["kind"] == "correlation"),
        "costs": {
            "commission": _commission(choose),
            "fees": {"kind": choose(("none", "us_sales"))},
            "spread": _spread(choose),
            "impact": choose(
                (
                    {"kind": "none"},
                    {"kind": "square_root", "window": 5, "participation_cap": None},
                    {"kind": "square_root", "y": 0.7, "participation_cap": 0.025},
                )
            ),
            "borrow": _borrow(choose, pair, files),
            "interest": _interest(choose, files),
        },
        "entries": choose(
            (
                {"kind": "single"},
                {"kind": "tranches", "gap_days": 3, "max_open": 3, "gross_each": 0.5},
                {"kind": "tranches", "gap_days": 10, "max_open": 6, "gross_each": 0.25},
            )
        ),
        "account": {
            "cash": choose((1_000_000.0, 100_000.0, 12_345_678.9)),
            "fill": choose(("next_open", "next_close")),
            "fractional": choose((False, True)),
            "margin": choose(
                (
                    {"kind": "none"},
                    {"kind": "reg_t"},
                    {"kind": "reg_t", "on_shortfall": "refuse", "house_multiplier": 1.1},
                    {"kind": "reg_t", "maintenance_long": 0.47, "maintenance_short": 0.48},
                )
            ),
        },
    }
    return RunConfig.model_validate(sections | fixed)


def _signal(choose: Choose) -> dict[str, Any]:
    if choose(("correlation", "always")) == "always":
        return {"kind": "always"}
    return {
        "kind": "correlation",
        "window": choose((5, 3, 21)),
        "zscore": choose(("expanding", "rolling")),
        "min_periods": choose((10, 3)),
        "zscore_window": choose((15, 30)),
        "enter_below": choose((-0.5, 0.0, -1.5)),
    }


def _rebalance(choose: Choose) -> dict[str, Any]:
    worth = {"min_trade_usd": choose((0.0, 0.0, 3_000.0))}
    kind = choose(
        ("weekly", "monthly", "quarterly", "daily", "never", "band", "vol_ratio", "any_of")
    )
    place, every = choose(("last", "first", "wednesday")), choose((1, 1, 2))
    if kind == "never":
        return {"kind": kind}
    if kind in ("band", "vol_ratio"):
        return {"kind": kind, "above": choose((0.05, 0.3)), **worth}
    if kind == "any_of":
        of = ({"kind": "band", "above": 0.15}, {"kind": "vol_ratio", "above": 0.3})
        return {"kind": kind, "of": (*of, {"kind": "monthly", "on": "first"}), **worth}
    if kind == "daily":
        return {"kind": kind, **worth}
    on = "first" if place == "wednesday" and kind != "weekly" else place
    phase = int(every == 2 and place == "first")  # of two weeks, months or quarters the other
    return {"kind": kind, "on": on, "every": every, "phase": phase, **worth}


def _exits(choose: Choose, files: Path | None, *, has_z: bool) -> dict[str, Any]:
    season = {"season": {"since": choose(("09-20", "12-27", "06-10")), "until": "01-05"}}
    flat_over = choose((None, None, season, "news"))
    if flat_over == "news":
        flat_over = season if files is None else {"earnings": str(files / "news.csv")}
    exits = {
        "holding_sessions": choose((7, 1, 20, None)),
        "stop_loss": choose((None, 0.01)),
        "trailing_stop": choose((None, None, 0.02)),
        "take_profit": choose((None, 0.01)),
        "flat_over": flat_over,
    }
    if has_z:
        exits["z_above"] = choose((None, 0.6))
    return exits


def _commission(choose: Choose) -> dict[str, Any]:
    return choose(
        (
            {"kind": "zero"},
            {"kind": "bps", "bps": 1.5, "min_usd": 5.0, "max_usd": 40.0},
            {"kind": "per_share", "per_share_usd": 0.01, "min_usd": 2.0},
            {"kind": "per_order", "usd": 4.95},
            {"kind": "ibkr_fixed"},
            {"kind": "ibkr_tiered"},
        )
    )


def _spread(choose: Choose) -> dict[str, Any]:
    opening = {"open_multiplier": choose((1.0, 2.0))}
    quotes = {"default_bps": choose((3.0, 0.0)), LONG: choose((2.0, 80.0)), **opening}
    return choose(
        (
            quotes,
            {**quotes, "kind": "quoted_bps", "tick_usd": 0.01},
            {**opening, "kind": "cents", "default_cents": 1.0, SHORT: 4.0},
            {**quotes, "kind": "vol_scaled", "window": 5, "min_scale": 0.5},
            {**quotes, "kind": "regime", "window": 10, "multiplier": 4.0},
            {**quotes, "kind": "regime", "measure": "^VIX", "tick_usd": 0.01},
        )
    )


def _borrow(choose: Choose, pair: RandomPair, files: Path | None) -> dict[str, Any]:
    def spell(action: str, begin: float, end: float) -> dict[str, Any]:
        since, until = (pair.sessions[int(place * len(pair.sessions))] for place in (begin, end))
        return {"symbol": SHORT, "since": since, "until": until, "action": action}

    rates = {"default_rate": choose((0.0025, 0.0)), SHORT: choose((0.01, 0.9))}
    has_series = choose((False, False, True))
    if has_series and files is not None:
        rates["series"] = {SHORT: str(files / "borrow.csv")}
    hard = choose(
        (
            (),
            (),
            (spell("no_open", 0.2, 0.6),),
            (spell("buy_in", 0.5, 0.55), spell("no_open", 0.8, 0.9)),
        )
    )
    return {**rates, "hard_to_borrow": hard}


def _interest(choose: Choose, files: Path | None) -> dict[str, Any]:
    constant = {"kind": "benchmark", "rate": 0.05, "rebate_free_usd": 0.0}
    chosen = choose(({"kind": "none"}, constant, "series"))
    if chosen == "series":
        if files is None:
            return constant
        return {"kind": "benchmark", "series": str(files / "rates.csv")}
    return chosen


def spread_sections(choose: Choose, pair: RandomPair) -> dict[str, Any]:
    """Return sections of a pair that trades its spread: for ``fixed`` of `random_config`."""
    hedge = choose(
        (
            {"kind": "fixed", "ratio": 0.8},
            {"kind": "ols", "min_sessions": 10, "intercept": False},
            {"kind": "ols", "min_sessions": 5},
            {"kind": "rolling_ols", "window": 10},
            {"kind": "rolling_ols", "window": 6, "intercept": False},
            {"kind": "formation", "sessions": 15, "every": 20},
            {"kind": "formation", "sessions": 20, "every": None, "intercept": False},
            {"kind": "kalman", "delta": 1e-3},
            {"kind": "kalman", "observation_variance": 0.1, "intercept": False},
        )
    )
    own = {"formation": {"kind": "formation"}, "kalman": {"kind": "filter"}}.get(hedge["kind"])
    rolling = {"kind": "rolling", "window": choose((5, 12))}
    enter_at = choose((0.5, 1.0, 1.5))
    sizing = {"kind": choose(("hedge_ratio", "linear", "hedge_ratio", "inverse_vol"))}
    if sizing["kind"] == "linear":
        sizing["cap"] = choose((1.2, 3.0))
    sections: dict[str, Any] = {
        "signal": {
            "kind": "spread",
            "hedge": hedge,
            "y": choose((None, LONG, SHORT)),
            "on": choose(("price", "log_price")),
            "zscore": choose((rolling, own or rolling, own or rolling)),
            "enter_at": enter_at,
            "exit_at": choose((0.0, 0.3, enter_at)),
            "direction": choose(("both", "both", "long_spread", "short_spread")),
            "half_life_window": choose((10, 20)),
        },
        "sizing": {**sizing, "window": choose((2, 5)), "gross": choose((1.0, 1.9, 3.0))},
        "exits": {
            "z_stop": choose((None, enter_at + 0.4)),
            "half_lives": choose((None, 2.0)),
            "holding_sessions": choose((None, 15)),
            "stop_loss": choose((None, 0.02)),
            "trailing_stop": choose((None, None, 0.02)),
        },
    }
    counts_shares = choose((True, False))  # the last draw, so that the others are what they were
    if sizing["kind"] != "inverse_vol" and sections["signal"]["on"] == "price" and counts_shares:
        sections["sizing"]["shares"] = float(choose((60, 900)))
        del sections["sizing"]["gross"]
    return sections


def hard_to_borrow_in_either_leg(choose: Choose, pair: RandomPair) -> list[dict[str, Any]]:
    """Return days on which one leg or the other cannot be sold short anew, or is bought in."""
    cuts = [pair.sessions[int(place * len(pair.sessions))] for place in (0.2, 0.35, 0.5, 0.8)]
    return [
        {"symbol": LONG, "since": cuts[0], "until": cuts[1], "action": "no_open"},
        {
            "symbol": choose((LONG, SHORT)),
            "since": cuts[2],
            "until": cuts[3],
            "action": "buy_in",
        },
    ]
