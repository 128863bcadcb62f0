"""The front desk: parse the command line, call the rooms, print, return an exit code."""

from __future__ import annotations

import logging
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from configs.command_line import parsed, words
from configs.errors import ConfigError, one_line
from configs.load import load
from configs.terminal import Steps, steps

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from engine.result import RunResult

    Answer = tuple[int, list[str]]  # exit code, lines for stdout

OUT = Path(__file__).resolve().parent / "reports" / "out"


def run_backtest(options: argparse.Namespace, say: Steps) -> Answer:
    """Simulate one configuration and write its folder."""
    config = load(options.config, options.set)
    from reports.press import presses

    with presses(1) as (press,):  # QuantStats loads in its own process while we work
        from engine.session import run_session
        from feeds.assemble import open_source
        from reports.publish import check_writable, publish
        from reports.shelf import run_folder
        from reports.story import lead

        if options.out is not None:
            check_writable(options.out)
        result = run_session(config, open_source(config.data), words(options), say)
        data = result.manifest["data_sha256"]
        out = options.out or OUT / run_folder(config.name, config.digest(), data)
        page = publish(result, out, press, say)
    return 0, closing(lead(result), [result], page, options)


def run_compare(options: argparse.Namespace, say: Steps) -> Answer:
    """Simulate every variant of a comparison and write its folder; 4 where one failed."""
    from configs.compare import load_comparison
    from reports.press import presses

    comparison = load_comparison(options.config, options.set)
    with presses(len(comparison.variants)) as warm:
        from engine.variants import read_market, simulate_variants
        from feeds.assemble import open_source, symbols
        from reports import publish_compare as publishing
        from reports.shelf import run_folder

        if options.out is not None:
            publishing.check_comparison_writable(options.out)
        first, *others = comparison.variants.values()
        say.expect(len(symbols(first, others)) + 3 * len(comparison.variants) + 1)
        market = read_market(comparison, open_source(first.data), say)
        outcomes = simulate_variants(comparison, market, words(options), say)
        failed = [each for each in outcomes if each.result is None]
        for each in failed:
            print(f"run.py: variant {each.name} failed: {each.error}", file=sys.stderr)
        out = options.out or OUT / run_folder(comparison.name, comparison.digest(), market.digest)
        page = publishing.publish_comparison(comparison, outcomes, out, warm, say)
    results = [each.result for each in outcomes if each.result is not None]
    return (4 if failed else 0), closing(publishing.sentence(page), results, page, options)


def run_fetch(options: argparse.Namespace, say: Steps) -> Answer:
    """Download every symbol of a configuration, or of a comparison, into the cache."""
    from configs.compare import configurations
    from feeds.fetch import fetch

    return 0, fetch(configurations(options.config, options.set), say)


def run_list(options: argparse.Namespace, say: Steps) -> Answer:
    """List the runs and comparisons made so far."""
    from reports.shelf import read_shelf, shelf_json, shelf_lines

    shelf = read_shelf(options.out or OUT)
    return 0, [shelf_json(shelf)] if options.json else shelf_lines(shelf)


def closing(
    lead: str, results: list[RunResult], page: Path, options: argparse.Namespace
) -> list[str]:
    """Put a new page on the shelf; return what to say of it, the page to open last."""
    if options.out is None:
        from reports.shelf import rebuild

        rebuild(OUT)
    found = [each.text for run in results for each in run.findings if each.severity == "warning"]
    warnings = [f"warning: {text}" for text in dict.fromkeys(found)]
    label = "SYNTHETIC DATA. " if results[0].synthetic else ""
    return [label + lead, *warnings, str(page.resolve())]


class Stopped(KeyboardInterrupt):
    """Asked to end by SIGTERM: as with Ctrl-C, whatever is half-made is removed on the way out."""


def stop(number: int, frame: object) -> None:
    """Answer SIGTERM."""
    raise Stopped


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    options = parsed(sys.argv[1:] if arguments is None else arguments)
    logging.basicConfig(level=logging.DEBUG if options.debug else logging.CRITICAL)
    commands = {"backtest": run_backtest, "compare": run_compare, "fetch": run_fetch}
    try:
        with steps() as say:
            code, lines = commands.get(options.command, run_list)(options, say)
        print("\n".join(lines), flush=True)  # a live line takes all of stdout until it is over
        return code
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
