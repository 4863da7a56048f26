"""A declarations file gives accepted rows and rejects that add up to the records read."""

import gzip
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from redlane.declarations.format import DeclarationFormat
from redlane.declarations.reading import Batch, DeclarationFile, read_declarations
from redlane.errors import RedlaneError

HEADER = "declaration_id,registered_on,hs_code,origin_country,net_mass,customs_value,irregular"
AS_OF = date(2024, 6, 30)


def written(folder: Path, *lines: str, header: str = HEADER, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *lines]) + "\n", newline="")
    return path


def opened(path: Path, rules: DeclarationFormat, **options: bool) -> list[Batch]:
    return list(DeclarationFile(path, rules, AS_OF, **options).batches())


def codes(path: Path, rules: DeclarationFormat) -> list[tuple[int, str, str]]:
    lines = pd.concat([batch.rejects for batch in opened(path, rules)])
    return list(zip(lines["record_number"].tolist(), lines["column"], lines["code"], strict=True))


GOOD = "A1,2024-01-01,620342,BD,1.5,10,1"


def test_accepted_rows_are_typed_and_canonical(tmp_path: Path, canonical: DeclarationFormat) -> None:
    (batch,) = opened(written(tmp_path, GOOD, "A2,2024-01-02,,NA,,0,"), canonical)
    frame = batch.accepted
    assert frame["item_number"].tolist() == ["1", "1"]
    assert frame["origin_country"].tolist() == ["BD", "NA"]
    assert frame["hs_code"].isna().tolist() == [False, True]
    assert frame["net_mass"].isna().tolist() == [False, True]
    assert str(frame["registered_on"].dtype) == "datetime64[us]"
    assert frame["record_number"].tolist() == [1, 2]
    assert batch.repairs == {"zero-number": 1}
    assert frame.columns[-1] == "record_number"
    assert "quantity" not in frame


def test_a_file_given_twice_is_refused(tmp_path: Path, canonical: DeclarationFormat) -> None:
    path, copy = written(tmp_path, GOOD), written(tmp_path, GOOD, name="b.csv")
    for pair in ([path, path], [path, copy]):
        with pytest.raises(RedlaneError, match="was given twice"):
            read_declarations(pair, canonical, AS_OF)


def test_all_that_is_wrong_with_a_record_is_said_at_once(
    tmp_path: Path, canonical: DeclarationFormat
) -> None:
    path = written(tmp_path, GOOD, ",2024-07-01,6203,usa,-1,1e20,maybe", "A3,2024-01-03,620342,BD,1,1,0")
    assert codes(path, canonical) == [
        (2, "declaration_id", "missing-value"),
        (2, "registered_on", "future-date"),
        (2, "hs_code", "hs-format"),
        (2, "origin_country", "country-format"),
        (2, "net_mass", "negative-number"),
        (2, "customs_value", "number-size"),
        (2, "irregular", "flag-format"),
    ]
    (batch,) = opened(path, canonical)
    assert (batch.read, len(batch.accepted), batch.rejected) == (3, 2, 1)
    assert all(len(text) > 20 for text in batch.rejects["sentence"])


def test_a_policy_may_accept_with_a_missing_value(tmp_path: Path, canonical: DeclarationFormat) -> None:
    lenient = DeclarationFormat.parse(
        canonical.plain()
        | {"policies": {"hs_format": "missing", "negative_number": "missing", "zero_number": "missing"}}
    )
    (batch,) = opened(written(tmp_path, "A1,2024-01-01,abc,BD,-1,0,1"), lenient)
    assert batch.rejected == 0
    assert batch.accepted[["hs_code", "net_mass", "customs_value"]].isna().all(axis=None)
    assert batch.repairs == {
        "hs-format-as-missing": 1,
        "negative-number-as-missing": 1,
        "zero-number-as-missing": 1,
    }


def test_a_bad_registration_date_is_rejected_whatever_the_policy(
    tmp_path: Path, canonical: DeclarationFormat
) -> None:
    lenient = DeclarationFormat.parse(canonical.plain() | {"policies": {"date_format": "missing"}})
    assert codes(written(tmp_path, "A1,2024-02-30,,,,,"), lenient) == [(1, "registered_on", "date-format")]


def test_labels_are_never_looked_at_when_scoring(tmp_path: Path, canonical: DeclarationFormat) -> None:
    path = written(tmp_path, GOOD + ",x", "A2,2024-01-02,620342,BD,1,1,??,y", header=HEADER + ",irregular")
    with pytest.raises(RedlaneError, match="'irregular' stands twice"):
        DeclarationFile(path, canonical, AS_OF)
    (batch,) = opened(path, canonical, labels=False)
    assert batch.rejected == 0
    assert not {"irregular", "outcome_known_on", "inspected"} & set(batch.accepted.columns)


def test_every_record_of_a_duplicate_id_is_rejected(tmp_path: Path, canonical: DeclarationFormat) -> None:
    path = written(
        tmp_path,
        GOOD,
        "A2,2024-01-01,620342,BD,1,1,1",
        GOOD,
        "A2,2024-01-01,bad,BD,1,1,1",
        "A3,2024-01-01,,,,,",
    )
    assert codes(path, canonical) == [
        (1, "declaration_id", "duplicate-id"),
        (2, "declaration_id", "duplicate-id"),
        (3, "declaration_id", "duplicate-id"),
        (4, "hs_code", "hs-format"),
        (4, "declaration_id", "duplicate-id"),
    ]


