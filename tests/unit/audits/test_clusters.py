"""E0: which trades are one observation, and how many observations there are."""

import numpy as np
import pytest

from reports.audits.evidence.clusters import independent_entries, outcomes
from tests.unit.fake_result import fake_result
from tests.unit.hand_outcomes import audit_config, hand_outcomes


def members(*holds, sessions=120):
    """The cluster of each trade that holds [entry, exit], in the order entered."""
    result = fake_result(sessions=sessions, holds=holds)
    return [trade.cluster for trade in outcomes(result).trades]


def test_trades_that_share_no_session_stand_alone():
    assert members((20, 50), (51, 80), (90, 110)) == [0, 1, 2]


def test_an_entry_on_the_session_of_an_exit_shares_it():
    assert members((20, 50), (50, 80)) == [0, 0]


def test_overlap_is_handed_on_and_a_short_trade_inside_ends_nothing():
    # The first reaches 60 and holds both others; the second alone would have ended at 30.
    assert members((10, 60), (20, 30), (55, 70), (71, 80)) == [0, 0, 0, 1]


def test_an_open_trade_lasts_to_the_end():
    assert members((10, None), (90, 110)) == [0, 0]
    assert members((10, 89), (90, None)) == [0, 1]


def test_closed_and_open_trades_are_told_by_entry_with_their_places():
    entered = outcomes(fake_result(sessions=120, holds=((80, None), (20, 50))))
    assert [(t.decided, t.entry, t.exit) for t in entered.trades] == [(19, 20, 50), (79, 80, None)]
    # Held at the closes of 20 to 49, and of 80 to 119.
    assert [trade.hold_sessions for trade in entered.trades] == [30, 40]
    assert entered.median_hold_sessions == (30 + 40) / 2
    assert entered.still_open == 1


def test_a_cluster_earns_the_dollars_of_its_trades_on_their_notional():
    result = fake_result(sessions=120, holds=((20, 50), (40, 70), (80, 100)))
    entered = outcomes(result)
    rows = result.trades.sort_values("entry")
    pnl, notional = rows["net_pnl"].to_numpy(), rows["entry_gross_notional"].to_numpy()
    assert [cluster.trades for cluster in entered.clusters] == [2, 1]
    np.testing.assert_allclose(
        [cluster.net_pnl_usd for cluster in entered.clusters], [pnl[0] + pnl[1], pnl[2]], rtol=1e-12
    )
    np.testing.assert_allclose(
        entered.returns,
        [(pnl[0] + pnl[1]) / (notional[0] + notional[1]), pnl[2] / notional[2]],
        rtol=1e-12,
    )
    # 2023-04-11 is a Tuesday; business days 20 and 80 after it are 4 and 16 weeks on.
    assert [cluster.first for cluster in entered.clusters] == ["2023-05-09", "2023-08-01"]


def test_a_run_without_a_trade_has_no_cluster():
    entered = outcomes(fake_result(holds=()))
    assert (entered.trades, entered.clusters) == ((), ())
    assert entered.median_hold_sessions == 1
    assert independent_entries(audit_config(), entered).rating == "against"


@pytest.mark.parametrize(
    ("count", "rating"),
    [(0, "against"), (4, "against"), (5, "marginal"), (29, "marginal"), (30, "supports")],
)
def test_the_number_of_clusters_decides(count, rating):
    block = independent_entries(audit_config(), hand_outcomes([100.0] * count))
    assert block.rating == rating
    assert block.measured == str(count)


def test_the_thresholds_are_the_configured_ones():
    audit = audit_config(thresholds={"clusters": [3, 2]})
    ratings = [independent_entries(audit, hand_outcomes([1.0] * n)).rating for n in (1, 2, 3)]
    assert ratings == ["against", "marginal", "supports"]


def test_the_sentence_counts_trades_clusters_and_the_open_one():
    entered = outcomes(fake_result(sessions=120, holds=((20, 50), (40, 70), (80, None))))
    said = independent_entries(audit_config(), entered).sentence
    assert said.startswith("2 independent entries of 3 trades; trades that overlap count once; 1 ")
    assert "fewer than 5 cannot tell skill from luck" in said
