"""``run.py audit``: one configuration, judged."""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from configs.command_line import words
from configs.errors import one_line
from configs.load import load
from engine.time_limit import handed_over
from reports.commands.closing import closing

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Any

    from configs.schema import RunConfig
    from configs.terminal import Steps
    from reports.audits.apart import Apart
    from reports.commands import Answer


NEEDED = ("reports.audits.audit", "arch.bootstrap", "arch.unitroot", "statsmodels.tsa.stattools")
"""What takes longest to load of what weighs a run."""


def answer(options: argparse.Namespace, shelf: Path, say: Steps) -> Answer:
    """Judge one configuration and write its verdict."""
    config = load(options.config, options.set)
    code = handed_over(options, [config])
    if code is not None:
        return code, []
    with _second_process(config, quick=options.quick) as apart:
        from engine.run import open_source
        from reports.audits.audit import audit, headline, steps_of, trial_of
        from reports.pages.shelf.page import around, row_on_shelf
        from reports.pages.shelf.shelf import run_folder
        from reports.publish.audit import AUDIT, publish_audit
        from reports.publish.folder import check_writable
        from reports.publish.registrations import REGISTRY, read_registry
        from reports.publish.trials import ledger_of, read_ledger, recording

        if options.out is not None:
            check_writable(options.out, AUDIT)
        say.expect(steps_of(config, quick=options.quick))
        source, command = open_source(config.data), words(options)
        tried = read_ledger(ledger_of(options.out, shelf))
        registered = read_registry(ledger_of(options.out, shelf).with_name(REGISTRY))
        made = audit(config, source, command, options.quick, say, tried, registered, apart)
    record = recording(options, shelf, [trial_of(made)])
    out = options.out or shelf / audit_folder(made)
    links = around(out.name, on_shelf=options.out is None)
    if links and made["strategy"] is None:  # one's own strategy makes no run of this configuration
        run = run_folder(made["name"], made["config_sha256"], made["data_sha256"])
        links.append(("The run, where it lies on the shelf", row_on_shelf(run)))
    on_shelf = options.out is None
    page = publish_audit(made, out, say, record, links, on_shelf=on_shelf)
    warned = [*made["findings"], *made["trials"]["doubts"], *record.warnings]
    lines = closing(options, shelf, headline(made), warned, page, made["synthetic"])
    return 0, [lines[0], one_line(made["trials"]["sentence"]), *lines[1:]]


@contextmanager
def _second_process(config: RunConfig, *, quick: bool) -> Iterator[Apart]:
    """Yield who weighs meanwhile, loading from now on.

    Nobody on one processor, for a quick audit, or where somebody's own code runs.
    """
    from reports.audits.apart import HERE, second_process

    if quick or config.strategy is not None or (os.cpu_count() or 1) < 2:
        yield HERE
        return
    with second_process(*NEEDED) as apart:
        yield apart


def audit_folder(made: Mapping[str, Any]) -> str:
    """Return the folder of an audit: another for each mode and for each strategy file."""
    from reports.pages.shelf.shelf import run_folder

    mode = "-quick" if made["quick"] else ""
    whose = "" if made["strategy"] is None else f"-{made['strategy'].removesuffix('.py')}"
    asked = hashlib.sha256(f"{made['audit_sha256']} {made['quick']}".encode()).hexdigest()
    return run_folder(f"{made['name']}-audit{mode}{whose}", asked, made["data_sha256"])
