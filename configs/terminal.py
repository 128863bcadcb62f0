"""What a run tells while it works. Steps in; a live line on a terminal or plain lines out."""

import contextlib
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from configs.errors import one_line, printable
from configs.stopping import undone
from configs.streams import tell

AS_IT_WAS = b"\r\x1b[2K\x1b[?25h"  # to a terminal: this line empty, the cursor shown


@dataclass(slots=True)
class Steps:
    """Call it with each step before it is taken; `expect` says how many there will be."""

    show: Callable[[str, int, int | None], None]
    total: int | None = None
    taken: int = 0

    def expect(self, total: int) -> None:
        """Let a terminal show how far we are."""
        self.total = total

    def __call__(self, step: str) -> None:
        """Show ``step``."""
        self.show(one_line(step), self.taken, self.total)
        self.taken += 1


@contextmanager
def steps(*, is_quiet: bool = False) -> Iterator[Steps]:
    """Yield what shows steps on stderr; nothing of them where nobody asked to be told.

    What the downloads say meanwhile (a wait before another try) is shown too. A live line takes
    all of stdout to its own terminal: write there after it is over.
    """
    if is_quiet:
        yield Steps(lambda step, taken, total: None)
        return
    with _shown() as (made, notice), contextlib.ExitStack() as stack:
        for name in (
            "feeds.prices.yahoo_client",
            "feeds.filings.edgar_client",
        ):  # they may keep a user waiting
            stack.enter_context(_listening(logging.getLogger(name), _Listener(notice)))
        yield made


@contextmanager
def _listening(download: logging.Logger, listener: logging.Handler) -> Iterator[None]:
    """Hand on what one logger says; to the root's handlers only when somebody debugs."""
    is_debugging = logging.getLogger().isEnabledFor(logging.DEBUG)
    download.addHandler(listener)
    download.propagate = is_debugging
    download.setLevel(logging.DEBUG if is_debugging else logging.INFO)
    try:
        yield
    finally:
        download.removeHandler(listener)
        download.propagate = True
        download.setLevel(logging.NOTSET)


class _Listener(logging.Handler):
    """Hands on what is worth telling, one line each."""

    def __init__(self, notice: Callable[[str], None]) -> None:
        super().__init__(logging.INFO)
        self.notice = notice

    def emit(self, record: logging.LogRecord) -> None:
        self.notice(one_line(record.getMessage()))


@contextmanager
def _shown() -> Iterator[tuple[Steps, Callable[[str], None]]]:
    """Yield the steps and what shows a notice between them."""
    if not sys.stderr.isatty():
        yield Steps(lambda step, taken, total: tell(step)), tell
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:  # somebody said so in the environment
        yield Steps(lambda step, taken, total: tell(step)), tell
        return
    text = TextColumn("{task.description}", markup=False)
    bar = BarColumn(bar_width=24)  # moves to and fro until the number of steps is known
    drawn = Progress(bar, TimeElapsedColumn(), text, console=console, transient=True)
    with undone(_clear), drawn as line:
        task = line.add_task("loading the program", total=None)

        def show(step: str, taken: int, total: int | None) -> None:
            if total is not None and len(line.columns) == 3:
                line.columns = (bar, MofNCompleteColumn(), TimeElapsedColumn(), text)
            line.update(task, description=step, completed=taken, total=total)

        yield Steps(show), lambda notice: line.update(task, description=notice)


def _clear() -> None:
    """Leave the terminal as it was, when a signal ends us under a live line."""
    os.write(2, AS_IT_WAS)


def log_to_stderr(*, is_debugging: bool) -> None:
    """Show what is logged, warnings among it, to who debugs; to nobody else."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Printable(logging.BASIC_FORMAT))
    level = logging.DEBUG if is_debugging else logging.CRITICAL
    logging.basicConfig(level=level, handlers=[handler])


class _Printable(logging.Formatter):
    """Lines with nothing left in them that could steer a terminal: servers write some of them."""

    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(printable(line) for line in super().format(record).split("\n"))
