"""Enters at the very close that decided it."""

from dataclasses import replace

from engine.body.fills import fill_order
from strategies import CorrelationPair


class Strategy(CorrelationPair):
    def next(self):
        super().next()
        broker = self.broker
        done, book = broker.outcomes[-1], broker.book
        today = broker.facts
        if not done.acted or done.fill_reason:
            return
        terms = replace(broker.terms, fills_at_open=0)
        fill_order(terms, today, broker.rates, book, broker.tranches, broker.closed, done)
        done.long_shares = sum(held.long.shares for held in broker.held)
        done.short_shares = sum(held.short.shares for held in broker.held)
        done.long_value = done.long_shares * today.long.close
        done.short_value = done.short_shares * today.short.close
        book.equity = book.cash + (done.long_value + done.short_value)
        done.cash, done.equity = book.cash, book.equity
