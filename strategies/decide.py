"""One decision a session. The rules and a close in; an exit, else an entry, else a rebalance out.

Everything read is known at the close of *t*; the order fills from *t+1* on. Backtrader's strategy
calls `decide`, and so does the compiled loop: there is no other body.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from configs.schema import RunConfig
from configs.spread import SpreadSignal
from configs.trading import RegTMargin, TrancheEntries
from strategies import sizing
from strategies.exits import ExitRules, exit_rules, find_leaving
from strategies.orders import change, let_go, open_tranche, order_exit, work
from strategies.rebalance import RebalanceRules, due_trigger, may_be_due, rebalance_rules
from strategies.records import NONE, Book, Note, Outcome, Reason, Today, Tranche
from strategies.rules import entries, margin
from strategies.rules.sizing import cut_shares, shares_to_trade
from strategies.sizing import SizingRules, sizing_rules
from strategies.thesis import broken


@dataclass(slots=True)
class EntryRules:
    """When a trade may open beside those held."""

    has_tranches: int = 0
    gap_days: int = 21
    max_open: int = 1
    may_reverse: int = 1  # one order may end one side of the spread and enter the other
    warm_from: int = 1  # first session, counted from 1, on which an entry can be decided


@dataclass(slots=True)
class MarginRules:
    """The account's margin rates; fractions of market value."""

    has_margin: int = 0
    initial: float = 0.5
    maintenance_long: float = 0.25
    maintenance_short: float = 0.3
    house: float = 1.0
    refuses: int = 0  # an order that does not fit is refused rather than scaled


@dataclass(slots=True)
class Rules:
    """Everything a configuration asks of a decision."""

    entry: EntryRules = field(default_factory=EntryRules)
    sizing: SizingRules = field(default_factory=SizingRules)
    exits: ExitRules = field(default_factory=ExitRules)
    rebalance: RebalanceRules = field(default_factory=RebalanceRules)
    margin: MarginRules = field(default_factory=MarginRules)
    lag: int = 0  # sessions that an order waits beyond the next one


def rules_of(config: RunConfig, warm_from: int, lag: int = 0) -> Rules:
    """Return the configured rules as numbers.

    Parameters
    ----------
    warm_from
        First session, counted from 1, on which an entry can be decided.
    lag
        Sessions that orders of the strategy wait beyond the next one.
    """
    entry, share = EntryRules(warm_from=warm_from), 1.0
    if isinstance(config.entries, TrancheEntries):
        asked = config.entries
        entry.has_tranches, entry.gap_days, entry.max_open = 1, asked.gap_days, asked.max_open
        share = asked.gross_each
    impact = config.costs.impact
    if impact.kind == "square_root" and impact.participation_cap is not None:
        entry.may_reverse = 0  # worked over sessions, an exit and an entry are two orders
    account = config.account
    return Rules(
        entry=entry,
        sizing=sizing_rules(
            config.sizing,
            share,
            fractional=account.fractional,
            any_hedge=isinstance(config.signal, SpreadSignal) and config.signal.any_hedge,
            y_is_long=not isinstance(config.signal, SpreadSignal)
            or config.signal.y in (None, config.pair.long),
        ),
        exits=exit_rules(config),
        rebalance=rebalance_rules(config.rebalance),
        margin=_margin_rules(account.margin)
        if isinstance(account.margin, RegTMargin)
        else (MarginRules()),
        lag=lag,
    )


def _margin_rules(asked: RegTMargin) -> MarginRules:
    return MarginRules(
        has_margin=1,
        initial=asked.initial,
        maintenance_long=asked.maintenance_long,
        maintenance_short=asked.maintenance_short,
        house=asked.house_multiplier,
        refuses=int(asked.on_shortfall == "refuse"),
    )


def decide(
    rules: Rules,
    today: Today,
    book: Book,
    tranches: Sequence[Tranche],
    outcome: Outcome,
    side: int,
) -> None:
    """Decide at the close of *t* and leave the order, if any, with the book.

    Parameters
    ----------
    side
        What the entry line (signal and regime) asks at this close: +1 to buy the pair, -1 to sell
        it, 0 for neither.
    """
    find_leaving(rules.exits, today, book, tranches)
    act(rules, today, book, tranches, outcome, side)


