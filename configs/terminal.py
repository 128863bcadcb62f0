"""What a run tells while it works. Steps in; a live line on a terminal or plain lines out."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


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
        self.show(step, self.taken, self.total)
        self.taken += 1


@contextmanager
def steps() -> Iterator[Steps]:
    """Yield what shows steps on stderr.

    A live line takes all of stdout to its own terminal: write there after it is over.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield Steps(lambda step, taken, total: _line(step))
        return
    text = TextColumn("{task.description}", markup=False)
    with Progress(SpinnerColumn(), text, console=console, transient=True) as line:
        task = line.add_task("starting", total=None)

        def show(step: str, taken: int, total: int | None) -> None:
            if total is not None and len(line.columns) == 2:
                line.columns = (*line.columns, BarColumn(bar_width=24), MofNCompleteColumn())
            line.update(task, description=step, completed=taken, total=total)

        yield Steps(show)


def _line(step: str) -> None:
    sys.stderr.write(f"{step}\n")
