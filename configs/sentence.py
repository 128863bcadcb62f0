"""The rules of a run in one sentence. A configuration in, what will happen and on what terms out.

Every key that changes a run changes the sentence: one that has no words yet is told by its name
and value. What is not in it, changes nothing but names and pages.
"""

from configs.formats import dollars, joined, listed, number, ordinal, percent, sessions, times
from configs.fundamentals import EDGAR_URL, FundamentalsConfig
from configs.schema import RunConfig
from configs.sentence_costs import account_words, costs_words
from configs.sizing import LinearSizing, Sizing
from configs.spread import SpreadSignal
from configs.thesis import ThesisConfig
from configs.trading import Entries, ExitsConfig, FlatOver, PeriodicRebalance, Rebalance
from configs.unphrased import by_name, unphrased


def sentence(config: RunConfig) -> str:
    """Return the resolved rules of one run, defaults included, as one sentence."""
    rest = unphrased(config, _phrased)
    return f"{_phrased(config)}{f'; with {listed(rest)}' if rest else ''}."


def brief(config: RunConfig) -> str:
    """Return what is traded, when, how large and at which costs, for the head of a page.

    Window, prices, money and margin are left to `sentence`.
    """
    clauses = (
        f"{_sides(config)} {_trigger(config)}",
        None if config.entries.kind == "single" else _entries(config.entries),
        _sizing(config.sizing, config.sizing_company),
        _rebalance(config.rebalance, config.sizing_company),
        _exits(config),
        _costs(config),
    )
    text = joined(clauses, "; ")
    return f"{text[0].upper()}{text[1:]}."


def _phrased(config: RunConfig) -> str:
    """Return what somebody found words for."""
    clauses = (
        f"{_data(config)}, {_sides(config)} {_trigger(config)}",
        _entries(config.entries),
        _sizing(config.sizing, config.sizing_company),
        _rebalance(config.rebalance, config.sizing_company),
        _exits(config),
        _costs(config),
        account_words(config.account),
    )
    return joined(clauses, "; ")


def _data(config: RunConfig) -> str:
    """Return the window and where prices and reports come from."""
    data = config.data
    until = "the last session that every symbol has" if data.end is None else data.end
    origin = {"yahoo": "Yahoo's prices", "sample": "SYNTHETIC sample prices"}.get(
        data.source, f"the price files in {data.path}"
    )
    beside = f" beside {data.benchmark}" if data.benchmark else ""
    reports = f" and {_reports(config.fundamentals)}" if config.fundamentals else ""
    days = [f"{symbol} on {listed(map(str, each))}" for symbol, each in data.confirm.items()]
    confirmed = f", taking the moves of {listed(days)} for real" if days else ""
    adjusted = ", at prices adjusted for dividends" if data.adjusted else ""
    return f"From {data.start} to {until}, on {origin}{adjusted}{beside}{reports}{confirmed}"


def _reports(named: FundamentalsConfig) -> str:
    if named.source == "csv":
        return f"the company reports in {named.path}"
    if named.source == "sample":
        return "SYNTHETIC sample reports"
    server = "" if named.base_url == EDGAR_URL else f" from {named.base_url}"
    numbers = [f"{symbol} under number {cik}" for symbol, cik in named.cik.items()]
    return f"the SEC's company reports{server}" + (f" ({listed(numbers)})" if numbers else "")


def _costs(config: RunConfig) -> str:
    return costs_words(config.costs, config.pair.long, config.pair.short, config.sold)


def _sides(config: RunConfig) -> str:
    """Return which leg is bought and which sold, and that they may change sides where they may."""
    legs, ways = config.pair, config.directions
    bought, sold = (legs.long, legs.short) if 1 in ways else (legs.short, legs.long)
    return f"buy {bought} and sell {sold} short{' or the reverse' if len(ways) > 1 else ''}"