def test_identical_records_may_keep_the_first(tmp_path: Path, canonical: DeclarationFormat) -> None:
    rules = DeclarationFormat.parse(canonical.plain() | {"duplicates": "keep_first_identical"})
    path = written(tmp_path, GOOD, "A2,2024-01-01,620342,BD,1,1,1", GOOD, "A2,2024-01-01,620342,BD,2,1,1")
    assert codes(path, rules) == [
        (2, "declaration_id", "duplicate-id"),
        (3, "declaration_id", "duplicate-row"),
        (4, "declaration_id", "duplicate-id"),
    ]


def test_items_of_a_declaration_are_no_duplicates(tmp_path: Path, canonical: DeclarationFormat) -> None:
    header = "declaration_id,item_number,registered_on"
    path = written(
        tmp_path, "A,1,2024-01-01", "A,2,2024-01-01", "A,02,2024-01-01", "A,,2024-01-01", header=header
    )
    assert codes(path, canonical) == [(4, "item_number", "missing-value")]


def test_an_outcome_cannot_be_known_before_registration(tmp_path: Path, canonical: DeclarationFormat) -> None:
    header = "declaration_id,registered_on,irregular,outcome_known_on"
    path = written(tmp_path, "A,2024-01-02,1,2024-01-01", "B,2024-01-02,1,2024-01-02", header=header)
    assert codes(path, canonical) == [(1, "outcome_known_on", "outcome-before-registration")]


def test_a_record_that_cannot_be_told_apart_keeps_number_and_id(
    tmp_path: Path, canonical: DeclarationFormat
) -> None:
    (batch,) = opened(written(tmp_path, GOOD, "", "A2,2024-01-01", "A3,2024-01-01,,,,,"), canonical)
    assert batch.rejects[["record_number", "declaration_id", "value", "code"]].values.tolist() == [
        [2, "A2", "A2,2024-01-01", "missing-cell"]
    ]
    assert batch.accepted["record_number"].tolist() == [1, 3]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (
            "id,registered_on",
            r"lacks the column 'declaration_id' \(declaration_id\); its header has: 'id', 'registered_on'",
        ),
        ("declaration_id,registered_on,net_mass,net_mass", "'net_mass' stands twice"),
        ('"declaration_id,registered_on', "lacks the column|quotes of its header"),
    ],
)
def test_a_header_that_cannot_be_used_refuses_the_file(
    tmp_path: Path, canonical: DeclarationFormat, header: str, words: str
) -> None:
    with pytest.raises(RedlaneError, match=words):
        DeclarationFile(written(tmp_path, "1,2024-01-01", header=header), canonical, AS_OF)


def test_two_labels_for_one_column_refuse_the_file(tmp_path: Path) -> None:
    rules = DeclarationFormat(
        columns={"No": "declaration_id", "Number": "declaration_id", "Day": "registered_on"}
    )
    assert len(opened(written(tmp_path, "1,2024-01-01", header="Number,Day"), rules)[0].accepted) == 1
    with pytest.raises(RedlaneError, match="'No' and 'Number' both mean declaration_id"):
        DeclarationFile(written(tmp_path, "1,1,2024-01-01", header="No,Number,Day"), rules, AS_OF)


def test_unknown_columns_are_noted_or_refused(tmp_path: Path, canonical: DeclarationFormat) -> None:
    path = written(tmp_path, GOOD + ",red", header=HEADER + ",colour")
    assert "'colour'" in DeclarationFile(path, canonical, AS_OF).notes[0]
    strict = DeclarationFormat.parse(canonical.plain() | {"unknown_columns": "refuse"})
    with pytest.raises(RedlaneError, match="does not know: 'colour'"):
        DeclarationFile(path, strict, AS_OF)


@pytest.mark.parametrize("text", ["", "\n\n", HEADER, HEADER + "\n\n"])
def test_a_file_without_declarations_is_refused(
    tmp_path: Path, canonical: DeclarationFormat, text: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(RedlaneError, match=r"is empty|holds no text|no declarations"):
        DeclarationFile(path, canonical, AS_OF)


def test_a_container_in_a_container_is_refused(tmp_path: Path, canonical: DeclarationFormat) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(gzip.compress(gzip.compress(b"x")))
    with pytest.raises(RedlaneError, match="gzip file inside gzip"):
        DeclarationFile(path, canonical, AS_OF)


def test_several_files_are_one_and_ids_are_unique_over_all(
    tmp_path: Path, canonical: DeclarationFormat
) -> None:
    one = written(tmp_path, GOOD, "A2,2024-01-01,,,,,", name="one.csv")
    two = written(tmp_path, "A2,2024-01-02,,,,,0", "A3,2024-01-02,,,,,0", name="two.csv")
    read = read_declarations([one, two], canonical, AS_OF)
    assert (read.read, read.rejected, read.frame["declaration_id"].tolist()) == (4, 2, ["A1", "A3"])
    assert read.rejects[["file", "record_number", "code"]].values.tolist() == [
        [str(one), 2, "duplicate-id"],
        [str(two), 1, "duplicate-id"],
    ]
    assert read.frame["outcome_known_on"].dt.strftime("%Y-%m-%d").tolist() == ["2024-01-31", "2024-02-01"]
    assert set(read.hashes) == {str(one), str(two)}
    other = written(tmp_path, "A9,2024-01-01", header="declaration_id,registered_on", name="three.csv")
    with pytest.raises(RedlaneError, match="cannot be read together: only one of them has"):
        read_declarations([one, other], canonical, AS_OF)


def test_a_file_that_changes_between_two_readings_is_refused(
    tmp_path: Path, canonical: DeclarationFormat
) -> None:
    file = DeclarationFile(written(tmp_path, GOOD), canonical, AS_OF)
    written(tmp_path, GOOD, "A2,2024-01-01,,,,,")
    with pytest.raises(RedlaneError, match="changed while it was being read"):
        list(file.batches())
