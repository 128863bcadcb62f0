"""Cheats: fills an entry at the very close that decided it, by the broker's back door."""

from strategies import CorrelationPair


class Strategy(CorrelationPair):
    def next(self):
        super().next()
        if not self.acted[-1]:
            return
        broker = self.broker
        number, row = len(broker.rows) - 1, list(broker.rows[-1])
        long_close, short_close = self.long.close[0], self.short.close[0]
        fills = broker.desk.fill(row[0], number, long_close, short_close, at_open=False)
        paid = [
            sum(getattr(fill, name) for fill in fills)
            for name in ("commission", "fees", "spread", "impact")
        ]
        broker.cash -= sum(fill.shares * fill.price for fill in fills) + sum(paid)
        long_shares = sum(held.long.shares for held in broker.held)
        short_shares = sum(held.short.shares for held in broker.held)
        long_value, short_value = long_shares * long_close, short_shares * short_close
        broker.equity = broker.cash + (long_value + short_value)
        row[1:7] = (
            broker.cash, long_shares, short_shares, long_value, short_value, broker.equity
        )  # fmt: skip
        row[10:14] = [before + more for before, more in zip(row[10:14], paid, strict=True)]
        broker.rows[-1] = tuple(row)
