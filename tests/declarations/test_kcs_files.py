"""The real file: every one of its 54,000 records is accepted."""

import os
from pathlib import Path

import pytest

from redlane.declarations.format import DeclarationFormat
from redlane.declarations.reading import read_declarations

FOLDER = Path(os.environ.get("REDLANE_KCS") or Path(__file__).parents[3] / "shared/data/kcs")
SIZES = {"train": 37_385, "valid": 8_134, "test": 8_481}

pytestmark = pytest.mark.skipif(
    not (FOLDER / "train.csv").is_file(),
    reason=f"the KCS files are not in {FOLDER}; set REDLANE_KCS to their folder to run this",
)


@pytest.mark.parametrize("name", SIZES)
def test_every_record_is_accepted(kcs: DeclarationFormat, name: str) -> None:
    read = read_declarations([FOLDER / f"{name}.csv"], kcs)
    assert (read.read, read.rejected, len(read.frame)) == (SIZES[name], 0, SIZES[name])
    assert read.notes == []
    assert set(read.repairs) <= {"zero-number", "hs-leading-zero"}


def test_zeros_are_counted_and_outcomes_completed(kcs: DeclarationFormat) -> None:
    read = read_declarations([FOLDER / f"{name}.csv" for name in SIZES], kcs)
    frame = read.frame
    assert (
        (frame["net_mass"] == 0).sum() + (frame["customs_value"] == 0).sum()
        == read.repairs["zero-number"]
        == 902
    )
    assert frame["hs_code"].str.fullmatch("[0-9]{6}").all()
    assert ((frame["outcome_known_on"] - frame["registered_on"]).dt.days == 30).all()
    assert (frame["inspected"] == 1).all()
    assert frame["recovered_revenue"].notna().all()
    assert "Critical Fraud" not in frame
