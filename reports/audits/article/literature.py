"""What others measured of a trade like this one. A configuration in, their figures and sources out.

Printed figures, not ours: they stand beside the capex trade, where it is judged.
"""

from configs.schema import RunConfig

Row = dict[str, str]

CAPEX: tuple[Row, ...] = (
    {
        "what": "The investment factor (CMA) a month: 0.326 % (t 4.01) from 1963-07 to 2013-12, "
        "-0.094 % (t -0.48) from 2014-01 to 2025-05.",
        "source": "K. R. French, Data Library, Fama/French 5 Factors",
    },
    {
        "what": "Capex over sales above its own three-year mean predicted lower returns: 16.8 bp a "
        "month (t 2.86), 1973 to 1996. This trade bets against it.",
        "source": "Titman, Wei, Xie (2004), Journal of Financial and Quantitative Analysis 39",
    },
    {
        "what": "Published predictors lose 26 % of their return out of sample and 58 % after "
        "publication: 0.58, 0.40 and 0.26 % a month.",
        "source": "McLean, Pontiff (2016), Journal of Finance 71",
    },
    {
        "what": "Pairs by distance, cointegration and copula: 91, 85 and 43 bp a month gross; 38, "
        "33 and 5 bp after costs.",
        "source": "Rad, Low, Faff (2016), Quantitative Finance 16",
    },
)


def literature(config: RunConfig) -> tuple[Row, ...]:
    """Return what is known of the trade: of one that reads capital expenditure, else nothing."""
    reads = config.signal.kind == "capex" or config.sizing.kind == "capex_intensity"
    return CAPEX if reads else ()
