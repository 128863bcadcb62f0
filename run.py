"""The front desk: parse the command line, call the rooms, print, return an exit code."""

from __future__ import annotations

import logging
import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from configs.command_line import parsed
from configs.errors import ConfigError, one_line
from configs.load import load

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    Say = Callable[[str], None]

OUT = Path(__file__).resolve().parent / "reports" / "out"


def run_backtest(options: argparse.Namespace, say: Say, tell: Say) -> None:
    """Simulate one configuration, write its folder, print the page to open."""
    config = load(options.config, options.set)
    from reports.press import TearsheetPress

    with TearsheetPress() as press:  # QuantStats loads in its own process while we work
        from engine.event import simulate
        from engine.manifest import build_manifest
        from engine.preflight import check_window
        from feeds.assemble import load_market, open_source
        from reports.publish import check_writable, publish
        from reports.shelf import run_folder
        from reports.story import lead

        check_window(config)
        if options.out is not None:
            check_writable(options.out)
        source = open_source(config.data)
        market = load_market(config, source, lambda symbol: say(f"reading {symbol}"))
        say(f"simulating {len(market.sessions):,} sessions")
        command = ["run.py", "backtest", str(options.config)]
        command += [part for override in options.set for part in ("--set", override)]
        result = simulate(config, market, manifest=build_manifest(config, market, command))
        out = options.out or OUT / run_folder(config.name, config.digest(), market.digest)
        page = publish(result, out, press, say)
    tell(("SYNTHETIC DATA. " if result.synthetic else "") + lead(result))
    for finding in result.findings:
        if finding.severity == "warning":
            tell(f"warning: {finding.text}")
    tell(str(page.resolve()))


def run_fetch(options: argparse.Namespace, say: Say, tell: Say) -> None:
    """Download every symbol of a configuration into the cache."""
    config = load(options.config, options.set)
    from feeds.assemble import open_source, symbols
    from feeds.cache import CachedSource

    source = open_source(config.data)
    if not isinstance(source, CachedSource):
        tell(f"nothing to fetch: data.source {config.data.source} needs no network")
        return
    for symbol in symbols(config):
        say(f"fetching {symbol}")
        bars = source.fetch(symbol)
        first, last = (f"{day:%Y-%m-%d}" for day in (bars.frame.index[0], bars.frame.index[-1]))
        tell(f"{symbol:<6} {len(bars.frame):>6,} sessions, {first} to {last}")


def run_list(options: argparse.Namespace, say: Say, tell: Say) -> None:
    """Print the runs made so far."""
    from reports.shelf import shelf_lines

    tell("\n".join(shelf_lines(options.out or OUT)))


@contextmanager
def desk() -> Iterator[tuple[Say, Say]]:
    """Yield what reports a step (live on a terminal) and what keeps a line for stdout.

    A live line takes all of stdout to its own terminal, so stdout waits until it is over.
    """
    from rich.console import Console

    console = Console(stderr=True)
    kept: list[str] = []
    try:
        if console.is_terminal:
            with console.status("starting") as status:
                yield status.update, kept.append
        else:
            yield lambda step: print(step, file=sys.stderr), kept.append
    finally:
        for line in kept:
            print(line)


class Stopped(KeyboardInterrupt):
    """Asked to end by SIGTERM: as with Ctrl-C, whatever is half-made is removed on the way out."""


def stop(number: int, frame: object) -> None:
    """Answer SIGTERM."""
    raise Stopped


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    options = parsed(sys.argv[1:] if arguments is None else arguments)
    logging.basicConfig(level=logging.DEBUG if options.debug else logging.CRITICAL)

    commands = {"backtest": run_backtest, "fetch": run_fetch, "list": run_list}
    try:
        with desk() as (say, tell):
            commands[options.command](options, say, tell)
        sys.stdout.flush()
    except KeyboardInterrupt as reason:
        print("run.py: interrupted; no run was written", file=sys.stderr)
        return 143 if isinstance(reason, Stopped) else 130
    except BrokenPipeError:  # `run.py list | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        logging.getLogger("run.py").exception("traceback")  # shown with --debug only
        print(f"run.py: {one_line(str(error)) or type(error).__name__}", file=sys.stderr)
        return exit_code(error)
    return 0


def exit_code(error: Exception) -> int:
    """Return 2, 3 or 4: whose fault it is."""
    from feeds.source import DataError
    from reports.publish import PublishError

    if isinstance(error, ConfigError | PublishError):
        return 2
    return 3 if isinstance(error, DataError) else 4


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    sys.exit(main())
