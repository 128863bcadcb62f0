"""``run.py compare``: the variants of one base, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.command_line import words
from configs.streams import tell
from engine.time_limit import handed_over
from reports.commands.closing import closing, warnings

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from configs.terminal import Steps
    from reports.commands import Answer


def answer(options: argparse.Namespace, shelf: Path, say: Steps) -> Answer:
    """Simulate every variant of a comparison and write its folder; 4 where one failed."""
    from configs.compare import load_comparison
    from reports.pages.tearsheet.process import tearsheet_processes

    comparison = load_comparison(options.config, options.set)
    code = handed_over(options, comparison.variants.values())
    if code is not None:
        return code, []
    sheets = len(comparison.variants) if options.tearsheets else 0
    with tearsheet_processes(sheets) as warm:
        from engine.trials.trial import run_trial, search_name
        from engine.trials.variants import data_digest, markets_of, simulate_variants, steps_of
        from reports.pages.shelf.shelf import run_folder
        from reports.publish import compare as publishing
        from reports.publish.folder import check_writable
        from reports.publish.trials import recording

        if options.out is not None:
            check_writable(options.out, publishing.COMPARISON)
        say.expect(steps_of(comparison) + 2 * len(comparison.variants) + sheets + 1)
        markets = markets_of(comparison, say)
        outcomes = simulate_variants(comparison, markets, words(options), say)
        failed = [each for each in outcomes if each.result is None]
        for each in failed:
            tell(f"run.py: variant {each.name} failed: {each.error}")
        read = data_digest(each.digest for each in markets.values())
        out = options.out or shelf / run_folder(comparison.name, comparison.digest(), read)
        results = {each.name: each.result for each in outcomes if each.result is not None}
        name = search_name(comparison.name, comparison.digest())
        trials = [run_trial(result, name) for result in results.values()]
        record = recording(options, shelf, trials)
        page = publishing.publish_comparison(
            comparison, outcomes, out, warm, say, record, on_shelf=options.out is None
        )
    warned = [*warnings(results), *record.warnings]
    synthetic = any(each.synthetic for each in markets.values())
    lines = closing(options, shelf, publishing.answer(page), warned, page, synthetic, results)
    return (4 if failed else 0), lines
