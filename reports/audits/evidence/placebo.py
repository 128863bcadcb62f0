"""E3: would other dates have done as well? A run in, its entries among placebo entries out.

A session's return of the pair is what a book held in the run's own mean proportions earns from
close to close, dividends included: ``w r_long - (1 - w) r_short``, w the long leg's mean share of
gross exposure over the sessions held. Constant weights can be had on every date, also on those on
which the run had none; the real entries are measured with them too. No cost is paid.
"""

import numpy as np

from engine.records.result import Result
from reports.audits.check import Plain
from reports.audits.evidence.clusters import Outcomes, Trade
from reports.audits.evidence.rating import Block, at_least, block, not_run
from reports.audits.wording import counted, percent
from reports.statistics.placebo import Entries, Placebo, circular_shift, random_entries
from reports.statistics.sample import Floats

DRAWS = 2_000  # a 95th percentile is then good to half a point
MOST_HELD = 0.9  # of the sessions; beyond it every other date is nearly the same date


def placebo_evidence(result: Result, entered: Outcomes) -> Block:
    """Return E3: the lower of the two percentiles of the mean return per entry.

    The history starts where the signals are warm: before, the rule could not have entered. A signal
    that is always on chooses no dates, so that there is nothing to ask.
    """
    audit = result.config.audit
    if result.config.signal.kind == "always":
        return not_run("E3", audit, "the signal is always on and chooses no dates")
    start = first_choice(result, entered)
    returns = pair_returns(result)[start:]
    entries, left_out = placed(result, entered, start)
    if len(entries.first) == 0:
        return not_run("E3", audit, "no entry was held over a close")
    held = _share_held(entries, len(returns))
    if held > MOST_HELD:
        reason = f"the pair was held on {percent(held, 0)} of the sessions, which leaves no others"
        return not_run("E3", audit, reason)
    placebos = (
        circular_shift(returns, entries),
        random_entries(returns, entries, draws=DRAWS, rng=np.random.default_rng([audit.seed, 3])),
    )
    worst = min(placebo.percentile for placebo in placebos)
    return block(
        "E3",
        audit,
        at_least(worst, audit.thresholds.placebo_percentile),
        measured=f"percentile {worst:.1f}",
        sentence=_sentence(placebos, len(entries.first), left_out),
        numbers=_numbers(placebos, held, left_out, weight=long_share(result)),
    )


def long_share(result: Result) -> float:
    """Return the long leg's mean share of gross exposure over the sessions held; 0.5 of none."""
    ledger = result.ledger[result.ledger["gross"] > 0.0]
    return float((ledger["long_value"].abs() / ledger["gross"]).mean()) if len(ledger) else 0.5


def pair_returns(result: Result) -> Floats:
    """Return what the pair earns each session at the run's mean weights, shape (sessions,).

    Simple total returns; the first session, which nothing precedes, is 0.
    """
    closes = result.closes[["long", "short"]].to_numpy(dtype=np.float64)
    legs = np.vstack([np.zeros((1, 2)), closes[1:] / closes[:-1] - 1.0])
    share = long_share(result)
    return np.asarray(share * legs[:, 0] - (1.0 - share) * legs[:, 1], dtype=np.float64)


def first_choice(result: Result, entered: Outcomes) -> int:
    """Return the place of the first session whose return an entry could have earned.

    The one after the first on which every signal line is known. A line that stays unknown
    throughout is not waited for, nor one that an entry did not wait for.
    """
    drawn = result.signals.drop(columns=["date", "direction", "entry", "acted"], errors="ignore")
    known = ~np.isnan(drawn.to_numpy(dtype=np.float64))
    firsts = [int(np.argmax(column)) for column in known.T if column.any()]
    decided = [trade.decided for trade in entered.trades]
    filled = [trade.entry for trade in entered.trades]  # of a run that cheats, as it decides
    return min([max(firsts, default=0) + 1, *(session + 1 for session in decided), *filled])


def placed(result: Result, entered: Outcomes, start: int) -> tuple[Entries, int]:
    """Return the holds as places among the returns from ``start``, and how many earn none.

    A fill at the open earns its session's return, one at the close the next session's; so with the
    exit. An open trade is held to the end.
    """
    sessions = len(result.ledger)
    later = 0 if result.config.account.fill == "next_open" else 1
    rows = [_hold(trade, sessions, later) for trade in entered.trades]
    kept = [(first - start, hold) for first, hold in rows if hold >= 1]
    entry = [
        trade.entry for trade, (_, hold) in zip(entered.trades, rows, strict=True) if hold >= 1
    ]
    shares = result.ledger["long_shares"].to_numpy(dtype=np.float64)
    entries = Entries(
        first=np.array([first for first, _ in kept], dtype=np.int64),
        hold_sessions=np.array([hold for _, hold in kept], dtype=np.int64),
        direction=np.where(shares[entry] < 0.0, -1, 1).astype(np.int64),
    )
    return entries, len(rows) - len(kept)


def _hold(trade: Trade, sessions: int, later: int) -> tuple[int, int]:
    """Return the place of the first return that a trade earns, and how many it earns."""
    first = trade.entry + later
    end = sessions if trade.exit is None else trade.exit + later
    return first, min(end, sessions) - first


def _share_held(entries: Entries, sessions: int) -> float:
    is_held = np.zeros(sessions, dtype=bool)
    for first, hold in zip(entries.first, entries.hold_sessions, strict=True):
        is_held[first : first + hold] = True
    return float(is_held.mean())


def _sentence(placebos: tuple[Placebo, Placebo], entries: int, left_out: int) -> str:
    shift, drawn = placebos
    text = (
        f"{counted(entries, 'entry', 'entries')} made {percent(shift.observed)} each before "
        f"costs, at the run's mean weights; that beats {shift.percentile:.1f}% of "
        f"{len(shift.chance):,} shifts of the same entries through the history and "
        f"{drawn.percentile:.1f}% of {len(drawn.chance):,} histories of random entries held as "
        "long. The lower counts"
    )
    if left_out:
        text += f". {counted(left_out, 'entry', 'entries')} on the last session left out"
    return f"{text}."


def _numbers(
    placebos: tuple[Placebo, Placebo], held: float, left_out: int, weight: float
) -> dict[str, Plain]:
    numbers: dict[str, Plain] = {
        "long_share": weight,
        "share_of_sessions_held": held,
        "entries_left_out": left_out,
    }
    for placebo in placebos:
        low, median, high = (float(each) for each in np.percentile(placebo.chance, [5, 50, 95]))
        numbers[placebo.kind] = {
            "observed": placebo.observed,
            "percentile": placebo.percentile,
            "p": placebo.p_value,
            "placebos": len(placebo.chance),
            "chance_5": low,
            "chance_50": median,
            "chance_95": high,
        }
    return numbers
