"""What the front desk's long commands do. Options in, an exit code and lines for stdout out.

Everything is imported where it is needed: QuantStats' process starts before anything else, because
it takes longer to load than a run takes.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from configs.command_line import words
from configs.errors import one_line, printable
from configs.load import load
from configs.streams import tell
from engine.time_limit import handed_over

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from configs.terminal import Steps
    from engine.records.result import Result

    Answer = tuple[int, list[str]]  # exit code, lines for stdout


def backtest(options: argparse.Namespace, shelf: Path, say: Steps) -> Answer:
    """Simulate one configuration and write its folder."""
    config = load(options.config, options.set)
    code = handed_over(options, [config])
    if code is not None:
        return code, []
    from reports.pages.tearsheet.process import presses

    with presses(1) as (press,):  # QuantStats loads in its own process while we work
        from engine.run import run
        from reports.pages.shelf.shelf import run_folder
        from reports.publish.folder import check_writable
        from reports.publish.run import RUN, publish
        from reports.summary import lead

        if options.out is not None:
            check_writable(options.out, RUN)
        result = run(config, command=words(options), progress=say)
        data = result.manifest["data_sha256"]
        out = options.out or shelf / run_folder(config.name, config.digest(), data)
        page = publish(result, out, press, say)
    warned = warnings({config.name: result})
    return 0, closing(options, shelf, lead(result), warned, page, result.synthetic)


def compare(options: argparse.Namespace, shelf: Path, say: Steps) -> Answer:
    """Simulate every variant of a comparison and write its folder; 4 where one failed."""
    from configs.compare import load_comparison
    from reports.pages.tearsheet.process import presses

    comparison = load_comparison(options.config, options.set)
    code = handed_over(options, comparison.variants.values())
    if code is not None:
        return code, []
    with presses(len(comparison.variants)) as warm:
        from engine.run import open_source, things_read
        from engine.trials.variants import market_of, simulate_variants
        from reports.pages.shelf.shelf import run_folder
        from reports.publish import compare as publishing
        from reports.publish.folder import check_writable

        if options.out is not None:
            check_writable(options.out, publishing.COMPARISON)
        variants = tuple(comparison.variants.values())
        say.expect(things_read(variants) + 3 * len(variants) + 1)
        market = market_of(comparison, open_source(variants[0].data), say)
        outcomes = simulate_variants(comparison, market, words(options), say)
        failed = [each for each in outcomes if each.result is None]
        for each in failed:
            tell(f"run.py: variant {each.name} failed: {each.error}")
        out = options.out or shelf / run_folder(comparison.name, comparison.digest(), market.digest)
        page = publishing.publish_comparison(comparison, outcomes, out, warm, say)
    results = {each.name: each.result for each in outcomes if each.result is not None}
    lines = closing(
        options, shelf, publishing.sentence(page), warnings(results), page, market.synthetic
    )
    return (4 if failed else 0), lines


def check(options: argparse.Namespace, shelf: Path, say: Steps) -> Answer:
    """Say what a configuration, or a comparison, would run on; 3 where it would not."""
    from configs.compare import configurations

    configs = configurations(options.config, options.set)
    from engine.check import check as checking
    from engine.run import open_source
    from reports.commands.check_lines import check_lines

    every = tuple(configs.values())
    checked = checking(every, open_source(every[0].data), say)
    lines = check_lines(checked, configs)
    if checked.error is not None:
        tell(f"run.py: {one_line(str(checked.error))}")
    return (0 if checked.error is None else 3), [one_line(line) for line in lines]


def audit_folder(made: Mapping[str, Any]) -> str:
    """Return the folder of an audit: another for each mode and for each strategy file."""
    from reports.pages.shelf.shelf import run_folder

    mode = "-quick" if made["quick"] else ""
    whose = "" if made["strategy"] is None else f"-{made['strategy'].removesuffix('.py')}"
    asked = hashlib.sha256(f"{made['audit_sha256']} {made['quick']}".encode()).hexdigest()
    return run_folder(f"{made['name']}-audit{mode}{whose}", asked, made["data_sha256"])


def closing(
    options: argparse.Namespace,
    shelf: Path,
    lead: str,
    warned: Sequence[str],
    page: Path,
    synthetic: bool,
) -> list[str]:
    """Put a new page on the shelf; return what to say of it, the page to open last."""
    if options.out is None:
        from reports.pages.shelf.shelf import rebuild

        rebuild(shelf)
    label = "SYNTHETIC DATA. " if synthetic else ""
    told = [f"warning: {text}" for text in dict.fromkeys(warned)]
    return [*(one_line(line) for line in (label + lead, *told)), printable(str(page.resolve()))]


def warnings(results: Mapping[str, Result]) -> list[str]:
    """Return the texts of what the runs were warned of; what only some were, with their names."""
    told: dict[str, list[str]] = {}
    for name, run in results.items():
        for each in run.findings:
            if each.severity == "warning":
                told.setdefault(each.text, []).append(name)
    return [
        text if len(set(names)) == len(results) else f"{', '.join(dict.fromkeys(names))}: {text}"
        for text, names in told.items()
    ]


COMMANDS: dict[str, Callable[[argparse.Namespace, Path, Steps], Answer]] = {
    "backtest": backtest,
    "compare": compare,
    "check": check,
}
"""The commands that need prices, by name; the front desk has the others."""
