"""The charts of company reports and the claim above each. A run in, titled charts out."""

import numpy as np

from configs.sizing import CapexIntensitySizing
from engine.records.filings_read import FilingsRead
from engine.records.result import Result
from reports.headline import percent
from reports.measures.capex_table import billions
from reports.pages.canvas import Chart
from reports.pages.run import figures
from reports.pages.run.annotations import caption, decision_marks


def filing_charts(result: Result) -> tuple[Chart, ...]:
    """Return the charts of what filings said, in reading order; those without a value are left out.

    Every line is what was known at each close, but for the spenders' quarters, which are as known
    at the last one.
    """
    if result.filings is None:
        return ()
    drawn = (
        _growth(result, result.filings),
        _spenders(result, result.filings),
        _intensity(result, result.filings),
        _margins(result, result.filings),
    )
    return tuple(chart for chart in drawn if chart is not None)


def _growth(result: Result, filings: FilingsRead) -> Chart | None:
    line = filings.readings["capex_growth"].to_numpy(dtype=float)
    if np.isnan(line).all():
        return None
    config, levels = result.config, []
    thesis = config.exits.thesis
    if config.signal.kind == "capex":
        bar = config.signal.enter_above
        levels.append(figures.Level(value=bar, label=f"enter at {percent(bar, 0)}"))
    if thesis is not None and thesis.capex_rollover is not None:
        bar = thesis.capex_rollover.exit_below
        levels.append(figures.Level(value=bar, label=f"leave below {percent(bar, 0)}"))
    return Chart(
        key="capex-growth",
        title=f"The spenders' capex growth ended at {percent(_last(line), 1)}, as their filings "
        "had told it",
        caption=_caption(result, line),
        figure=figures.fraction_lines(
            _dates(filings),
            {"capex growth over a year": line},
            unit="growth over a year (%)",
            levels=levels,
            marks=decision_marks(result, filings.readings["date"], line),
        ),
    )


def _spenders(result: Result, filings: FilingsRead) -> Chart | None:
    table = filings.spenders_capex
    companies = [name for name in table.columns if name != "quarter"]
    if table.empty:
        return None
    whole = table[companies].dropna()
    title = "No quarter is known of every spender"
    if not whole.empty:
        last = table.loc[whole.index[-1]]
        title = f"In {last['quarter']} they spent {billions(float(last[companies].sum()))} in all"
    return Chart(
        key="spenders",
        title=title,
        caption=f"n = {len(table):,} quarters of {len(companies)} companies, as known on "
        f"{_dates(filings)[-1]}; a gap is a quarter nobody has reported; "
        f"config {result.config.digest()[:12]}",
        figure=figures.stacked_quarters(
            table["quarter"].tolist(),
            {name: table[name].to_numpy(dtype=float) / 1e9 for name in companies},
        ),
    )


def _intensity(result: Result, filings: FilingsRead) -> Chart | None:
    readings, company = filings.readings, result.config.sizing_company
    now = readings["intensity"].to_numpy(dtype=float)
    reference = readings["intensity_reference"].to_numpy(dtype=float)
    if np.isnan(now).all():
        return None
    sizing = result.config.sizing
    times = _last(now) / _last(reference)
    held = ""
    if isinstance(sizing, CapexIntensitySizing):
        multiple = float(readings["size_multiple"].iloc[-1])
        held = f"; the size multiple is {multiple:.2f}"
    return Chart(
        key="intensity",
        title=f"{company} spent {percent(_last(now), 1)} of its revenue, {times:.2f} times the "
        f"reference{held}",
        caption=_caption(result, now),
        figure=figures.fraction_lines(
            _dates(filings),
            {f"{company} capex over revenue": now, "reference": reference},
            unit="share of revenue, four quarters (%)",
        ),
    )


def _margins(result: Result, filings: FilingsRead) -> Chart | None:
    pair, readings = result.config.pair, filings.readings
    named = {
        f"{pair.long} (long)": readings["gross_margin_long"].to_numpy(dtype=float),
        f"{pair.short} (short)": readings["gross_margin_short"].to_numpy(dtype=float),
    }
    lines = {name: line for name, line in named.items() if not np.isnan(line).all()}
    if not lines:
        return None
    ends = [f"{name.split()[0]} at {percent(_last(line), 1)}" for name, line in lines.items()]
    return Chart(
        key="margins",
        title=f"Trailing gross margins ended with {' and '.join(ends)}",
        caption=_caption(result, next(iter(lines.values()))),
        figure=figures.fraction_lines(
            _dates(filings), lines, unit="gross profit over revenue, four quarters (%)"
        ),
    )


def _caption(result: Result, line: figures.Floats) -> str:
    known = int((~np.isnan(line)).sum())
    return caption(result, f"{known:,} sessions known of {len(line):,}")


def _dates(filings: FilingsRead) -> list[str]:
    days: list[str] = filings.readings["date"].dt.strftime("%Y-%m-%d").tolist()
    return days


def _last(line: figures.Floats) -> float:
    """Return the last known value; NaN without one."""
    known = line[~np.isnan(line)]
    return float(known[-1]) if len(known) else float("nan")
