"""The time of day is kept where asked for: from text, from typed columns, in whole files and in batches."""

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from redlane.declarations.format import DeclarationFormat
from redlane.declarations.reading import DeclarationFile, read_declarations
from redlane.declarations.values import parse_hours
from redlane.errors import RedlaneError

COLUMNS = {"id": "declaration_id", "time": "registered_on", "value": "customs_value", "found": "irregular"}
RULES = DeclarationFormat(columns=COLUMNS, dates=("%Y-%m-%d %H:%M:%S",), time_of_day=True)
LINES = "id,time,value,found\na,2025-01-01 06:30:00,5,0\nb,2025-01-01 23:59:60,5,1\nc,2025-01-02,5,1\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "payments.csv"
    path.write_text(LINES)
    return path


def test_hours_come_with_the_rows_that_are_accepted(file: Path) -> None:
    accepted = read_declarations([file], RULES, date(2026, 1, 1))
    assert accepted.frame["registered_hour"].round(3).tolist() == [6.5, 24.0]
    assert accepted.rejects["code"].tolist() == ["date-format"]
    assert accepted.frame["registered_on"].dt.strftime("%F").tolist() == ["2025-01-01", "2025-01-01"]


def test_a_file_without_its_outcomes_has_them_too(file: Path) -> None:
    source = DeclarationFile(file, RULES, date(2026, 1, 1), labels=False)
    (batch,) = source.batches()
    assert "registered_hour" in source.columns
    assert set(source.columns) <= set(batch.accepted)


def test_without_the_setting_a_time_is_let_go(file: Path) -> None:
    rules = RULES.model_copy(update={"time_of_day": False})
    assert "registered_hour" not in read_declarations([file], rules, date(2026, 1, 1)).frame
    assert "registered_hour" not in DeclarationFile(file, rules, date(2026, 1, 1)).columns


def test_typed_times_and_missing_ones() -> None:
    moments = pa.array([datetime(2025, 1, 1, 18, 45), None], pa.timestamp("us"))
    hours = pd.Series(parse_hours(moments, RULES).values)
    assert hours[0] == 18.75
    assert hours.isna().tolist() == [False, True]


def test_no_label_may_be_mapped_to_the_hour() -> None:
    with pytest.raises(RedlaneError, match="set time_of_day"):
        DeclarationFormat.parse({"columns": {**COLUMNS, "hour": "registered_hour"}})
