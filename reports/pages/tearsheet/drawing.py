"""How QuantStats draws in its own process. Its figures in, the same figures in less time out.

Every number stays QuantStats' own. What goes is work that leaves nothing on the page: a chart that
our template has no place for, each figure drawn three times to be written once, margins found by
drawing the text another time, compounding a group at a time in Python. The figures stand on the
page's own ground instead of on white, and the benchmark is dark enough to be seen on it.
"""

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

BENCHMARK = "#b8860b"  # contrast 3.2 on white and 5.7 on the dark page; theirs, #fedd78, has 1.3
LEFT, RIGHT, TOP, BOTTOM = 0.8, 0.16, 0.5, 0.85  # inches that the text of these figures needs


@contextlib.contextmanager
def quick_figures() -> Iterator[None]:
    """Let QuantStats 0.0.86 draw every figure once; what it was is put back on leaving."""
    import quantstats
    from matplotlib import font_manager, pyplot
    from matplotlib.figure import Figure
    from quantstats._plotting import core, wrappers

    manager = font_manager.FontManager
    fonts = functools.cache(manager._find_fonts_by_props)
    ours = [
        (pyplot, "savefig", _written),
        (Figure, "tight_layout", _with_margins),
        (manager, "_find_fonts_by_props", fonts),
        (quantstats.utils, "group_returns", group_returns),
        (quantstats.plots, "yearly_returns", _not_drawn),
        (quantstats.plots, "monthly_heatmap", _not_drawn),
        *(
            (each, "_FLATUI_COLORS", [BENCHMARK, *each._FLATUI_COLORS[1:]])
            for each in (core, wrappers)
        ),
    ]
    theirs = [(where, name, getattr(where, name)) for where, name, _ in ours]
    for each in ours:
        setattr(*each)
    try:
        yield
    finally:
        for each in theirs:
            setattr(*each)


def group_returns(returns: Any, groupby: Any, compounded: bool = False) -> Any:
    """Return what each group of session returns made; a missing return counts as none.

    ``prod(1 + r) - 1`` (or the sum), as ``quantstats.utils.group_returns``, for all groups at once.
    """
    if compounded:
        return (returns + 1.0).groupby(groupby).prod() - 1.0
    return returns.groupby(groupby).sum()


def _written(fname: Any, format: str = "svg") -> None:
    """Write the current figure as it stands, without a white ground, drawing it once."""
    from matplotlib import pyplot
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    figure = pyplot.gcf()
    figure.patch.set_visible(False)
    for axes in figure.axes:
        axes.patch.set_visible(False)
    canvas: Any = FigureCanvasSVG(figure)
    canvas.print_svg(fname)


def _with_margins(figure: Any, **_: Any) -> None:
    """Leave the room that titles and slanted dates need, without measuring them."""
    width, height = figure.get_size_inches()
    figure.subplots_adjust(
        left=LEFT / width, right=1 - RIGHT / width, top=1 - TOP / height, bottom=BOTTOM / height
    )


def _not_drawn(*_: Any, **__: Any) -> None:
    """Draw nothing: the page has no place for this chart."""
