"""The whole audit. What it starts from in, one document that JSON can hold out."""

import importlib.metadata
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from configs.schema import RunConfig
from engine.run import Source, things_read
from engine.to_json import plain
from engine.trials.registration import Registered
from engine.trials.trial import Trial, code_sha256, run_trial
from engine.trials.tried import NOTHING, TrialCount, Tried, count_trials
from reports.audits.apart import HERE, Apart
from reports.audits.article.literature import literature
from reports.audits.article.three_tests import Section, article_tests
from reports.audits.evidence.chance import NULLS
from reports.audits.evidence.evidence import Evidence, evidence
from reports.audits.evidence.neighbours import moves
from reports.audits.evidence.path_pool import PATHS_A_STEP
from reports.audits.inputs import AuditInputs, audit_inputs
from reports.audits.integrity import shelf_of_leaks
from reports.audits.integrity.checks import STEPS, integrity
from reports.audits.integrity.knowledge import knowledge
from reports.audits.pair import as_rows
from reports.audits.questions.questions import RUNNING, questions
from reports.audits.verdict import verdict

STATISTICS = ("arch", "scipy", "statsmodels")  # packages whose arithmetic an audit relies on

UNREGISTERED = Registered()
Document = dict[str, Any]
Rows = list[dict[str, Any]]


def audit(
    config: RunConfig,
    source: Source,
    command: Sequence[str],
    quick: bool,
    progress: Callable[[str], None],
    tried: Tried = NOTHING,
    registered: Registered = UNREGISTERED,
    apart: Apart = HERE,
) -> Document:
    """Return everything an audit found, its verdict first.

    Parameters
    ----------
    source
        Where prices come from.
    command
        The command line for the manifest, without where its output went.
    quick
        Leave out what takes minutes; each part of it says that it was not run.
    progress
        Told each step before it is taken.
    tried, registered
        What the ledger of trials and the registry tell so far: inputs, so what of them counts is in
        the document.
    apart
        Who weighs the run while it is re-run.

    Raises
    ------
    ConfigError, DataError, EngineError
        The run itself cannot be had. What keeps only a part of the audit from running is a reason
        in the document.
    """
    inputs = audit_inputs(config, source, command, progress)
    base = inputs.base
    trials = count_trials(tried, run_trial(base), config.audit.trials)
    weighing = apart.begin(weighed, inputs, trials, quick=quick)
    checks = integrity(inputs.subject, base, quick=quick, progress=progress)
    answers = questions(inputs, base, trials, registered, quick=quick, progress=progress)
    judged, tests, is_a_pair = weighing(progress)
    checks = (*checks, knowledge(inputs.subject, base, checks))  # after every other run
    document = {
        **_what(inputs, quick=quick),
        "verdict": verdict(checks, judged),
        "trials": trials,
        "is_a_pair": is_a_pair,
        "checks": checks,
        "shelf_of_leaks": shelf_of_leaks.sentence(),
        "evidence": judged.blocks,
        "questions": answers,
        **tests,
        "literature": literature(config),
        **_where_from(inputs, tests["publication_doubt"]),
    }
    made: Document = {key: plain(value) for key, value in document.items()}
    return made


def weighed(
    inputs: AuditInputs,
    trials: TrialCount,
    *,
    quick: bool,
    progress: Callable[[str], None],
) -> tuple[Evidence, Section, Rows]:
    """Return the evidence, the article's tests, and whether it is a pair."""
    base = inputs.base
    judged = evidence(inputs.subject, base, quick=quick, progress=progress, trials=trials)
    progress("running the article's three tests")
    tests = article_tests(inputs)
    return judged, tests, as_rows(base)


def steps_of(config: RunConfig, *, quick: bool) -> int:
    """Return how many steps an audit tells, if the run trades and nothing stops a part of it."""
    before = things_read([config]) + len(("simulating", "pairs beside"))
    neighbours = sum(move.value != move.base for move in moves(config))
    paths = 0 if quick else NULLS * math.ceil(config.audit.resamples / PATHS_A_STEP)
    beside = 0 if config.audit.universe is None else len(("reading it", "running it"))
    after = beside + len(RUNNING)
    after += len(("one session later", "weighing", "three tests", "drawing"))
    return before + STEPS + neighbours + paths + after


def trial_of(document: Document) -> Trial:
    """Return the trial that an audit is: the run that it judged."""
    pair, manifest = document["pair"], document["manifest"]
    settings = {key: value for key, value in manifest["config"].items() if key != "audit"}
    return Trial(
        pair=f"{pair['long']}/{pair['short']}",
        start=document["start"],
        end=document["end"],
        synthetic=document["synthetic"],
        data_sha256=document["data_sha256"],
        config_sha256=document["config_sha256"],
        score=document["headline"]["sharpe"],
        engine="backtrader",
        search=None,
        settings=settings,
        strategy_sha256=code_sha256(settings, manifest["data"]),
    )


def headline(document: Document) -> str:
    """Return the verdict in a line."""
    return f"{document['verdict']['rung']}: {document['verdict']['sentence']}"


def _what(inputs: AuditInputs, *, quick: bool) -> Document:
    """Return what was audited."""
    base, config = inputs.base, inputs.base.config
    return {
        "name": config.name,
        "pair": {"long": config.pair.long, "short": config.pair.short},
        "directions": list(config.directions),
        **{key: base.headline[key] for key in ("start", "end", "sessions")},
        "synthetic": base.synthetic,
        "replication": config.account.replication,
        "ended": base.ended,
        "quick": quick,
        "strategy": None if config.strategy is None else Path(config.strategy.file).name,
        "config_sha256": config.digest(),
        "audit_sha256": config.audit_digest(),
        "data_sha256": base.manifest["data_sha256"],
        "seed": config.audit.seed,
        "rare_at_most": config.audit.rare_at_most,
        "changed_thresholds": config.audit.changed,
    }


def _where_from(inputs: AuditInputs, doubt: str | None) -> Document:
    """Return the run's own numbers and what is needed to audit it again."""
    base, universe = inputs.base, inputs.subject.universe
    left_out = {} if universe is None else universe.left_out
    versions = {name: importlib.metadata.version(name) for name in STATISTICS}
    return {
        "headline": base.headline,
        "findings": [
            *(each.text for each in base.findings if each.severity == "warning"),
            *([] if doubt is None else [doubt]),
            *(f"left out of the universe: {name}: {why}" for name, why in left_out.items()),
        ],
        "manifest": {
            "config": base.config.resolved(),
            **{key: base.manifest[key] for key in ("command", "git_commit", "data")},
            "versions": base.manifest["versions"] | versions,
        },
    }
