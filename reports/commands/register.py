"""``run.py register``: write down what is decided, before it is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.command_line import words
from configs.errors import one_line, printable
from configs.load import load
from engine.time_limit import handed_over

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from configs.terminal import Steps
    from reports.commands import Answer


def answer(options: argparse.Namespace, shelf: Path, say: Steps) -> Answer:
    """Run one configuration on what is known and append the decision to the registry."""
    import datetime as dt

    config = load(options.config, options.set)
    code = handed_over(options, [config])
    if code is not None:
        return code, []
    from configs import __version__
    from engine.run import run
    from engine.trials.registration import Registration
    from engine.trials.trial import run_trial
    from reports.audits.questions.forward import confirms, needed_by, refutes
    from reports.publish.registrations import REGISTRY, read_registry, register

    result = run(config, command=words(options), progress=say)
    needed, published = needed_by(result), config.audit.published_on
    made = Registration(
        when=dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        trial=run_trial(result),
        published_on=None if published is None else f"{published}",
        sessions_needed=needed,
        confirm=one_line(options.confirm or confirms(needed)),
        refute=one_line(options.refute or refutes(needed)),
        program=str(result.manifest["git_commit"] or __version__),
    )
    path = (options.out or shelf) / REGISTRY
    before = read_registry(path).of(made.trial)
    register(path, made)
    label = "SYNTHETIC DATA. " if result.synthetic else ""
    lines = [
        f"{label}registered {made.trial.pair} ({config.name}) at {made.when} on prices to "
        f"{made.trial.end}: an audit will judge what comes after {made.judged_after} alone",
        f"confirms: {made.confirm}",
        f"refutes: {made.refute}",
    ]
    if before:
        lines.append(f"this rule was registered before, at {before[0].when}: the first counts")
    return 0, [*(one_line(line) for line in lines), printable(str(path.resolve()))]
