"""What an audit page says of a check or a block: short where nothing is to be weighed."""

from reports.pages.audit.rows import block_rows, check_rows, not_checked, pair_rows


def check(key, status="PASS", sentence="All of it, at length.", difference=None, **detail):
    return {
        "key": key, "name": "name", "status": status, "sentence": sentence,
        "difference": difference, "detail": detail,
    }  # fmt: skip


def block(key, rating, sentence="Why, at length."):
    return {
        "key": key, "name": "name", "rating": rating, "sentence": sentence, "measured": "3",
        "thresholds": {"supports": "at least 30", "marginal": "at least 5"},
    }  # fmt: skip


def told(*checks):
    return [row.text for row in check_rows({"checks": checks})]


def test_a_check_that_passed_says_what_that_means_and_its_plain_name_comes_first():
    (row,) = check_rows({"checks": [check("A3")]})
    assert (row.name, row.outcome, row.text) == ("Name (A3)", "PASS", "Same run bar by bar.")


def test_what_a_reader_must_weigh_is_told_whole_whatever_the_outcome():
    remark = check("A6", "REMARK")
    selection, unknown = check("A9", sentence="4 of 109 do at least as well."), check("A99")
    large = check("A4", above_max_participation=2)
    assert told(remark, selection, unknown, large) == [
        "All of it, at length.", "4 of 109 do at least as well.", "All of it, at length.",
        "All of it, at length.",
    ]  # fmt: skip
    curve = [{"lag_sessions": 0, "sharpe": 1.12}, {"lag_sessions": 1, "sharpe": 0.5}]
    assert told(check("A5", "REMARK", curve=curve)) == ["All of it, at length."]
    assert told(check("A5", curve=curve)) == [
        "Sharpe ratio 1.12 and 0.50 with orders 0 and 1 sessions late."
    ]


def test_a_difference_stands_once():
    first = {"session": "2024-05-24", "what": "an order", "expected": "none", "actual": "entry"}
    said = check("A6", "REMARK", "First on 2024-05-24.", first)
    failed = check("A1", "FAIL", "First on 2024-05-24.", first)
    assert [row.first for row in check_rows({"checks": [said, failed]})] == [None, first]


def test_a_block_tells_what_holds_the_run_back():
    document = {
        "evidence": [
            block("E0", "against"), block("E2", "against"), block("E3", "marginal"),
            block("F1", "supports"), block("E5", "not run", "Not run: no day is given."),
        ],
        "verdict": {"reason": "Name (E0): against (3). The same holds of Name (E2)."},
    }  # fmt: skip
    assert [row.text for row in block_rows(document)] == [
        "", "Why, at length.", "To support: at least 30.", "", "No day is given.",
    ]  # fmt: skip


def test_what_was_not_checked_stands_once_and_by_its_reason():
    document = {
        "checks": [check("A9", "NOT RUN", "Not run: no universe.")],
        "evidence": [],
        "verdict": {
            "not_checked": [
                "Name (A9): no universe", "Deflated (E4), one part: unknown",
                "Deflated (E4), another: unknown",
            ]
        },
    }  # fmt: skip
    assert not_checked(document) == ["Deflated (E4), one part and another: unknown"]


def test_a_statistic_stands_by_then_and_afterwards_on_one_row():
    names = ("Johansen on the past of each entry", "Johansen, whole sample", "sessions each side")
    rows = [{"name": name, "value": str(place)} for place, name in enumerate(names)]
    assert pair_rows({"is_a_pair": rows}) == [
        ("Johansen", "0", "1"), ("sessions each side", "", "2"),
    ]  # fmt: skip
