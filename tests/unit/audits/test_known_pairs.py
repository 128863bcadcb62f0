"""The recorded table of pairs whose edge is known: its targets, its words, and README's."""

import datetime as dt
from pathlib import Path

import pytest

from reports.audits import known_pairs
from reports.audits.known_pairs import Record, Row, recorded, write_record
from reports.audits.verdict import LADDER


def row(*, effect=0.0, supported=0, marginal=0, pairs=200, world="GBM"):
    rungs = dict.fromkeys(LADDER, 0) | {
        "SUPPORTED, UNCONFIRMED": supported,
        "MARGINAL": marginal,
        "NO EVIDENCE": pairs - supported - marginal,
    }
    return Row(
        world=world, rule="fast", effect=effect, pairs=pairs, mean_entries=50.0, rungs=rungs,
        p_at_most={"0.01": supported, "0.1": supported + marginal},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("effect", "supported", "marginal", "is_right"),
    [
        (0.0, 2, 18, True),  # 1 % and 10 % of 200
        (0.0, 3, 0, False),
        (0.0, 1, 20, False),
        (0.27, 0, 0, True),  # nothing is asked of so small an edge
        (0.55, 120, 0, True),
        (0.55, 119, 81, False),
        (0.91, 190, 0, True),
        (0.91, 189, 11, False),
    ],
)
def test_a_row_is_held_to_its_target(effect, supported, marginal, is_right):
    made = row(effect=effect, supported=supported, marginal=marginal)
    assert made.on_target is is_right


def test_the_summary_names_what_missed_and_pools_what_did_not():
    rows = (row(supported=1, marginal=9), row(world="t5", supported=4), row(effect=0.91))
    text = Record(date="2026-11-29", commit="abcdef0123", rows=rows).summary
    assert "Of 400 synthetic pairs without an edge (2 combinations of world and rule)" in text
    assert "1.2% were called SUPPORTED and 3.5% MARGINAL or better" in text  # 5 and 14 of 400
    assert "at most 2.0% and 5.0% in any one of them" in text
    assert "Of planted edges 0% at d = 0.91 were SUPPORTED." in text
    assert "Off target: t5 under fast (2.0% SUPPORTED, 2.0% MARGINAL or better); GBM" in text
    assert text.endswith("Measured on 2026-11-29, commit abcdef0.")


def test_a_table_is_read_as_it_was_written(tmp_path, monkeypatch):
    monkeypatch.setattr(known_pairs, "RECORD", tmp_path / "known_pairs.json")
    write_record([row()], date=dt.date(2026, 11, 29), commit="abc")
    assert recorded.__wrapped__() == Record(date="2026-11-29", commit="abc", rows=(row(),))


def test_readme_has_the_summary_of_the_recorded_table():
    readme = Path(__file__).parents[3] / "README.md"
    assert f"\n{recorded().summary}\n" in readme.read_text(encoding="utf-8")
