"""``run.py init``: a commented configuration to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.errors import ConfigError, printable
from configs.starter import article, starter

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from configs.terminal import Steps
    from reports.commands import Answer


def answer(options: argparse.Namespace, shelf: Path, say: Steps) -> Answer:
    """Write a new file, or refuse to touch one that is there."""
    file = options.config
    if options.from_article and (options.pair or options.signal):
        raise ConfigError(
            "--from-article was given beside --pair or --signal; expected one or the other: the "
            "article's pair and signal are its own"
        )
    if options.from_article:
        text = article(file)
    else:
        text = starter(file, options.pair or "SMH/IGV", options.signal or "correlation")
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError:
        raise ConfigError(
            f"{printable(str(file))}: is there already; expected a new file. Name another, or "
            "move it away"
        ) from None
    except OSError as error:
        raise ConfigError(
            f"{printable(str(file))}: cannot be written ({error.strerror}); expected a place for a "
            "new file"
        ) from None
    name = printable(str(file))
    return 0, [f"{name}: written. What it will do: python run.py explain {name}", name]
