"""Figures that no other test draws: plotly's package knows every name and value in them."""

import numpy as np
import pytest

from reports.pages.audit import figures as of_audit
from reports.pages.run import figures as of_run
from reports.pages.sweep import figures as of_sweep
from tests.unit.as_plotly import as_plotly

DAYS = ["2024-01-02", "2024-01-03"]
LEVEL = of_run.Level(value=0.2, label="enter at 20%")


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (of_audit.histogram([0, 1, 2], [3, 4], 1, unit="z", level=1.5, level_label="here"), "here"),
        (of_audit.chance([0.1, 0.2, 0.4], 0.3, unit="mean"), "this run"),
        (of_sweep.null_and_best([0.1, 0.2, 0.4], 0.3, "Sharpe"), "best observed"),
    ],
)
def test_bars_have_a_named_line_at_what_was_observed(figure, words):
    drawn = as_plotly(figure)
    (line,), (named,) = drawn.layout.shapes, drawn.layout.annotations
    assert (line.x0, line.x1) == (named.x, named.x)
    assert (line.yref, named.text) == ("y domain", words)
    assert drawn.data[0].type == "bar"


def test_a_level_of_fractions_stands_across_the_figure():
    drawn = as_plotly(
        of_run.fraction_lines(DAYS, {"growth": np.array([0.1, np.nan])}, unit="%", levels=[LEVEL])
    )
    (line,), (named,) = drawn.layout.shapes, drawn.layout.annotations
    assert (line.y0, line.y1, line.xref, named.y) == (0.2, 0.2, "x domain", 0.2)


@pytest.mark.parametrize(
    ("figure", "names"),
    [
        (of_audit.entry_returns(DAYS, {"21": [0.1, None]}), ["21"]),
        (of_audit.after_best([0, 1], [0.1, None]), ["mean of the rest"]),
        (of_audit.drift_bars(["5"], {"median": [0.1]}), ["median"]),
        (of_sweep.walk(DAYS, {"a": [1.0, 1.1], "b": [1.0, 0.9]}), ["a", "b"]),
        (of_run.stacked_quarters(["2024Q1"], {"GOOG": np.array([12.0])}), ["GOOG"]),
    ],
)
def test_a_line_or_bar_for_every_name(figure, names):
    assert [trace.name for trace in as_plotly(figure).data] == names


def test_a_name_that_plotly_does_not_know_is_refused():
    with pytest.raises(ValueError, match="Invalid property"):
        as_plotly({"data": [{"type": "bar", "colour": "red"}], "layout": {}})
