"""Codes, their sentences and their page."""

import string
from pathlib import Path
from typing import get_args

import numpy as np
import pyarrow as pa

from redlane.declarations.format import Policies
from redlane.declarations.rejects import CATALOGUE, COLUMNS, Problem, catalogue_page, reject_lines, sentence
from redlane.io.structure import Fault

FACTS = {"column", "value", "found", "expected", "limit", "example", "as_of", "earliest", "lengths"}
FACTS |= {"true_values", "false_values"}
PAGE = Path(__file__).parents[2] / "docs" / "reject-codes.md"


def test_the_page_of_codes_is_up_to_date() -> None:
    assert PAGE.read_text() == catalogue_page()


def test_every_structural_fault_and_policy_has_a_code() -> None:
    assert set(get_args(Fault)) < set(CATALOGUE)
    assert {name.replace("_", "-") for name in Policies.model_fields} < set(CATALOGUE)


def test_sentences_name_what_was_found_and_what_would_be_right() -> None:
    for code in CATALOGUE.values():
        assert code.meaning.endswith(".") and code.remedy.endswith(".")
        assert not code.sentence.endswith(".")
        assert {name for _, name, _, _ in string.Formatter().parse(code.sentence) if name} <= FACTS
    assert sentence("hs-format", "HS", "62", {"lengths": "6"}).startswith(
        "HS is '62', which is not an HS code of 6"
    )


def test_no_escape_sequence_reaches_a_sentence() -> None:
    assert "\\x1b" in sentence("negative-number", "Net\x1b Mass", "-1\x1b[2J", {})
    assert len(sentence("negative-number", "Mass", "-" * 500, {})) < 150


def test_lines_stand_in_order_of_record_and_values_are_cut() -> None:
    later = Problem(
        "negative-number", "Mass", np.array([7, 2]), pa.array(["B", "A"]), pa.array(["-1", "-" + "9" * 300])
    )
    whole = Problem("nul-byte", "", np.array([2]), pa.array([""]), pa.array(["x"]))
    lines = reject_lines([whole, later])
    assert tuple(lines.columns) == COLUMNS
    assert lines["record_number"].tolist() == [2, 2, 7]
    assert lines["code"].tolist() == ["nul-byte", "negative-number", "negative-number"]
    assert lines["value"].str.len().tolist() == [1, 200, 2]


def test_without_problems_there_are_columns_and_no_lines() -> None:
    lines = reject_lines([])
    assert tuple(lines.columns) == COLUMNS
    assert lines["record_number"].dtype == "int64"
