"""The columns of a run's frames and files, and what a ledger row adds up from."""

from strategies import cost_columns

COST_TEXTS = cost_columns.COLUMNS
FILL_COSTS = cost_columns.FILL_COLUMNS
COSTS = tuple(COST_TEXTS)
INCOME = ("long_pnl", "short_pnl", "dividends", "interest")

LEDGER_COLUMNS = (
    "date", "cash", "long_shares", "short_shares", "long_value", "short_value", "equity",
    "long_pnl", "short_pnl", "dividends", *COSTS, "interest", "gross", "net", "equity_return",
)  # fmt: skip
FILL_COLUMNS = (
    "date", "symbol", "shares", "price", "reason", *FILL_COSTS, "decided",
)  # fmt: skip
ORDER_COLUMNS = ("decided", "reason", "long_shares", "short_shares")
TRADE_COLUMNS = (
    "entry", "exit", "entry_decided", "exit_decided", "sessions", "exit_reason", "gross_pnl",
    "long_pnl", "short_pnl", "hedge_pnl", *COSTS, "dividends", "interest", "net_pnl",
    "entry_gross_notional", "return", "direction",
)  # fmt: skip
REBALANCE_COLUMNS = ("decided", "why", "drift", "traded", "cost")
CLOSE_COLUMNS = ("date", "long", "short", "benchmark")
