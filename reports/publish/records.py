"""The data files of a run. A ``Result`` in, the text of every CSV and JSON file out.

Numbers are written to what they mean (see `digits`), dates are ISO, NaN is empty in a CSV
and null in JSON. Nothing here depends on the clock, the machine or the order of a set: same run,
same bytes.
"""

import json
from typing import Any

import pandas as pd

from engine.records.columns import (
    FILL_COLUMNS,
    LEDGER_COLUMNS,
    REBALANCE_COLUMNS,
    TRADE_COLUMNS,
)
from engine.records.result import Result, resized
from engine.to_json import plain
from reports.measures.attribution import pieces
from reports.publish.digits import written, written_frame
from reports.wording import alarm


def records(result: Result) -> dict[str, str]:
    """Return the text of every data file, by file name."""
    filings = result.filings
    reports = {} if filings is None else {"filings.csv": _csv_text(filings.known)}
    return {
        "result.json": _json_text(written(plain(summary(result)))),
        "ledger.csv": _csv_text(result.ledger[list(LEDGER_COLUMNS)]),
        "fills.csv": _csv_text(result.fills[list(FILL_COLUMNS)]),
        "trades.csv": _csv_text(result.trades[list(TRADE_COLUMNS)]),
        "rebalances.csv": _csv_text(result.rebalances[list(REBALANCE_COLUMNS)]),
        "signals.csv": _csv_text(result.signals),
        **reports,
        "findings.json": _json_text(list(result.findings)),
        "manifest.json": _json_text(result.manifest, sort_keys=True),
    }


def summary(result: Result) -> dict[str, Any]:
    """Return ``result.json`` as plain data: the headline in its order, then the rest of the run."""
    marks: dict[str, Any] = {"synthetic": result.synthetic}
    warning = alarm(synthetic=result.synthetic, replicates=result.config.account.replication)
    if warning is not None:
        marks["warning"] = warning
    return {
        "name": result.config.name,
        "pair": {"long": result.config.pair.long, "short": result.config.pair.short},
        **marks,
        **result.headline,
        "counts": {
            "sessions": len(result.ledger),
            "fills": len(result.fills),
            "trades_closed": len(result.trades),
            "trades_open": len(result.open_trades),
            "rebalances": len(resized(result.rebalances)),
            "pending_orders": len(result.pending),
            "findings": len(result.findings),
        },
        "ended": result.ended,
        "attribution": {piece.key: piece.usd for piece in pieces(result)},
        "hedge_pnl": dict(result.hedge_pnl),
        "breakeven": result.breakeven,
        "open_trades": list(result.open_trades),
        "pending": list(result.pending),
    }


def _csv_text(frame: pd.DataFrame) -> str:
    return written_frame(frame).to_csv(index=False, date_format="%Y-%m-%d", lineterminator="\n")


def _json_text(data: object, *, sort_keys: bool = False) -> str:
    text = json.dumps(
        plain(data), indent=2, ensure_ascii=False, allow_nan=False, sort_keys=sort_keys
    )
    return text + "\n"
