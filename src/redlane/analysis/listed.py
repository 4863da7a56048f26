"""The table of analyses, in the order of the index page."""

from redlane.analysis.analysis import Analysis
from redlane.analysis.entries import digits, fair_prices, flags, mirror_gaps, networks, price_filter

ANALYSES: dict[str, Analysis] = {
    analysis.name: analysis
    for analysis in (
        price_filter.ANALYSIS,
        fair_prices.ANALYSIS,
        mirror_gaps.ANALYSIS,
        digits.ANALYSIS,
        networks.ANALYSIS,
        flags.ANALYSIS,
    )
}
"""Every analysis by name. A new one is one row here, one file in ``entries`` and a function that returns tables."""
