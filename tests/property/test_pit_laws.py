"""Laws of what was known when, over invented filings, against a slow reading of the rules."""

import datetime as dt
from itertools import groupby

from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.filings.pit import known_at, rejected, vintages
from feeds.filings.reports import Fact, quarter_number

FIRST = dt.date(2020, 1, 1)
# A dollar amount a day, told as it is, rounded, restated, or as if it were the year's.
DAILY_USD = 1_000_000.0
TWISTS = (0.0, 0.0, 0.0, 4e5, -4e5, 1e6, 1.4e6, -3e7, 3e8, -4e8)
SLIPS = (0, 0, 0, 0, 1, -1, 7, 8, -9, 9)  # days by which a start or an end is off
TWIST, SLIP = st.sampled_from(TWISTS), st.sampled_from(SLIPS)
FORM, TAG = st.sampled_from(["10-Q", "10-K", "10-K/A"]), st.sampled_from(["One", "One", "Two"])


@st.composite
def facts_of_a_company(draw):
    """Filings of a few days that repeat and restate each other's periods, in any order."""
    concept = draw(st.sampled_from(["capex", "revenue"]))
    # Fiscal quarters end anywhere in the calendar's, most often where its numbers change.
    offset = draw(st.sampled_from([13, 14, 15, 16, 17]) | st.integers(0, 91))
    ends = [FIRST + dt.timedelta(offset - 91)]
    weeks = draw(st.sampled_from([(13, 13, 13, 13), (12, 12, 12, 16), (16, 12, 12, 12)]))
    for quarter in range(7):
        ends.append(ends[-1] + dt.timedelta(weeks=weeks[quarter % 4]))
    facts = []
    for number in range(draw(st.integers(1, 6))):
        filed = FIRST + dt.timedelta(1000 + draw(st.integers(0, 4)))
        form = draw(FORM)
        for _ in range(draw(st.integers(1, 5))):
            first = draw(st.integers(0, 3))
            start = ends[first] + dt.timedelta(1 + draw(SLIP))
            end = ends[first + draw(st.integers(1, 4))] + dt.timedelta(draw(SLIP))
            facts.append(
                Fact(
                    company="XYZ",
                    concept=concept,
                    start=start,
                    end=end,
                    value=DAILY_USD * (end - start).days + draw(TWIST),
                    filed=filed,
                    form=form,
                    accession=f"{number:02d}",
                    tag=draw(TAG),
                )
            )
    return draw(st.permutations(facts)) if draw(st.booleans()) else facts


def days(fact):
    return (fact.end - fact.start).days + 1


def counts(fact):
    return any(
        low <= days(fact) <= high
        for low, high in ((80, 119), (166, 205), (250, 290), (350, 380))
        if low != 350 or fact.form[:4] == "10-K"
    )


def slow_reading(facts, day):
    """Read the rules of ``vintages`` again, plainly: every quarter from scratch, on one day."""
    bases, tags, years = [[]], set(), {}

    def is_year(fact):
        year = years.get(quarter_number(fact.end), 0.0)
        return fact.concept == "revenue" and days(fact) < 120 and 0 < 0.9 * year <= fact.value

    known = sorted((f for f in facts if f.filed < day), key=lambda f: (f.filed, f.accession))
    for _, group in groupby(known, key=lambda f: (f.filed, f.accession)):
        filing = {}
        for fact in group:
            if counts(fact) and (fact.start, fact.end) not in filing:
                filing[fact.start, fact.end] = fact
        years |= {quarter_number(f.end): f.value for f in filing.values() if days(f) >= 350}
        bases = [[fact for fact in basis if not is_year(fact)] for basis in bases]
        reported = [fact for fact in filing.values() if not is_year(fact)]
        basis = bases[-1]
        pairs = [(a, b) for a in reported for b in basis if (a.start, a.end) == (b.start, b.end)]
        differ = any(abs(a.value - b.value) > 1_000_000 for a, b in pairs)
        unknown = tags and not pairs and not {f.tag for f in reported} & tags
        if reported and (differ or unknown):
            bases.append(basis := [])
            tags = set()
        tags |= {
            fact.tag for fact in reported
        }  # of the newest basis, also where a value was replaced
        for fact in reported:
            same = [b for b in basis if (b.start, b.end) == (fact.start, fact.end)]
            if not any(b.value == fact.value for b in same):
                for b in same:
                    basis.remove(b)
                basis.append(fact)
    return quarters_of(bases)