def _trigger(config: RunConfig) -> str:
    """Return when an entry is decided."""
    signal, own = config.signal, config.strategy
    if own is not None:
        params = [f"{name} {value}" for name, value in own.params.items()]
        given = f" ({listed(params)})" if params else ""
        when = f"when the strategy in {own.file} says so{given}"
    elif isinstance(signal, SpreadSignal):
        when = signal.words(config.pair.long, config.pair.short)
    elif signal.kind == "always":
        when = "whenever flat"
    elif signal.kind == "capex":
        when = (
            f"while the capital expenditure of {listed(signal.spenders)} grows by "
            f"{percent(signal.enter_above)} a year or more, as filings told it"
        )
    elif signal.kind == "correlation":
        past = "all of its past"
        if signal.zscore == "rolling":
            past = f"its last {signal.zscore_window:,} values"
        when = (
            f"while the {signal.window}-session correlation of their log returns is below "
            f"{number(signal.enter_below)} in standard deviations of {past} "
            f"({signal.min_periods:,} values or more)"
        )
    else:
        when = f"at the signal of {by_name(signal)}"
    regime = config.regime
    if regime is None:
        return when
    closes = "each close" if len(regime.symbols) > 1 else "closes"
    return (
        f"{when}, if {listed(regime.symbols)} {closes} below {number(regime.percentile_below)} % "
        f"of the last {regime.window:,} closes"
    )


def _entries(entries: Entries) -> str:
    if entries.kind == "single":
        return "hold one trade at a time"
    if entries.kind != "tranches":
        return f"enter by {by_name(entries)}"
    return (
        f"open a tranche at every trigger {entries.gap_days} calendar days or more after the last, "
        f"up to {entries.max_open} at once, each with {times(entries.gross_each)} the gross"
    )


def _sizing(sizing: Sizing, company: str) -> str:
    """Return how large each leg is."""
    measured = f"volatility over {sessions(sizing.window)}"
    if sizing.kind == "inverse_vol":
        legs = f"size the legs by their inverse {measured}"
    elif sizing.kind == "dollar_neutral":
        legs = f"size the legs at equal dollars ({measured} is read beside them)"
    elif sizing.kind == "hedge_ratio" or sizing.kind == "linear":
        grown = ""
        if isinstance(sizing, LinearSizing):
            grown = f", times |z| up to {number(sizing.cap)}"
        unit = "" if sizing.shares is None else f", {number(sizing.shares)} shares of y a unit"
        legs = f"size the legs by the hedge ratio{unit}{grown} ({measured} is read beside it)"
    elif sizing.kind == "beta_neutral":
        legs = f"size the short by the long's beta to it over {sessions(sizing.window)}"
    elif sizing.kind == "capex_intensity":
        scaled = {
            "gross": "the gross of legs of equal dollars",
            "hedge": "short over long dollars",
        }[sizing.scales]
        legs = (
            f"scale {scaled} by {company}'s capital expenditure over revenue, against the mean of "
            f"the {sizing.reference_quarters} quarter ends before, from "
            f"{times(sizing.min_multiple)} to {times(sizing.max_multiple)} ({measured} is read "
            "beside it)"
        )
    else:
        legs = f"size the legs by {by_name(sizing)}"
    if getattr(sizing, "shares", None) is not None:
        return legs
    if sizing.vol_target is None:
        return f"{legs}, at {times(sizing.gross)} equity gross"
    return (
        f"{legs}, at the gross whose volatility is {percent(sizing.vol_target)} a year, at most "
        f"{times(sizing.max_gross)} equity"
    )


def _rebalance(rebalance: Rebalance, company: str) -> str:
    """Return when the hedge is resized, and the least it must trade."""
    if rebalance.kind == "never":
        return "keep the entry's shares to the exit"
    if rebalance.kind == "any_of":
        when = listed([_rebalance(each, company).removeprefix("resize ") for each in rebalance.of],
                      "or")  # fmt: skip
    elif rebalance.kind == "band":
        when = f"when the leg ratio is over {percent(rebalance.above)} off its target"
    elif rebalance.kind == "vol_ratio":
        when = (
            f"when the volatility ratio moved by over {percent(rebalance.above)} since the last "
            "sizing"
        )
    elif rebalance.kind == "on_filing":
        when = f"on the session after {listed(rebalance.companies or (company,), 'or')} filed"
    elif rebalance.kind == "daily":
        when = "on every session"
    elif isinstance(rebalance, PeriodicRebalance):
        period = {"weekly": "week", "monthly": "month", "quarterly": "quarter"}[rebalance.kind]
        every = (
            f"every {ordinal(rebalance.every)} {period}" if rebalance.every > 1 else f"a {period}"
        )
        every += f" (phase {rebalance.phase})" if rebalance.phase else ""
        day = rebalance.on if rebalance.on in ("first", "last") else rebalance.on.capitalize()
        when = f"on the {day} session of {every}"
    else:
        when = f"by {by_name(rebalance)}"
    least = rebalance.min_trade_usd
    limit = f" if a leg trades {dollars(least)} or more" if least > 0.0 else ""
    return f"resize {when}{limit}"