def act(
    rules: Rules,
    today: Today,
    book: Book,
    tranches: Sequence[Tranche],
    outcome: Outcome,
    side: int,
) -> None:
    """Order the exit that `find_leaving` noted, else an entry, else a rebalance.

    An exit of everything beside an entry of the other side is one order, a reversal.
    """
    if side != 0 and not sizing.is_sizable(rules.sizing, today):
        side = 0
        if book.held == 0 and today.number + 1 >= rules.entry.warm_from:
            outcome.notes |= Note.ENTRY_UNSIZED
    leaves, acted, reverses = False, False, side != 0 and rules.entry.may_reverse != 0
    for place in range(book.held):
        leaving = tranches[place].leaving != Reason.NOTHING
        leaves = leaves or leaving
        reverses = reverses and leaving and tranches[place].direction == -side
    if leaves:
        acted = (
            reverses
            and book.reason == Reason.NOTHING
            and is_open_to_entries(rules, today, outcome)
            and enter(rules, today, book, tranches, outcome, side, True)
        )
        if not acted:
            order_exit(today, book, tranches, outcome, rules.lag)
    elif book.reason == Reason.NOTHING:
        acted = (
            side != 0
            and may_enter(rules, today, book, outcome)
            and enter(rules, today, book, tranches, outcome, side, False)
        )
        if not acted and book.held > 0 and may_be_due(rules.rebalance, today):
            maintain(rules, today, book, tranches, outcome)
    outcome.triggered, outcome.acted = side, int(acted)


def is_open_to_entries(rules: Rules, today: Today, outcome: Outcome) -> bool:
    """Return whether neither the calendar nor a broken thesis bars entries at this close."""
    if today.flat_due:
        return False
    barred = broken(rules.exits.thesis, today)
    if barred != Reason.NOTHING:
        outcome.notes |= Note.ENTRY_BARRED
        outcome.barred_by = barred
    return barred == Reason.NOTHING


def may_enter(rules: Rules, today: Today, book: Book, outcome: Outcome) -> bool:
    """Return whether a trigger at this close may open a trade beside those held."""
    notes, barred_by = outcome.notes, outcome.barred_by
    if not is_open_to_entries(rules, today, outcome):
        if book.held > 0:  # only news to somebody who is flat
            outcome.notes, outcome.barred_by = notes, barred_by
        return False
    if not rules.entry.has_tranches:
        return book.held == 0
    return entries.may_open_tranche(
        today.day, book.last_accepted, rules.entry.gap_days, book.held, rules.entry.max_open
    )


def enter(
    rules: Rules,
    today: Today,
    book: Book,
    tranches: Sequence[Tranche],
    outcome: Outcome,
    side: int,
    reverses: bool,
) -> bool:
    """Order a new tranche at its target; return whether an order was made.

    The share that initial margin allows stays with it: a rebalance does not outgrow its entry.

    Parameters
    ----------
    side
        +1 to buy the pair, -1 to sell it.
    reverses
        Whether everything held leaves by the same order.
    """
    long, short = sizing.targets(
        rules.sizing, today, book, outcome, 1.0, side,
        Note.ENTRY_TOO_SMALL, Note.ENTRY_CLIPPED, Note.ENTRY_CAPPED,
    )  # fmt: skip
    if long == 0.0 and short == 0.0:
        return False
    held = 0.0
    for place in range(0 if reverses else book.held):
        tranche = tranches[place]
        held += abs(tranche.long.shares) * book.long_mark
        held += abs(tranche.short.shares) * book.short_mark
    wanted = abs(long) * book.long_mark + abs(short) * book.short_mark
    fit = fitting(rules.margin, book.equity, held, wanted)
    if fit < 1.0:
        long, short = (
            cut(rules, today.long.later_splits, long * fit),
            cut(rules, today.short.later_splits, short * fit),
        )
        if rules.margin.refuses or long == 0.0 or short == 0.0:
            outcome.notes |= Note.ENTRY_REFUSED
            return False
        outcome.notes |= Note.ENTRY_SCALED
        outcome.fit = fit
    for place in range(book.held):
        tranches[place].is_changing = 0
    reason = Reason.ENTRY
    if reverses:
        let_go(today, book, tranches)
        reason = Reason.REVERSAL
    open_tranche(tranches[book.held], today, fit, side)
    change(tranches[book.held], long, short)
    work(today, book, tranches, outcome, reason, rules.lag)
    book.last_accepted = today.day
    book.ratio_at_sizing = today.vol_ratio
    return True


def fitting(asked: MarginRules, equity: float, held: float, wanted: float) -> float:
    """Return the share of wanted dollars that initial margin allows beside those held."""
    if not asked.has_margin:
        return 1.0
    allowed = margin.initial_scale(equity, held + wanted, 0.0, asked.initial, asked.house)
    if allowed >= 1.0:
        return 1.0
    return max(allowed * (held + wanted) - held, 0.0) / wanted


