"""The statistics of the synthetic world as a table in the layout of UN Comtrade."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from redlane.declarations.statistical_countries import ALPHA_3, NUMBERS
from redlane.declarations.synthetic.arrays import Floats, Ints
from redlane.declarations.synthetic.partners import PartnerStatistics
from redlane.declarations.synthetic.tables import CODES
from redlane.declarations.synthetic.tariff import Tariff

OWN_ISO, OWN_NUMBER = "XAA", 990
"""The importing country: a code that ISO 3166-1 leaves to users, since the world is made up."""
REVISION = "H6"

_CODE = {"exports": "X", "reexports": "RX", "imports": "M"}
_WORDS = {"X": "Export", "RX": "Re-export", "M": "Import"}


def comtrade_tables(statistics: PartnerStatistics) -> Iterator[pd.DataFrame]:
    """One frame per year and flow. As with Comtrade, exports contain the re-exports, which are stated again.

    Values are in US dollars, which are the reference currency of the synthetic world; masses in kg.
    """
    waiting: dict[int, tuple[Ints, Ints, Floats]] = {}
    for year, flow, good, country, amounts in statistics.recorded():
        if flow == "exports":
            waiting[year] = (good, country, amounts)
            continue
        if flow == "reexports":
            yield _frame(
                statistics.world.tariff, year, "X", _sum(waiting.pop(year), (good, country, amounts))
            )
        yield _frame(statistics.world.tariff, year, _CODE[flow], (good, country, amounts))


def _sum(first: tuple[Ints, Ints, Floats], second: tuple[Ints, Ints, Floats]) -> tuple[Ints, Ints, Floats]:
    place = np.concatenate([part[0] * len(CODES) + part[1] for part in (first, second)])
    cells, member = np.unique(place, return_inverse=True)
    amounts = np.concatenate([first[2], second[2]], axis=1)
    total = np.stack([np.bincount(member, row, len(cells)) for row in amounts])
    return cells // len(CODES), cells % len(CODES), np.round(total, 2)


def _frame(tariff: Tariff, year: int, flow: str, cells: tuple[Ints, Ints, Floats]) -> pd.DataFrame:
    good, country, (value, mass) = cells
    theirs = {
        "Code": np.array([int(NUMBERS[code]) for code in CODES])[country],
        "ISO": np.array([ALPHA_3[code] for code in CODES], dtype=object)[country],
    }
    own = {"Code": OWN_NUMBER, "ISO": OWN_ISO}
    reporter, partner = (own, theirs) if flow == "M" else (theirs, own)
    nothing = np.full(len(good), np.nan)
    columns = {
        "typeCode": "C",
        "freqCode": "A",
        "refPeriodId": year * 10000 + 101,
        "refYear": year,
        "refMonth": 52,
        "period": year,
        **{f"reporter{name}": values for name, values in reporter.items()},
        "flowCode": flow,
        "flowDesc": _WORDS[flow],
        **{f"partner{name}": values for name, values in partner.items()},
        "partner2Code": 0,
        "partner2ISO": "W00",
        "classificationCode": REVISION,
        "cmdCode": tariff.code[good],
        "aggrLevel": 6,
        "isLeaf": "True",
        "customsCode": "C00",
        "mosCode": "0",
        "motCode": 0,
        "qtyUnitCode": 8,
        "qtyUnitAbbr": "kg",
        "qty": mass,
        "isQtyEstimated": "False",
        "netWgt": mass,
        "isNetWgtEstimated": "False",
        "cifvalue": value if flow == "M" else nothing,
        "fobvalue": nothing if flow == "M" else value,
        "primaryValue": value,
        "isReported": "True",
        "isAggregate": "False",
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(len(good)))
