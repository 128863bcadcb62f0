"""Distance pairs against an oracle that shares no code with them."""

import numpy as np
import pytest

from engine.trials.distance import trade_pairs
from reports.measures.pair_months import months_of
from tests.oracle.distance_pairs import monthly_returns
from tests.unit.hand_panel import panel_of, request, walks


def asked_of_the_oracle(panel, asked, fill):
    return monthly_returns(
        [day.item() for day in panel.sessions],
        {
            name: [None if np.isnan(price) else price for price in leg.adj_close.tolist()]
            for name, leg in panel.legs.items()
        },
        formation=asked.formation.months,
        trading=asked.trading.months,
        pairs=asked.formation.pairs,
        open_at=asked.trading.open_at,
        wait=fill == "next_close",
        overlapping=asked.trading.portfolios == "overlapping",
    )


@pytest.mark.parametrize("fill", ["same_close", "next_close"])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("portfolios", ["overlapping", "consecutive"])
def test_every_month_is_the_oracles(seed, portfolios, fill):
    prices = walks(7, 330, seed)
    if seed % 2:
        prices["S02"][200:] = np.nan  # delisted inside a trading period
        prices["S04"][:90] = np.nan  # listed later
    panel, asked = panel_of(prices), request(pairs=3, portfolios=portfolios, open_at=1.5)
    portfolios = trade_pairs(asked, panel)
    months = months_of(portfolios, panel.sessions)
    expected = asked_of_the_oracle(panel, asked, fill)
    assert [f"{year}-{month:02d}" for year, month in expected] == list(months.months)
    assert sum(len(lot) for each in portfolios for lot in each.traded[fill].trades) > 10
    for capital in ("committed", "invested"):
        ours = months.returns[fill, capital, "gross"]
        theirs = [row[capital] for row in expected.values()]
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)  # sums in another order
