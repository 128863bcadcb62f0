"""The page of a search. Its document, cells and scores in, ``sweep.html`` out."""

import shlex
from collections.abc import Mapping
from functools import partial
from typing import Any

from configs.cells import Cells
from configs.formats import listed
from engine.trials.search import Floats
from reports.audits.wording import counted
from reports.headline import BY_KEY, percent, written
from reports.pages.canvas import Chart, embedded
from reports.pages.sweep import figures
from reports.pages.sweep.heat import heat_pairs
from reports.pages.template import Links, environment, with_contents
from reports.wording import SYNTHETIC_WARNING

SHOWN = ("total_return", "sharpe", "max_drawdown", "time_in_market", "entries", "net_pnl")
MOST_REASONS = 20


def sweep_page(
    document: Mapping[str, Any],
    cells: Cells,
    scores: Floats,
    *,
    script: str,
    around: Links = (),
) -> str:
    """Return the whole page.

    Parameters
    ----------
    document
        What ``sweep.json`` says.
    scores
        One a cell, in grid order.
    script
        File name of the charts' script, beside the page.
    around
        Words and addresses of what lies around the page, like its shelf.
    """
    best = int(cells.numbers.searchsorted(document["best"]["cell"]))
    charts = {chart.key: chart for chart in _charts(document)}
    page = environment().get_template("sweep.html.j2").render(
        document=document,
        synthetic_warning=SYNTHETIC_WARNING if document["synthetic"] else "",
        measure=BY_KEY[document["score"]].label,
        score=partial(_score, document),
        figures_of_best=[(BY_KEY[key].label, _shown(document["best"], key)) for key in SHOWN],
        labels=[BY_KEY[key].label for key in SHOWN],
        keys=[axis["key"] for axis in document["axes"] if len(axis["values"]) > 1]
        or [document["axes"][0]["key"]],
        rows=_rows(document),
        alike=_alike(document),
        command_of_a_cell=shlex.join(["python", *document["opened"]["by_number"]]) + " NUMBER",
        heats=heat_pairs(cells, scores, best),
        walk_rows=_walk_rows(document),
        beside=_beside(document),
        assumptions=_assumptions(document),
        refused=list(document["cells"]["refused"].items())[:MOST_REASONS],
        more_refused=max(len(document["cells"]["refused"]) - MOST_REASONS, 0),
        plateau=_plateau(document),
        charts=charts,
        figures=embedded(charts.values()),
        script=script,
        percent=percent,
    )  # fmt: skip
    return with_contents(page, around)


def _shown(cell: Mapping[str, Any], key: str) -> str:
    return written(cell["headline"][key], BY_KEY[key].unit)


def _score(document: Mapping[str, Any], value: float) -> str:
    """Return a score as the headline has it."""
    return written(value, BY_KEY[document["score"]].unit)


