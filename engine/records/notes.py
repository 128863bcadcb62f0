"""What sessions noted, as words. A run's note bits in, one finding a kind out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from configs.schema import RunConfig
from engine.records.recorded import Recorded
from feeds.market import sessions_of
from feeds.source import Finding, Severity
from strategies.records import Floats, Note

MOST_TEXTS = 3  # of one kind that a finding quotes

_INFO = frozenset({"below_min_trade", "entry_barred", "order_worked"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What the text of a note may quote of its session."""

    run: Recorded
    config: RunConfig
    signals: dict[str, Floats]
    place: int

    def number(self, name: str) -> float:
        """Return a number of the session's outcome."""
        return float(self.run.sessions[name][self.place])

    @property
    def order(self) -> str:
        """The order that the note is about."""
        return self.run.reason(self.number("noted_reason"))


Text = Callable[[Noted], str]


def _multiple(what: str) -> Text:
    def text(noted: Noted) -> str:
        lines, place = noted.signals, noted.place
        asked = lines["intensity"][place] / lines["intensity_reference"][place]
        held = lines["size_multiple"][place]
        return f"{what}: size multiple was {asked:.2f}, held at {held:g}"

    return text


def _capped(what: str) -> Text:
    return lambda noted: f"{what}: vol_target held at max_gross {noted.config.sizing.max_gross:g}"


def _unsized(what: str) -> Text:
    return lambda noted: f"{what}: what sizes the pair is unknown, no order was made"


def _too_small(what: str) -> Text:
    return lambda noted: f"{what}: less than one share a leg, no order was made"


def _scaled(what: str) -> Text:
    return lambda noted: f"{what} was scaled to {noted.number('fit'):.4f} of itself"


def _refused(what: str) -> Text:
    return lambda noted: f"{what} did not fit initial margin: not made"


# Each bit: the check it becomes a finding of, and its text.
NOTES: dict[Note, tuple[str, Text]] = {
    Note.RUIN: (
        "ruin",
        lambda noted: f"equity was {noted.number('equity'):,.2f} dollars: the run ends here",
    ),
    Note.MARGIN_CALL: (
        "margin_call",
        lambda noted: f"the book was cut to {noted.number('kept'):.4f} of itself",
    ),
    Note.ORDER_CUT: (
        "order_cut",
        lambda noted: f"the rest of the {noted.order} was cancelled",
    ),
    Note.HARD_TO_BORROW: (
        "hard_to_borrow",
        lambda noted: f"{noted.order} cancelled: no borrow",
    ),
    Note.MARGIN_DEEPENED: (
        "margin_deepened",
        lambda noted: (
            "the fill's prices and costs cut the book to "
            f"{noted.number('deepened_to'):.4f} of itself"
        ),
    ),
    Note.ORDER_WORKED: (
        "order_worked",
        lambda noted: f"{noted.order} found less volume than it needs: worked on",
    ),
    Note.NO_VOLUME: (
        "order_worked",
        lambda noted: f"{noted.order} found a session without volume: worked on",
    ),
    Note.BELOW_MIN_TRADE: (
        "below_min_trade",
        lambda noted: "rebalance: smaller than min_trade_usd, not made",
    ),
    Note.ENTRY_BARRED: (
        "entry_barred",
        lambda noted: (
            f"entry: {noted.run.reason(noted.number('barred_by'))} holds, no order was made"
        ),
    ),
    Note.ENTRY_REFUSED: ("margin_refused", _refused("entry")),
    Note.REBALANCE_REFUSED: ("margin_refused", _refused("rebalance")),
    Note.ENTRY_SCALED: ("margin_scaled", _scaled("entry")),
    Note.REBALANCE_SCALED: ("margin_scaled", _scaled("rebalance")),
    Note.ENTRY_UNSIZED: ("not_sized", _unsized("entry")),
    Note.REBALANCE_UNSIZED: ("not_sized", _unsized("rebalance")),
    Note.ENTRY_TOO_SMALL: ("not_sized", _too_small("entry")),
    Note.REBALANCE_TOO_SMALL: ("not_sized", _too_small("rebalance")),
    Note.ENTRY_CLIPPED: ("multiple_clipped", _multiple("entry")),
    Note.REBALANCE_CLIPPED: ("multiple_clipped", _multiple("rebalance")),
    Note.ENTRY_CAPPED: ("gross_capped", _capped("entry")),
    Note.REBALANCE_CAPPED: ("gross_capped", _capped("rebalance")),
}


def note_findings(config: RunConfig, run: Recorded, signals: dict[str, Floats]) -> list[Finding]:
    """Return one finding per kind of note, with all its sessions and the first texts."""
    by_check: dict[str, list[tuple[int, str]]] = {}
    bits = run.sessions["notes"].astype(np.int64)
    for note, (check, text) in NOTES.items():
        noted = np.flatnonzero(bits & int(note)).tolist()
        by_check.setdefault(check, []).extend(
            (place, text(Noted(run=run, config=config, signals=signals, place=place)))
            for place in noted
        )
    days = run.sessions["day"]
    return [
        _finding(config, check, sorted(notes, key=lambda note: note[0]), days)
        for check, notes in sorted(by_check.items())
        if notes
    ]


def _finding(config: RunConfig, check: str, notes: list[tuple[int, str]], days: Floats) -> Finding:
    texts = list(dict.fromkeys(text for _, text in notes))
    more = f" (and {len(texts) - MOST_TEXTS} more like it)" if len(texts) > MOST_TEXTS else ""
    dates = sessions_of(np.unique(days[[place for place, _ in notes]]))
    severity: Severity = "info" if check in _INFO else "warning"
    return Finding(
        check=check,
        symbol=f"{config.pair.long}/{config.pair.short}",
        dates=tuple(str(day) for day in dates),
        severity=severity,
        text=f"{'; '.join(texts[:MOST_TEXTS])}{more}: {len(dates)} session(s)",
    )
