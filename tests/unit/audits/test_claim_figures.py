"""Every kind of figure that a claim may name, by hand, and what it says when it lacks something."""

import math

import pytest
from pydantic import TypeAdapter

from configs.claims import AnyFigure
from reports.audits.article.claim_figures import KINDS, claim_figures
from tests.unit.hand_claims import hand_of
from tests.unit.hand_reports import hand_facts

FIGURE = TypeAdapter(AnyFigure)
MARCH_25, MARCH_28, APRIL_2 = "2024-03-25", "2024-03-28", "2024-04-02"


def figure(**keys):
    return FIGURE.validate_python(keys)


def computed(hand, **keys):
    asked = figure(**keys)
    made = claim_figures([asked], hand)
    return made.values[asked.name]


def lack(hand, **keys):
    """What is needed, and why it is not at hand."""
    made = claim_figures([figure(**keys)], hand)
    assert not made.values
    (what,) = made.needs.values()
    return what, made.why[what]


def test_every_kind_is_computed():
    kinds = {kind.model_fields["kind"].annotation for kind in KINDS}
    assert len(kinds) == len(KINDS) == 9


# --- prices: sessions of 25, 26, 27, 28 March, 1, 2, 3 April 2024 ---

SEVEN = dict(
    LLL=[100.0, 110.0, 120.0, 130.0, 150.0, 140.0, 160.0],
    SSS=[50.0, 50.0, 55.0, 60.0, 45.0, 50.0, 40.0],
)


def test_a_gap_is_growth_less_growth_since_a_close():
    # To 2 April: 140 / 100 and 50 / 50: 40 % less 0 %.
    made = computed(hand_of(**SEVEN), kind="gap", long="LLL", short="SSS",
                    since=MARCH_25, until=APRIL_2)  # fmt: skip
    assert made == pytest.approx(100 * (140 / 100 - 50 / 50))


def test_a_day_without_a_session_is_the_last_close_before_it():
    # Good Friday and the weekend: the close of Thursday, 28 March.
    hand = hand_of(**SEVEN)
    for until in (MARCH_28, "2024-03-29", "2024-03-31"):
        made = computed(hand, kind="gap", long="LLL", short="SSS", since=MARCH_25, until=until)
        assert made == pytest.approx(100 * (130 / 100 - 60 / 50))


def test_the_highest_gap_of_a_stretch_has_both_its_ends_in_it():
    # From Monday, 1 April: 150 / 100 - 45 / 50 = 0.6; 0.4; 160 / 100 - 40 / 50 = 0.8.
    hand, keys = hand_of(**SEVEN), dict(kind="gap", long="LLL", short="SSS", since=MARCH_25)
    high = computed(hand, **keys, until=APRIL_2, highest_from="2024-03-30")
    assert high == pytest.approx(60.0)
    assert computed(hand, **keys, until="2024-04-03", highest_from=APRIL_2) == pytest.approx(80.0)


def test_growth_and_a_session_are_total_returns():
    total = [90.0, 99.0, 100.0]
    hand = hand_of(LLL=([100.0, 110.0, 105.0], total))
    made = computed(hand, kind="growth", symbol="LLL", since=MARCH_25, until="2024-03-27")
    assert made == pytest.approx(100 * (100 / 90 - 1))
    assert computed(hand, kind="session", symbol="LLL", on="2024-03-26") == pytest.approx(10.0)


def test_a_session_that_is_none_is_said_to_be_none_and_not_guessed():
    made = claim_figures([figure(kind="session", symbol="LLL", on="2024-03-29")], hand_of(**SEVEN))
    assert (made.values, made.needs) == ({}, {})
    assert list(made.reasons.values()) == ["2024-03-29 is no session of the exchange"]


def test_the_distance_from_a_high_is_of_closes_as_quoted_and_of_the_past_alone():
    # The highest close up to 27 March is 120, not the 150 of April; dividends do not count.
    hand = hand_of(LLL=([100.0, 120.0, 90.0, 150.0], [1.0, 1.0, 1.0, 1.0]))
    made = computed(hand, kind="off_high", symbol="LLL", on="2024-03-27")
    assert made == pytest.approx(100 * (90 / 120 - 1))
    assert computed(hand, kind="off_high", symbol="LLL", on=MARCH_28) == 0.0


