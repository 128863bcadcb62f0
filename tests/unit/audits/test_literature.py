"""What others measured stands beside the capex trade, and beside no other."""

import pytest

from configs.load import load
from reports.audits.article.literature import literature
from tests.e2e.program import ROOT

CONFIGS = ROOT / "configs"
PRINTED = (
    "0.326 % (t 4.01)", "-0.094 % (t -0.48)", "16.8 bp a month (t 2.86)", "0.58, 0.40 and 0.26",
    "91, 85 and 43 bp", "38, 33 and 5 bp",
)  # fmt: skip


@pytest.mark.parametrize("name", ["nvda_msft", "sample_capex"])
def test_a_trade_on_capex_is_shown_beside_what_others_measured(name):
    rows = literature(load(CONFIGS / f"{name}.yaml"))
    text = " ".join(row["what"] for row in rows)
    assert [figure for figure in PRINTED if figure not in text] == []
    assert all(row["source"] for row in rows)


def test_no_other_trade_is():
    assert literature(load(CONFIGS / "smh_igv.yaml")) == ()
