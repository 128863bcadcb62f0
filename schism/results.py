"""What a program gets. Finished runs, comparisons, audits and searches, as pandas and for the eye.

In a notebook each shows itself: its headline, and its equity chart where plotly is.
"""

import html
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from configs.schema import RunConfig
from engine.records.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from reports.pages.canvas import Figure
    from reports.pages.compare.view import ComparisonView

NO_PLOTLY = "no chart: plotly is not installed (pip install plotly)"
SHOWN = ("net_pnl", "total_return", "cagr", "sharpe", "max_drawdown", "entries")


class _Shown:
    """Shows itself: a sentence, a table, and a figure where one can be drawn."""

    @property
    def sentence(self) -> str:
        """What came out, in one sentence."""
        raise NotImplementedError

    def _table(self) -> pd.DataFrame:
        raise NotImplementedError

    def _figure(self) -> "Figure | None":
        return None

    def _drawn(self) -> "go.Figure | None":
        figure = self._figure()
        if figure is None:
            return None
        import plotly.graph_objects as go

        return go.Figure(figure)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.sentence}>"

    def _repr_html_(self) -> str:
        return f"<p><strong>{html.escape(self.sentence)}</strong></p>{self._table().to_html()}"

    def _ipython_display_(self) -> None:
        """Show sentence, table and chart in a notebook."""
        from IPython.display import HTML, display

        display(HTML(self._repr_html_()))
        try:
            figure = self._drawn()
        except ImportError:
            display(HTML(f"<p>{NO_PLOTLY}</p>"))
            return
        if figure is not None:
            display(figure)

    def show(self) -> None:
        """Print sentence and table, and open the chart: in the notebook, else in a browser.

        Raises
        ------
        ImportError
            Plotly is not installed; what it would have drawn can still be read off the frames.
        """
        sys.stdout.write(f"{self.sentence}\n{self._table().to_string()}\n")
        try:
            figure = self._drawn()
        except ImportError:
            raise ImportError(NO_PLOTLY) from None
        if figure is not None:
            figure.show()


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Run(_Shown):
    """One finished run; `result` has everything, the properties what is asked for most."""

    result: Result

    @property
    def config(self) -> RunConfig:
        """The configuration that ran, defaults included."""
        return self.result.config

    @property
    def sentence(self) -> str:
        """What it held and made, SYNTHETIC data named first."""
        from reports.summary import lead

        label = "SYNTHETIC DATA. " if self.result.synthetic else ""
        return f"{label}{lead(self.result)}"

    @property
    def equity(self) -> pd.Series:
        """Equity in dollars at each close, by session."""
        return self.result.equity

    @property
    def returns(self) -> pd.Series:
        """Simple returns of the equity, fractions by session; the first 0."""
        return self.result.ledger.set_index("date")["equity_return"]

    @property
    def trades(self) -> pd.DataFrame:
        """One row a closed round trip of the pair, as in ``trades.csv``; dollars after costs."""
        return self.result.trades

    @property
    def fills(self) -> pd.DataFrame:
        """One row a leg filled, in the order filled, as in ``fills.csv``; shares signed."""
        return self.result.fills

    @property
    def signals(self) -> pd.DataFrame:
        """What was known at each close, as in ``signals.csv``; NaN before it was."""
        return self.result.signals

    @property
    def ledger(self) -> pd.DataFrame:
        """One row a session: positions, marks, every cost in dollars, equity."""
        return self.result.ledger

    @property
    def stats(self) -> pd.Series:
        """The headline numbers by name, as in ``result.json``."""
        return self.result.stats

    @property
    def findings(self) -> tuple[str, ...]:
        """What the data or the configuration made doubtful, one text each."""
        return tuple(each.text for each in self.result.findings)

    def save(self, folder: str | Path) -> Path:
        """Write the run's pages and files into a folder; return its page.

        Raises
        ------
        PublishError
            The folder holds something else, or cannot be written; nothing was changed.
        """
        from reports.pages.tearsheet.process import TearsheetProcess
        from reports.publish.run import publish

        with TearsheetProcess() as tearsheets:
            return publish(self.result, Path(folder), tearsheets)

    def _table(self) -> pd.DataFrame:
        return _headline({self.config.name: self.result})

    def _figure(self) -> "Figure | None":
        from reports.pages.run.charts import charts

        return next(chart.figure for chart in charts(self.result) if chart.key == "equity")


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Comparison(_Shown):
    """Variants of one base in the order of the file, on one market unless it is a gallery."""

    view: "ComparisonView"
    results: Mapping[str, Result]

    @property
    def sentence(self) -> str:
        """The first variant against the others, with what can be told apart."""
        return self.view.sentence

    @property
    def verdict(self) -> str:
        """Whether they can be told apart."""
        return self.view.verdict

    @cached_property
    def runs(self) -> dict[str, Run]:
        """Every run by the name of its variant."""
        return {name: Run(result=result) for name, result in self.results.items()}

    @property
    def equity(self) -> pd.DataFrame:
        """Equity in dollars at each close, a column a variant; NaN after a ruin."""
        return pd.DataFrame({name: each.equity for name, each in self.runs.items()})

    @property
    def stats(self) -> pd.DataFrame:
        """The headline numbers, a column a variant."""
        return pd.DataFrame({name: each.stats for name, each in self.runs.items()})

    @property
    def differences(self) -> pd.DataFrame:
        """Each variant less the first with its costs: mean a year, its interval, p, p after Holm.

        Empty for a gallery, and where no two variants with the same costs have other rules.
        """
        keys = ("annualised", "low", "high", "p_value", "p_holm", "cost_usd", "cost_bps_year")
        rows = {each.variant: {key: getattr(each, key) for key in keys} for each in self.view.pairs}
        return pd.DataFrame.from_dict(rows, orient="index", columns=None if rows else list(keys))

    def _table(self) -> pd.DataFrame:
        return _headline(self.results)

    def _figure(self) -> "Figure | None":
        from reports.pages.canvas import PALETTE, axis, canvas, draw, lay_out

        figure = canvas(over_time=True)
        for place, (name, line) in enumerate(self.equity.items()):
            color = PALETTE[place % len(PALETTE)]
            draw(figure, "scatter", x=line.index, y=line, name=str(name), line={"color": color})
        lay_out(figure, yaxis=axis("equity, dollars"))
        return figure


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Audit(_Shown):
    """A verdict and the reasons for it; `document` is what ``audit.json`` holds."""

    document: Mapping[str, Any]

    @property
    def rung(self) -> str:
        """Where the run stands on the ladder of verdicts."""
        return str(self.document["verdict"]["rung"])

    @property
    def sentence(self) -> str:
        """The verdict with its numbers."""
        label = "SYNTHETIC DATA. " if self.document["synthetic"] else ""
        return f"{label}{self.rung}: {self.document['verdict']['sentence']}"

    @property
    def checks(self) -> pd.DataFrame:
        """Integrity: each check by key, its name, outcome and sentence."""
        return _rows(self.document["checks"], ("name", "status", "sentence"))

    @property
    def evidence(self) -> pd.DataFrame:
        """Evidence: each block by key, its name, rating, figure and sentence."""
        return _rows(self.document["evidence"], ("name", "rating", "measured", "sentence"))

    @property
    def questions(self) -> pd.DataFrame:
        """What a sceptic asks next: each question by key, its name, rating, figure and sentence."""
        return _rows(self.document["questions"], ("name", "rating", "measured", "sentence"))

    def _table(self) -> pd.DataFrame:
        return self.evidence[["name", "rating", "measured"]]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Sweep(_Shown):
    """A search and what the best of it is worth; `document` is what ``sweep.json`` holds.

    cells
        One row a cell in the order of the grid: its parameters and every headline number.
    best_config
        The configuration of the best cell.
    """

    document: Mapping[str, Any]
    cells: pd.DataFrame
    best_config: RunConfig

    @property
    def verdict(self) -> str:
        """Where the search stands on the ladder of verdicts."""
        return str(self.document["verdict"])

    @property
    def sentence(self) -> str:
        """What the best is worth, with its numbers."""
        label = "SYNTHETIC DATA. " if self.document["synthetic"] else ""
        return f"{label}{self.document['sentence']} {self.verdict}: {self.document['because']}."

    def best(self) -> Run:
        """Return the best cell's run, from Backtrader."""
        from schism.doors import run

        return run(self.best_config)

    def _table(self) -> pd.DataFrame:
        score = str(self.document["score"])
        return self.cells.sort_values(score, ascending=False, kind="stable").head(10)


def _headline(results: Mapping[str, Result]) -> pd.DataFrame:
    """Return the numbers that a page shows first, in words, a column a run."""
    from reports.headline import MEASURES, cell

    labels = {each.key: each.label for each in MEASURES}
    return pd.DataFrame(
        {name: {labels[key]: cell(each.headline, key) for key in SHOWN}
         for name, each in results.items()}
    )  # fmt: skip


def _rows(rows: list[Mapping[str, Any]], keys: tuple[str, ...]) -> pd.DataFrame:
    frame = pd.DataFrame([{key: row[key] for key in ("key", *keys)} for row in rows])
    return frame.set_index("key")