def _rows(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the best ten beside the median and the worst."""
    named = [(str(place), cell) for place, cell in enumerate(document["ten"], start=1)]
    named += [("median", document["median"]), ("worst", document["worst"])]
    return [
        {
            "place": place,
            "parameters": cell["parameters"],
            "numbers": [_shown(cell, key) for key in SHOWN],
            "command": _command(document, cell),
        }
        for place, cell in named
    ]


def _alike(document: Mapping[str, Any]) -> str:
    """Return what is to be said where some of the best ten are one run."""
    best = document["ten"]
    runs = len({tuple(cell["headline"].values()) for cell in best})
    if runs == len(best):
        return ""
    return (
        f"These {len(best)} cells are {counted(runs, 'different run')}: where a parameter changes "
        "nothing, cells are the same to the last digit."
    )


def _command(document: Mapping[str, Any], cell: Mapping[str, Any]) -> str:
    """Return the command that runs one cell, from where the search was asked for."""
    pairs = [part for override in cell["overrides"] for part in ("--set", override)]
    return shlex.join(["python", *document["opened"]["by_parameters"], *pairs])


def _walk_rows(document: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    walk = document["walk_forward"]
    if walk is None:
        return []
    names = (
        ("stitched", "chosen anew in each window"),
        ("median", "the median cell"),
        ("hindsight", "the cell that hindsight picks"),
    )
    return [
        (name, percent(walk[key]["total_return"]), f"{walk[key]['sharpe']:.2f}")
        for key, name in names
    ]


def _charts(whole: Mapping[str, Any]) -> list[Chart]:
    label, config = BY_KEY[whole["score"]].label, whole["config_sha256"][:12]
    period = f"{whole['start']} to {whole['end']}; search {config}"
    charts = []
    null, walk = whole["null"], whole["walk_forward"]
    if null is not None:
        charts.append(
            Chart(
                key="null",
                title=f"On {null['as_good']} of {null['histories']} histories without an edge the "
                "search finds as much or more",
                caption=f"n = {null['histories']} histories of {whole['sessions']} sessions, all "
                f"{whole['cells']['run']:,} cells on each, blocks of {null['block_sessions']}; "
                f"{period}",
                figure=figures.null_and_best(null["best"], null["observed"], f"best {label}"),
            )
        )
    if walk is not None:
        charts.append(
            Chart(
                key="walk",
                title=f"Choosing window by window made "
                f"{percent(walk['stitched']['total_return'])} after all costs",
                caption=f"n = {len(walk['dates'])} sessions in {len(walk['folds'])} windows; "
                f"{walk['first']} to {whole['end']}; search {config}",
                figure=figures.walk(
                    walk["dates"],
                    {
                        "chosen anew": walk["stitched"]["equity"],
                        "median cell": walk["median"]["equity"],
                        "hindsight": walk["hindsight"]["equity"],
                    },
                ),
            )
        )
    return charts


def _plateau(document: Mapping[str, Any]) -> str:
    plateau = document["plateau"]
    same = plateau["same_run"]
    left_out = f" Not counted: {same:,} more that are the very same run." if same else ""
    if plateau["share"] is None:
        ran = "is another run" if same else "ran"
        return f"None of the best cell's neighbours {ran}: whether it is a peak cannot be said."
    return (
        f"{percent(plateau['share'], 0)} of the best cell's {plateau['neighbours']} neighbours "
        "(one step on one axis) have at least half its score; the median there is "
        f"{_score(document, plateau['median'])}.{left_out}"
    )


def _beside(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    beside = document["beside"]
    if beside is None:
        return []
    rows = [
        (f"Deflated Sharpe ratio at {beside['trials']:,} trials", f"{beside['deflated']:.3f}"),
        (
            f"The same at {beside['effective_trials']:,.0f} effective ones",
            f"{beside['deflated_at_effective_trials']:.3f}",
        ),
    ]
    if beside["overfitting_probability"] is not None:
        name = f"Probability of overfitting (CSCV, {beside['compared']:,} cells)"
        rows.append((name, percent(beside["overfitting_probability"], 0)))
    if beside["superior_ability_p"] is not None:
        tested = f"{beside['tested']:,} cells, the best among them"
        rows.append((f"SPA, p ({tested})", f"{beside['superior_ability_p']:.3f}"))
        rows.append((f"StepM, cells that earn something at 5 % ({tested})",
                     f"{beside['superior_cells']:,}"))  # fmt: skip
    return rows


def _assumptions(document: Mapping[str, Any]) -> list[str]:
    assumptions = [
        "The histories of the null keep nothing that lasts longer than a block of a week or two: a "
        "rule that lives on slow changes meets calmer histories there than its own.",
        "Only what this search tried is counted in p; what was tried before it, which the ledger "
        "of trials counts, is in the deflated Sharpe ratio alone.",
    ]
    if document["null"] is None:
        assumptions.insert(
            0, "The search null was not run: nothing here says what luck would find."
        )
    own = document["strategy"]
    if own is not None and own["event_only"]:
        assumptions.insert(
            0,
            f"{own['file']} answers {listed(own['event_only'])} itself, while it runs: all cells "
            "ran in Backtrader, those of the null too. No walk-forward was made, because such a "
            "strategy would begin every window cold: the verdict is at most MARGINAL.",
        )
    if document["idle_cash_earns"] and document["score"] in ("sharpe", "sortino", "calmar"):
        assumptions.append(
            "Idle cash earns interest here, so that a cell which hardly trades has the ratio of a "
            "bank account; score: net_pnl compares what the pair made."
        )
    beside = document["beside"]
    if beside is not None and beside["tested"] < document["cells"]["run"]:
        assumptions.append(
            f"SPA and StepM look at {beside['tested']:,} of {document['cells']['run']:,} cells, "
            "and so forgive more than they should."
        )
    return assumptions