def quarters_of(bases):
    """Number, value, day, report and kind of every quarter of some bases, the newest first."""
    collected = {}
    for basis in reversed(bases):
        here = {}
        for fact in basis:
            if days(fact) < 120:
                row = (1, moment(fact), fact.value, "reported")
                here.setdefault(quarter_number(fact.end, fact.start), []).append(row)
            for other in basis:
                starts, ends = (fact.start - other.start).days, (fact.end - other.end).days
                if abs(starts) <= 7 and 80 <= ends < 120:
                    first = other.end + dt.timedelta(1)
                    last = max(moment(fact), moment(other))
                    row = (0, last, moment(fact), moment(other), fact.value - other.value)
                    here.setdefault(quarter_number(fact.end, first), []).append(
                        (*row, "differenced")
                    )
        for number, rows in here.items():
            _, last, *_, value, how = max(rows)
            collected.setdefault(number, (number, value, *last[:2], how))
    return [collected[number] for number in sorted(collected)]


def moment(fact):
    return fact.filed, fact.accession, fact.end, fact.start


def shown(quarters):
    return [(q.number, q.value, q.filed, q.accession, q.how) for q in quarters]


@settings(max_examples=200)
@given(facts_of_a_company())
def test_every_vintage_is_what_a_slow_reading_finds(facts):
    for vintage in vintages(facts):
        tomorrow = vintage.filed + dt.timedelta(1)
        assert shown(vintage.quarters) == slow_reading(facts, tomorrow)


@given(facts_of_a_company())
def test_what_is_known_on_a_day_is_the_last_vintage_before_it(facts):
    history = vintages(facts)
    assert [each.filed for each in history] == sorted({fact.filed for fact in facts})
    for shift in range(-1, 7):
        day = FIRST + dt.timedelta(1000 + shift)
        before = [vintage.quarters for vintage in history if vintage.filed < day]
        assert known_at(facts, day) == (before[-1] if before else ())


@given(facts_of_a_company(), st.integers(0, 4))
def test_later_filings_change_nothing_of_what_was_known(facts, shift):
    cut = FIRST + dt.timedelta(1000 + shift)
    early = [fact for fact in facts if fact.filed <= cut]
    assert vintages(early) == tuple(each for each in vintages(facts) if each.filed <= cut)
    assert rejected(facts)[: len(rejected(early))] == rejected(early)


@given(facts_of_a_company())
def test_a_vintage_is_in_order_and_needs_nothing_later(facts):
    for vintage in vintages(facts):
        numbers = [quarter.number for quarter in vintage.quarters]
        assert numbers == sorted(set(numbers))
        for quarter in vintage.quarters:
            assert quarter.filed <= vintage.filed
            assert quarter.number in (quarter_number(quarter.end), quarter_number(quarter.end) - 1)


@given(facts_of_a_company())
def test_whole_quarters_pass_through_with_the_value_told_last(facts):
    quarters = [fact for fact in facts if 80 <= days(fact) < 120 and fact.concept == "capex"]
    unique = {(fact.accession, quarter_number(fact.end, fact.start)): fact for fact in quarters}
    whole = sorted(unique.values(), key=lambda fact: (fact.filed, fact.accession))
    filed_last = {quarter_number(fact.end, fact.start): fact.value for fact in whole}
    last = vintages(whole)[-1].quarters if whole else ()
    assert {quarter.number: quarter.value for quarter in last} == filed_last
