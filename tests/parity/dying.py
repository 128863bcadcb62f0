"""Work for other processes: what counts, what dies, what refuses. They import little beside it."""

import os
import signal

from engine.errors import EngineError


def dies_once(folder, name, search, block):
    """As a process does that somebody kills: whoever first takes a block."""
    if block.name == name and not (folder / "died").exists():
        (folder / "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return len(block.rows)


def dies_on(row, search, block):
    if row in block.rows:
        os.kill(os.getpid(), signal.SIGKILL)
    return len(block.rows)


def refuses(search, block):
    raise EngineError(f"{search.named(int(block.rows[0]))}: cannot go on")
