"""Small tables in the layout of UN Comtrade for tests."""

from pathlib import Path

import pandas as pd
import yaml

from redlane.profiles.partner_exports import PartnerExports, PartnerExportsFormat, read_partner_exports

ROOT = Path(__file__).parents[2]
USUAL = {
    "typeCode": "C",
    "freqCode": "A",
    "refYear": "2023",
    "reporterCode": "156",
    "reporterISO": "CHN",
    "flowCode": "X",
    "partnerCode": "50",
    "partnerISO": "BGD",
    "partner2Code": "0",
    "classificationCode": "H6",
    "cmdCode": "620342",
    "isLeaf": "True",
    "customsCode": "C00",
    "mosCode": "0",
    "motCode": "0",
    "qtyUnitCode": "8",
    "qty": "40",
    "netWgt": "40",
    "isNetWgtEstimated": "False",
    "cifvalue": "",
    "fobvalue": "1000",
    "primaryValue": "1000",
}


def comtrade(**changes) -> PartnerExportsFormat:
    """The format of ``conf/partner_exports/comtrade.yaml`` with *changes*."""
    values = yaml.safe_load((ROOT / "conf" / "partner_exports" / "comtrade.yaml").read_text())
    values.pop("name")
    return PartnerExportsFormat.parse({**values, **changes})


def table(*rows: dict, **shared) -> pd.DataFrame:
    """One row per mapping of what differs from :data:`USUAL`."""
    return pd.DataFrame([{**USUAL, **shared, **row} for row in rows])


def read(folder: Path, frame: pd.DataFrame, **changes) -> PartnerExports:
    """Write *frame* as a CSV file and read it."""
    path = folder / "comtrade.csv"
    frame.to_csv(path, index=False)
    return read_partner_exports(path, comtrade(**changes))