def test_days_between_which_no_session_lies_compare_nothing():
    # Good Friday to Easter Sunday: both are the close of Thursday.
    days = dict(since="2024-03-29", until="2024-03-31")
    for keys in (dict(kind="growth", symbol="LLL"), dict(kind="gap", long="LLL", short="SSS")):
        made = claim_figures([figure(**keys, **days)], hand_of(**SEVEN))
        assert (made.values, made.needs) == ({}, {})
        (why,) = made.reasons.values()
        assert why == (
            "2024-03-29 to 2024-03-31 has no session of the exchange after the first close"
        )


def test_a_highest_gap_of_days_without_a_session_is_said_in_our_words():
    what, _ = lack(hand_of(**SEVEN), kind="gap", long="LLL", short="SSS", since=MARCH_25,
                   until="2024-03-31", highest_from="2024-03-29")  # fmt: skip
    assert what == "LLL and SSS prices from 2024-03-29 to 2024-03-31"


def test_a_high_among_unknown_closes_is_of_the_known_ones():
    hand = hand_of(**{"^MOVE": [100.0, math.nan, 120.0, 90.0, math.nan]})
    made = computed(hand, kind="off_high", symbol="^MOVE", on=MARCH_28)
    assert made == pytest.approx(100 * (90 / 120 - 1))
    what, _ = lack(hand, kind="off_high", symbol="^MOVE", on="2024-04-01")
    assert what == "^MOVE prices on 2024-04-01"


def test_the_highest_close_of_one_day_is_its_own():
    hand = hand_of(**{"^VIX": [13.0, 14.0, 12.0, 15.0]})
    keys = dict(kind="highest", symbol="^VIX")
    assert computed(hand, **keys, since="2024-03-27", until="2024-03-27") == 12.0


def test_the_highest_close_of_a_stretch_passes_over_what_is_unknown():
    hand = hand_of(**{"^VIX": [40.0, 18.0, math.nan, math.nan, 30.0]})
    keys = dict(kind="highest", symbol="^VIX", until=MARCH_28)
    assert computed(hand, **keys, since="2024-03-26") == 18.0
    what, _ = lack(hand, **keys, since="2024-03-27")
    assert what == "^VIX prices from 2024-03-27 to 2024-03-28"


def test_a_rank_is_the_percent_of_the_last_closes_at_or_below():
    # The last four closes to 28 March: 12, 18, 15, 15; at or below 15: three of four.
    hand = hand_of(**{"^VIX": [12.0, 18.0, 15.0, 15.0, 99.0]})
    made = computed(hand, kind="rank", symbol="^VIX", on=MARCH_28, closes=4)
    assert made == 75.0
    what, why = lack(hand, kind="rank", symbol="^VIX", on=MARCH_28, closes=5)
    assert what == "^VIX 5 closes up to 2024-03-28"
    assert why == "the run has fewer, or none on that day"


def test_what_is_not_at_hand_is_named_with_its_source_s_own_words():
    hand = hand_of(**SEVEN, missing={"AAPL": "AAPL.csv: no such file"})
    asked = dict(kind="session", symbol="AAPL", on="2024-03-26")
    assert lack(hand, **asked) == ("AAPL prices", "AAPL.csv: no such file")
    what, why = lack(hand, kind="growth", symbol="LLL", since=MARCH_25, until="2024-04-04")
    assert (what, why) == ("LLL prices on 2024-04-04", "the run has 2024-03-25 to 2024-04-03")
    what, _ = lack(hand, kind="growth", symbol="LLL", since="2024-03-22", until=APRIL_2)
    assert what == "LLL prices on 2024-03-22"
    what, _ = lack(hand, kind="session", symbol="LLL", on=MARCH_25)
    assert what == "LLL prices before 2024-03-25"