def cut(rules: Rules, later_splits: float, shares: float) -> float:
    """Return the part of signed shares that may trade: whole as traded, unless fractions may."""
    return cut_shares(shares, later_splits, rules.sizing.fractional != 0)


def maintain(
    rules: Rules, today: Today, book: Book, tranches: Sequence[Tranche], outcome: Outcome
) -> None:
    """Order the held trades back to target when a rebalance is due and worth its size."""
    long_shares = short_shares = 0.0
    for place in range(book.held):
        long_shares += tranches[place].long.shares
        short_shares += tranches[place].short.shares
    side = float(tranches[0].direction)  # one for all: the other side leaves before it is entered
    long_value = side * long_shares * today.long.close
    short_value = side * -short_shares * today.short.close
    sizable = sizing.is_sizable(rules.sizing, today)
    weight = sizing.long_weight(rules.sizing, today) if sizable else float("nan")
    which = due_trigger(rules.rebalance, today, book, outcome, long_value, short_value, weight)
    if which == NONE:
        return
    if not sizable:
        outcome.notes |= Note.REBALANCE_UNSIZED
        return
    wanted = aim(rules, today, book, tranches, outcome)
    if not wanted > 0.0:
        return
    long_target = short_target = 0.0
    for place in range(book.held):
        long_target += tranches[place].long.to_trade
        short_target += tranches[place].short.to_trade
    long_trade = abs(side * long_target * today.long.close - long_value)
    short_trade = abs(side * -short_target * today.short.close - short_value)
    if max(long_trade, short_trade) < rules.rebalance.min_trade_usd[which]:
        outcome.notes |= Note.BELOW_MIN_TRADE
        return
    fit = fitting(rules.margin, book.equity, 0.0, wanted)
    if fit < 1.0 and not scale_targets(rules, today, book, tranches, outcome, fit):
        return
    if from_targets_to_changes(rules, today, book, tranches):
        work(today, book, tranches, outcome, Reason.REBALANCE, rules.lag)
        book.ratio_at_sizing = today.vol_ratio
        outcome.resized_by = which


def aim(
    rules: Rules, today: Today, book: Book, tranches: Sequence[Tranche], outcome: Outcome
) -> float:
    """Set each held tranche's target; return their gross dollars, 0 where a leg would get none."""
    wanted, lacking = 0.0, False
    for place in range(book.held):
        long, short = sizing.targets(
            rules.sizing, today, book, outcome, tranches[place].fit, tranches[place].direction,
            Note.REBALANCE_TOO_SMALL, Note.REBALANCE_CLIPPED, Note.REBALANCE_CAPPED,
        )  # fmt: skip
        change(tranches[place], long, short)
        lacking = lacking or (long == 0.0 and short == 0.0)
        wanted += abs(long) * book.long_mark + abs(short) * book.short_mark
    return 0.0 if lacking else wanted


def scale_targets(
    rules: Rules,
    today: Today,
    book: Book,
    tranches: Sequence[Tranche],
    outcome: Outcome,
    fit: float,
) -> bool:
    """Cut every target to what initial margin allows; return whether they may be ordered."""
    lacking = False
    for place in range(book.held):
        tranche = tranches[place]
        long = cut(rules, today.long.later_splits, tranche.long.to_trade * fit)
        short = cut(rules, today.short.later_splits, tranche.short.to_trade * fit)
        change(tranche, long, short)
        lacking = lacking or long == 0.0 or short == 0.0
    if rules.margin.refuses or lacking:
        outcome.notes |= Note.REBALANCE_REFUSED
        return False
    outcome.notes |= Note.REBALANCE_SCALED
    outcome.fit = fit
    return True


def from_targets_to_changes(
    rules: Rules, today: Today, book: Book, tranches: Sequence[Tranche]
) -> bool:
    """Turn target shares into shares to trade; return whether there are any."""
    trades = False
    for place in range(book.held):
        tranche = tranches[place]
        change_to(rules, today, tranche, tranche.long.to_trade, tranche.short.to_trade)
        trades = trades or tranche.long.to_trade != 0.0 or tranche.short.to_trade != 0.0
    return trades


def change_to(rules: Rules, today: Today, tranche: Tranche, long: float, short: float) -> None:
    """Note what is to trade to bring a tranche to so many signed shares a leg."""
    fractional = rules.sizing.fractional != 0
    change(
        tranche,
        shares_to_trade(long, tranche.long.shares, today.long.later_splits, fractional),
        shares_to_trade(short, tranche.short.shares, today.short.later_splits, fractional),
    )
