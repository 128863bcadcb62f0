"""F3: do the parameters next door make money too? A subject in, the runs of its neighbours out.

Every number of the configuration that shapes a decision is moved up and down by
``audit.neighbour_step``, one at a time, and the run repeated.
"""

import logging
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import BaseModel, ValidationError

from configs.audit import AuditConfig
from configs.errors import ConfigError, one_line
from configs.schema import CorrelationSignal, RunConfig
from reports.audits.check import Plain
from reports.audits.evidence.clusters import outcomes
from reports.audits.evidence.rating import Block, at_least, block, not_run
from reports.audits.evidence.session_returns import annual_sharpe, session_returns
from reports.audits.subject import Subject
from reports.audits.wording import counted
from reports.statistics.sample import Floats

logger = logging.getLogger(__name__)

SECTIONS = ("signal", "regime", "sizing", "rebalance", "exits", "entries")
# How much money, not what is done with it: the P&L scales, its sign hardly.
AMOUNTS = frozenset({"gross", "gross_each", "vol_target", "max_gross", "min_trade_usd"})
DIGITS = 12  # of a moved value: 20 * 1.1 is not 22 in doubles

Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One number of the configuration, and where to."""

    key: Key
    base: float
    value: float

    @property
    def text(self) -> str:
        """The move in words: ``signal.window 63 -> 76``."""
        return f"{'.'.join(map(str, self.key))} {self.base:g} -> {self.value:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """What the run made with one number moved, its session returns; or why it was not made."""

    move: Move
    net_pnl_usd: float | None = None
    entries: int | None = None
    returns: Floats | None = None
    refused: str | None = None


def knobs(config: RunConfig) -> Iterator[tuple[Key, float]]:
    """Yield every number that shapes a decision, by its place in the configuration."""
    for section in SECTIONS:
        part = getattr(config, section)
        if isinstance(part, BaseModel):
            yield from _numbers_of(part, (section,), config)


def moves(config: RunConfig) -> Iterator[Move]:
    """Yield both moves of every knob; whole numbers go to the next whole one away from the base."""
    step = config.audit.neighbour_step
    for key, base in knobs(config):
        for factor in (1.0 - step, 1.0 + step):
            value = round(base * factor, DIGITS)
            if isinstance(base, int):
                value = math.floor(value) if factor < 1.0 else math.ceil(value)
            yield Move(key=key, base=base, value=value)


def moved(config: RunConfig, move: Move) -> RunConfig:
    """Return the configuration with one number moved.

    Raises
    ------
    ValueError
        The schema refuses it.
    """
    values = config.model_dump()
    target: Any = values
    for part in move.key[:-1]:
        target[part] = list(target[part]) if isinstance(target[part], tuple) else target[part]
        target = target[part]
    target[move.key[-1]] = move.value
    return RunConfig.model_validate(values)


def run_neighbours(subject: Subject, progress: Callable[[str], None]) -> list[Neighbour]:
    """Return every neighbour, run or refused."""
    return [_neighbour(subject, move, progress) for move in moves(subject.config)]


def neighbour_evidence(audit: AuditConfig, own: Floats, neighbours: list[Neighbour]) -> Block:
    """Return F3: the share that made money after costs, of the neighbours that could run.

    It is the trades' money: interest on idle cash makes no neighbour better. One that is the very
    run, because nothing there comes near the number moved, counts, and is told.

    Parameters
    ----------
    own
        Session returns of the run itself.
    """
    run = [each for each in neighbours if each.refused is None]
    same = [each for each in run if _is_same(each, own)]
    numbers = _numbers(neighbours) | {"same_run": [each.move.text for each in same]}
    if not run:
        reason = "no number of the configuration has a neighbour that can run"
        return not_run("F3", audit, reason, numbers)
    gained = sum((each.net_pnl_usd or 0.0) > 0.0 for each in run)
    share = gained / len(run)
    return block(
        "F3",
        audit,
        at_least(share, audit.thresholds.neighbours),
        measured=f"{gained} of {len(run)}",
        sentence=_sentence(audit, neighbours, gained, len(run), len(same)),
        numbers=numbers,
    )


def _numbers_of(part: BaseModel, key: Key, config: RunConfig) -> Iterator[tuple[Key, float]]:
    for name in type(part).model_fields:
        value = getattr(part, name)
        here = (*key, name)
        if isinstance(value, BaseModel):
            yield from _numbers_of(value, here, config)
        elif isinstance(value, tuple):
            for place, each in enumerate(value):
                if isinstance(each, BaseModel):
                    yield from _numbers_of(each, (*here, place), config)
        elif type(value) in (int, float) and not (name in AMOUNTS or _is_idle(here, config)):
            yield here, value


def _is_idle(key: Key, config: RunConfig) -> bool:
    """Return whether this configuration does not look at a number that it carries."""
    signal, sizing = config.signal, config.sizing
    if key[-1] == "phase":  # a choice without a next door; Q1 tries them all
        return True
    if key == ("signal", "zscore_window"):
        return isinstance(signal, CorrelationSignal) and signal.zscore != "rolling"
    if key == ("sizing", "window"):
        rebalance = config.rebalance
        triggers = rebalance.of if rebalance.kind == "any_of" else (rebalance,)
        return not (
            sizing.kind in ("inverse_vol", "beta_neutral")
            or sizing.vol_target is not None
            or any(trigger.kind == "vol_ratio" for trigger in triggers)
        )
    return False


def _neighbour(subject: Subject, move: Move, progress: Callable[[str], None]) -> Neighbour:
    if move.value == move.base:
        return Neighbour(move=move, refused="a relative step from zero is none")
    progress(f"running neighbour {move.text}")
    try:
        result = subject.run(config=moved(subject.config, move))
    except ValidationError as error:  # the schema's
        return Neighbour(move=move, refused=one_line(error.errors()[0]["msg"]))
    except ConfigError as error:  # the engine's: too few sessions for so long a window
        return Neighbour(move=move, refused=one_line(str(error)))
    except Exception as error:  # whatever stops one neighbour, the rest finish and it is named
        logger.exception("neighbour %s", move.text)
        return Neighbour(move=move, refused=f"ended in an error ({one_line(str(error))})")
    trades = outcomes(result).trades
    return Neighbour(
        move=move,
        net_pnl_usd=math.fsum(trade.net_pnl_usd for trade in trades),
        entries=len(trades),
        returns=session_returns(result),
    )


def _sentence(
    audit: AuditConfig, neighbours: list[Neighbour], gained: int, run: int, same: int
) -> str:
    text = (
        f"{gained} of {counted(run, 'neighbour')}, one number moved by {audit.neighbour_step:.0%} "
        "at a time, made money after costs"
    )
    lost = [each.move.text for each in neighbours if each.refused is None and not _gained(each)]
    if lost:
        text += f"; not {', '.join(lost)}"
    if same:
        text += f". {same:,} of them are this very run: nothing in it comes near the number moved"
    refused = [each.move.text for each in neighbours if each.refused is not None]
    if refused:
        text += f". Not counted, because they cannot run: {', '.join(refused)}"
    return f"{text}."


def _is_same(each: Neighbour, own: Floats) -> bool:
    return each.returns is not None and np.array_equal(each.returns, own)


def _gained(each: Neighbour) -> bool:
    return (each.net_pnl_usd or 0.0) > 0.0


def _numbers(neighbours: list[Neighbour]) -> dict[str, Plain]:
    run: list[Plain] = []
    refused: list[Plain] = []
    for each in neighbours:
        row: dict[str, Plain] = {
            "key": ".".join(map(str, each.move.key)),
            "base": each.move.base,
            "value": each.move.value,
        }
        if each.refused is not None:
            refused.append(row | {"refused": each.refused})
        else:
            made: dict[str, Plain] = {
                "net_pnl_usd": each.net_pnl_usd,
                "entries": each.entries,
                "sharpe": None if each.returns is None else annual_sharpe(each.returns),
            }
            run.append(row | made)
    return {"run": run, "refused": refused}