# --- reports: quarters from March 2020 on, each public 30 days after its end ---

REVENUE = [100.0, 110.0, 120.0, 130.0, 200.0, 240.0]  # the fifth is to 31 March 2021
PROFIT = [70.0, 77.0, 84.0, 91.0, 130.0, 120.0]
MARGINS = (hand_facts("MMM", "revenue", REVENUE), hand_facts("MMM", "gross_profit", PROFIT))


def test_a_gross_margin_is_of_the_latest_quarter_filed_before_the_day():
    hand = hand_of(*MARGINS)
    # The quarter to 31 March 2021 was filed on 30 April: known the day after, not on it.
    asked = dict(kind="gross_margin", company="MMM")
    assert computed(hand, **asked, on="2021-04-30") == pytest.approx(100 * 91 / 130)
    assert computed(hand, **asked, on="2021-05-01") == pytest.approx(100 * 130 / 200)


def test_its_change_is_against_the_same_quarter_a_year_before():
    made = computed(hand_of(*MARGINS), kind="gross_margin_change", company="MMM", on="2021-05-01")
    assert made == pytest.approx(100 * 130 / 200 - 100 * 70 / 100)
    what, _ = lack(hand_of(*MARGINS), kind="gross_margin_change", company="MMM", on="2020-05-01")
    assert what == "MMM gross profit 1 years before 2020-03-31"


def test_reported_dollars_are_summed_and_changes_are_over_a_year():
    capex = [(1e9, 4e9), (2e9, 7e9)]
    hand = hand_of(
        *(
            hand_facts(name, "capex", [now, 0.0, 0.0, 0.0, later])
            for name, (now, later) in zip(("AAA", "BBB"), capex, strict=True)
        )
    )
    asked = dict(kind="reported", concept="capex", companies=["AAA", "BBB"], on="2021-05-01")
    assert computed(hand, **asked) == pytest.approx(4 + 7)
    assert computed(hand, **asked, change=True) == pytest.approx((4 - 1) + (7 - 2))


def test_an_old_report_is_not_a_company_s_latest_quarter():
    # To 30 June 2021; on 1 January 2022 two more quarters are over and one should be public.
    what, why = lack(hand_of(*MARGINS), kind="gross_margin", company="MMM", on="2022-01-01")
    assert what == "MMM gross profit of the last quarter before 2022-01-01"
    assert why == "the latest filed before is to 2021-06-30"
    # The report of the quarter after it, public on 30 October, tells something else.
    other = hand_facts("MMM", "capex", [*[None] * 6, 1e9])
    _, why = lack(hand_of(*MARGINS, other), kind="gross_margin", company="MMM", on="2022-01-01")
    assert why == (
        "the latest filed before is to 2021-06-30; the next report, filed 2021-10-30, is at hand "
        "without it"
    )


def test_every_company_that_lacks_is_named():
    hand = hand_of(*MARGINS, without_reports={"NOW": "not in the cache"})
    what, why = lack(hand, kind="reported", concept="revenue", companies=["MMM", "NOW", "CRM"],
                     on="2021-05-01")  # fmt: skip
    assert what == "NOW revenue, CRM revenue"
    assert why == "not in the cache; none was filed before 2021-05-01"


def test_a_quarter_with_revenue_alone_has_no_margin():
    hand = hand_of(MARGINS[0], hand_facts("MMM", "gross_profit", PROFIT[:5]))
    what, _ = lack(hand, kind="gross_margin", company="MMM", on="2021-08-01")
    assert what == "MMM gross profit of the quarter to 2021-06-30"


def test_a_figure_is_named_by_its_kind_and_all_it_is_given():
    asked = figure(kind="gap", long="SMH", short="IGV", since="2025-12-31", until="2026-03-31")
    assert asked.name == "gap_SMH_IGV_2025-12-31_2026-03-31"
    asked = figure(kind="reported", concept="capex", companies=["AAA", "BBB"], on="2026-06-26",
                   change=True)  # fmt: skip
    assert asked.name == "reported_capex_AAA_BBB_2026-06-26_change"
