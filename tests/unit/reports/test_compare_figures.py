import numpy as np
import pytest

from reports.pages.compare import figures
from reports.pages.run.figures import index_growth
from tests.unit.as_plotly import as_plotly

DATES = ["2024-01-02", "2024-01-03", "2024-01-04"]
PAIR = figures.looks(["weekly", "monthly"])


def lines():
    return {"weekly": np.array([1.0, 2.0, 3.0]), "monthly": np.array([1.0, 1.5, np.nan])}


def equity():
    figure = figures.variant_lines(
        DATES, lines(), PAIR, unit="equity (USD)", tick="$~s", hover="%{y:$,.0f}"
    )
    return as_plotly(figure)


def test_twenty_variants_are_told_apart_by_line_and_by_marker():
    looks = figures.looks([f"v{i}" for i in range(20)])
    assert len({(look.color, look.dash) for look in looks.values()}) == 20
    assert len({(look.color, look.symbol) for look in looks.values()}) == 20


def test_the_first_two_colours_differ_in_lightness_and_not_only_in_hue():
    def luminance(color):
        red, green, blue = (
            (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
            for c in (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted(luminance(look.color) for look in PAIR.values())
    assert (light + 0.05) / (dark + 0.05) > 1.2


def test_a_variant_keeps_its_look_from_chart_to_chart():
    drift = as_plotly(
        figures.drift_lines(DATES, lines(), {"monthly": ["2024-01-03"]}, PAIR, unit="drift")
    )
    for name, look in PAIR.items():
        for figure in (equity(), drift):
            (line,) = [trace for trace in figure.data if trace.name == name]
            assert (line.line.color, line.line.dash) == (look.color, look.dash)
    (marks,) = [trace for trace in drift.data if trace.mode == "markers"]
    assert marks.marker.color == PAIR["monthly"].color


def test_a_rebalance_is_marked_on_the_line_of_its_variant():
    drift = as_plotly(
        figures.drift_lines(
            DATES,
            lines(),
            {"weekly": ["2024-01-02", "2024-01-04"], "monthly": []},
            PAIR,
            unit="drift",
        )
    )
    (marks,) = [trace for trace in drift.data if trace.mode == "markers"]
    assert list(zip(marks.x, marks.y, strict=True)) == [("2024-01-02", 1.0), ("2024-01-04", 3.0)]


def difference(variant):
    return figures.DifferenceLine(
        variant=variant, name=f"{variant} difference", values=np.array([0.0, 0.01, 0.02]),
        low=np.array([0.0, -0.01, -0.02]), high=np.array([0.0, 0.03, 0.05]),
    )  # fmt: skip


def test_the_band_runs_along_its_top_and_back_along_its_foot():
    figure = as_plotly(figures.difference_lines(DATES, [difference("monthly")], PAIR))
    _, band = figure.data
    assert list(band.x) == [*DATES, *DATES[::-1]]
    assert list(band.y) == [0.0, 0.03, 0.05, -0.02, -0.01, 0.0]
    assert band.visible is True
    assert band.fillcolor == "rgba(213,94,0,0.18)"  # vermillion, D55E00


def test_several_bands_wait_in_the_legend():
    figure = as_plotly(
        figures.difference_lines(DATES, [difference("monthly"), difference("weekly")], PAIR)
    )
    assert [trace.visible for trace in figure.data] == [None, "legendonly", None, "legendonly"]


def test_costs_are_stacked_by_kind_and_never_in_the_colour_of_a_variant():
    kinds = ("commission", "fees", "spread", "impact", "borrow")
    paid = {kind: [10.0 * i, 1.0] for i, kind in enumerate(kinds)}
    figure = as_plotly(figures.stacked_costs(["weekly", "monthly"], paid, ["$100", "$5"]))
    *bars, totals = figure.data
    assert figure.layout.barmode == "stack"
    assert [bar.name for bar in bars] == list(kinds)
    assert len({(bar.marker.color, bar.marker.pattern.shape) for bar in bars}) == 5
    assert not {bar.marker.color for bar in bars} & {look.color for look in PAIR.values()}
    assert list(totals.y) == [0 + 10 + 20 + 30 + 40, 5]


def test_the_one_beyond_which_more_buys_little_is_ringed():
    points = [
        figures.Point(variant=name, cost_bps_year=paid, hedge_error=error, note="about it")
        for name, paid, error in (("weekly", 9.0, 0.01), ("monthly", 3.0, 0.02))
    ]
    figure = as_plotly(
        figures.frontier(points, PAIR, knee="monthly", unit="median hedge error (%)")
    )
    texts = {trace.text[0]: trace.marker.line.width for trace in figure.data}
    assert texts == {"weekly": 0, "monthly": 3}
    assert [(trace.x[0], trace.y[0]) for trace in figure.data] == [(9.0, 0.01), (3.0, 0.02)]


def test_growth_has_a_line_for_each_symbol():
    figure = as_plotly(
        index_growth(DATES, {"SMH": np.zeros(3), "IGV": np.ones(3), "QQQ": np.ones(3)})
    )
    assert len({trace.line.dash for trace in figure.data}) == 3
    assert figure.layout.yaxis.title.text == "growth since the start (%)"


@pytest.mark.parametrize(
    "make", [equity, lambda: as_plotly(figures.difference_lines(DATES, [], PAIR))]
)
def test_time_runs_along_the_bottom_and_the_unit_stands_at_the_side(make):
    figure = make()
    assert figure.layout.xaxis.title.text == "session"
    assert figure.layout.yaxis.title.text.endswith(")")


def test_a_name_is_never_markup():
    odd = "<b>bold</b>"
    figure = as_plotly(
        figures.variant_lines(
            DATES, {odd: np.zeros(3)}, figures.looks([odd]), unit="u", tick="", hover=""
        )
    )
    assert figure.data[0].name == "&lt;b&gt;bold&lt;/b&gt;"