def _exits(config: RunConfig) -> str:
    """Return every way out, in the order in which the first names the exit."""
    exits = config.exits
    flat = None if exits.flat_over is None else _flat_over(exits.flat_over)
    z, held, gain = exits.z_above, exits.holding_sessions, exits.take_profit
    ways = (
        _stops(exits.stop_loss, exits.trailing_stop),
        None if exits.thesis is None else _thesis(exits.thesis, config),
        flat,
        None if z is None else f"once the z-score is above {number(z)}",
        None if held is None else f"at the close of the {ordinal(held)} session held",
        None if gain is None else f"at a gain of {percent(gain)} of the entry's notional",
    )
    phrases = [*_spread_ways(exits), *(way for way in ways if way)]
    if phrases:
        return f"leave {listed(phrases, 'or')}"
    comes_back = isinstance(config.signal, SpreadSignal)  # which its own clause says
    return "leave by no other rule" if comes_back else "never leave by a rule"


def _spread_ways(exits: ExitsConfig) -> list[str]:
    """Return the ways out that only a spread has."""
    stop, lives = exits.z_stop, exits.half_lives
    ways = [f"once z is {number(stop)} on the losing side"] if stop is not None else []
    return ways + ([f"after {number(lives)} half-lives"] if lives is not None else [])


def _stops(stop_loss: float | None, trailing_stop: float | None) -> str | None:
    """Return the losses that end a trade, as fractions of the entry's gross notional."""
    loss, fall = stop_loss, trailing_stop
    ways = [f"at a loss of {percent(loss)} of the entry's notional"] if loss is not None else []
    if fall is not None:
        ways.append(f"at {percent(fall)} of the entry's notional below the best close")
    return listed(ways, "or") if ways else None


def _flat_over(flat: FlatOver) -> str:
    """Return the nights over which nothing is held."""
    nights = []
    if flat.earnings is not None:
        whose = listed(flat.symbols) if flat.symbols else "either leg"
        nights.append(f"with an announcement of {whose} in {flat.earnings}")
    if flat.season is not None:
        nights.append(f"from {flat.season.since} to {flat.season.until} of any year")
    return f"before nights {listed(nights, 'or')}"


def _thesis(thesis: ThesisConfig, config: RunConfig) -> str | None:
    """Return what breaks the thesis; what also bars entries says so."""
    broken = []
    price, spike = thesis.price, thesis.vol_spike
    stopped = None if price is None else _stops(price.stop_loss, price.trailing_stop)
    if stopped is not None:
        broken.append(f"{stopped} (a price break)")
    if spike is not None:
        level = f"closes at {number(spike.level)} or above" if spike.level is not None else None
        jump = f"rises by {percent(spike.jump)} in a session" if spike.jump is not None else None
        broken.append(f"when {spike.symbol} {joined([level, jump], ' or ')} (no entry then either)")
    rollover, holds, stalls = thesis.capex_rollover, thesis.margin_holds, thesis.supplier_stalls
    if rollover is not None:
        broken.append(
            f"when the capital expenditure of {listed(config.spenders)} grows by less than "
            f"{percent(rollover.exit_below)} a year (no entry then either)"
        )
    if stalls is not None:
        broken.append(
            f"when {config.pair.long}'s revenue grows by less than {percent(stalls.below)} a year "
            "(no entry then either)"
        )
    if holds is not None:
        broken.append(
            f"when {config.pair.short}'s gross margin has not fallen by {number(holds.bps)} bps in "
            f"the {holds.quarters} quarters reported since the entry"
        )
    return listed(broken, "or") if broken else None
