"""Make the pinned runs. A folder of real prices in, one JSON file per rebalance period out.

They come from the oracle, never from the engine they are held against:

    python -m tests.golden.from_oracle FOLDER

Run it again only when a rule of the trade changes, with a changelog line that says which.
"""

import json
import sys
from pathlib import Path

from tests.oracle.pair_oracle import simulate

HERE = Path(__file__).parent
PERIODS = ("weekly", "monthly")

# The DESIGN configuration, written out: a changed default or YAML file must not change a golden.
CONFIG = {
    "data": {"start": "2023-04-11", "end": "2026-06-30"},
    "pair": {"long": "SMH", "short": "IGV"},
    "signal": {
        "kind": "correlation",
        "window": 63,
        "zscore": "expanding",
        "min_periods": 63,
        "enter_below": -2.0,
    },
    "sizing": {"kind": "inverse_vol", "window": 21, "gross": 1.0},
    "exits": {"holding_sessions": 126},
    "costs": {
        "commission": {"kind": "ibkr_fixed"},
        "spread": {"default_bps": 3.0, "SMH": 2.0, "IGV": 3.0},
        "borrow": {"default_rate": 0.0025},
    },
    "account": {"cash": 1_000_000, "fill": "next_open", "fractional": False},
}

ABOUT = {
    "made_by": "python -m tests.golden.from_oracle FOLDER, that is tests/oracle (standard library "
    "only, no line shared with the engine), on real SMH and IGV prices to 2026-06-30",
    "checked_by_hand": "tests/golden/test_first_entry_by_hand.py works the first entry (weights, "
    "shares, notional, commission, half-spread, first night's borrow, equity) from eight raw rows; "
    "the oracle's own tests work every other rule on a ten-session case",
    "changes": "only with a changelog line",
}


def golden_path(period: str) -> Path:
    """Return where the pinned run of one rebalance period lies."""
    return HERE / f"smh_igv_{period}.json"


def golden_text(folder: str, period: str) -> str:
    """Return the pinned run as it should lie on disk."""
    run = simulate(folder, CONFIG | {"rebalance": {"kind": period}})
    orders = sorted(run["pending"], key=lambda order: order["symbol"])
    names = ("symbol", "shares", "reason", "decided")
    pinned = {
        "about": ABOUT,
        "rebalance": period,
        "headline": run["headline"],
        "trades": run["trades"],
        "open_trades": run["open_trades"],
        "pending": [{name: order[name] for name in names} for order in orders],
        "fills": len(run["fills"]),
    }
    return json.dumps(pinned, indent=2) + "\n"


if __name__ == "__main__":
    for each in PERIODS:
        golden_path(each).write_text(golden_text(sys.argv[1], each), encoding="utf-8")
