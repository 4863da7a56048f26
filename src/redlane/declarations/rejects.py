"""Why a declaration was rejected, or a value repaired: the closed catalogue of codes, and its sentences."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from redlane.io.containers import printable

VALUE_LENGTH = 200
"""Characters of a found value that a reject line keeps."""

_SPOKEN_LENGTH = 60


@dataclass(frozen=True)
class Code:
    """One reason for rejecting a record. ``sentence`` is a template over column, value and a few facts."""

    name: str
    meaning: str
    remedy: str
    sentence: str


_ALL = (
    Code(
        "extra-cell",
        "The record has more cells than the header.",
        "Quote cells that contain the delimiter.",
        "the record has {found} cells where the header has {expected}; quote cells that contain the delimiter",
    ),
    Code(
        "missing-cell",
        "The record has fewer cells than the header.",
        "Write every cell, empty ones too.",
        "the record has {found} cells where the header has {expected}; write every cell, empty ones too",
    ),
    Code(
        "unbalanced-quote",
        "A quote stands inside an unquoted cell, or a quoted cell is not closed on its line or has text after it.",
        "Close the quote right before the delimiter and double quotes inside; where cells may span lines, set"
        " `multiline: true`; where quotes mean nothing, `quoting: none`.",
        "a quote does not open or close a whole cell; quote the cell and double the quotes inside it",
    ),
    Code(
        "nul-byte",
        "The record holds a NUL byte, as damaged files do.",
        "Export the file again.",
        "the record holds a NUL byte; export it again",
    ),
    Code(
        "record-too-long",
        "The record is longer than `limits.record_bytes`.",
        "Check the line ends; raise the limit if the record is genuine.",
        "the record is longer than {limit} bytes; check the line ends, or raise limits.record_bytes",
    ),
    Code(
        "missing-value",
        "A column that every declaration needs is empty.",
        "Fill it in.",
        "{column} is empty; every declaration needs it",
    ),
    Code(
        "number-format",
        "The value is not a number in the format's grammar: sign, digits, decimals, exponent; ASCII, finite.",
        "Write plain digits; name `decimal` and `thousands` in the format where they differ.",
        "{column} is {value}, which is not a number; write digits such as {example}",
    ),
    Code(
        "number-size",
        "The number is too large to be true (`largest_number`), or too small to be told from zero.",
        "Correct it, or raise `largest_number`.",
        "{column} is {value}, which is beyond what can be true; expected at most {limit} and no smaller than 1e-300",
    ),
    Code(
        "negative-number",
        "A mass, quantity, value, rate or duty is below zero.",
        "Write zero or a positive number.",
        "{column} is {value}, below zero; expected zero or more",
    ),
    Code(
        "zero-number",
        "A mass, quantity or value is zero. Legal by default, and then counted.",
        "Write what was declared, or leave the cell empty.",
        "{column} is zero; expected more than zero",
    ),
    Code(
        "share-range",
        "A probability lies outside 0 to 1.",
        "Write a share between 0 and 1.",
        "{column} is {value}; expected a share between 0 and 1",
    ),
    Code(
        "date-format",
        "The value is not an existing day in one of the format's date formats.",
        "Write YYYY-MM-DD, or name the date format under `dates`.",
        "{column} is {value}, which is not an existing day written as {example}",
    ),
    Code(
        "future-date",
        "The day lies after the day of reference (`as_of`).",
        "Correct the date, or give the right `as_of`.",
        "{column} is {value}, which lies after {as_of}; expected a day up to then",
    ),
    Code(
        "early-date",
        "The day lies before `earliest_date`.",
        "Correct the date, or set `earliest_date`.",
        "{column} is {value}, which lies before {earliest}; expected a later day",
    ),
    Code(
        "country-format",
        "The value is not a code of two capital letters.",
        "Write the ISO 3166-1 alpha-2 code.",
        "{column} is {value}, which is not a country code of two capital letters such as BD",
    ),
    Code(
        "unknown-country",
        "Two capital letters, but no country: neither ISO 3166-1, nor a customs code, nor in `extra_countries`.",
        "Correct the code, or add it to `extra_countries`.",
        "{column} is {value}, which is no known country code; correct it or add it to extra_countries",
    ),
    Code(
        "hs-format",
        "The value is not an HS code: ASCII digits of a legal length, in a chapter from 01.",
        "Write the digits of the code, with leading zeros.",
        "{column} is {value}, which is not an HS code of {lengths} digits such as 620342",
    ),
    Code(
        "flag-format",
        "The value is none of the format's words for yes and no.",
        "Write one of them, or add the word to `true_values` or `false_values`.",
        "{column} is {value}; expected one of {true_values} for yes, {false_values} for no",
    ),
    Code(
        "number-for-code",
        "A typed file gives a code as a floating number that is not whole, so its text is unknown.",
        "Store codes as text or whole numbers.",
        "{column} is the floating number {value}; store codes as text or whole numbers",
    ),
    Code(
        "outcome-before-registration",
        "The outcome is said to be known before the declaration was registered.",
        "Correct either date.",
        "{column} is {value}, before the day the declaration was registered",
    ),
    Code(
        "duplicate-id",
        "Several records have this declaration id and item number; nobody can know which is right.",
        "Keep one.",
        "declaration {value} stands more than once with the same item number; keep the right one",
    ),
    Code(
        "duplicate-row",
        "The record repeats an earlier one in every cell; the first is kept (`duplicates: keep_first_identical`).",
        "Nothing, or remove the repetition.",
        "declaration {value} repeats an earlier record in every cell; the first is kept",
    ),
)

CATALOGUE: dict[str, Code] = {code.name: code for code in _ALL}
"""Every code by name; there are no others."""

REPAIRS: dict[str, str] = {
    "hs-leading-zero": "A leading zero that a spreadsheet dropped was put back before an HS code.",
    "hs-separator": "Dots between the digits of an HS code were taken out.",
    "country-case": "A country code in lower case was put in capitals.",
    "trimmed-space": "Spaces around a value were taken off (`trim_spaces`).",
    "time-of-day": "A date came with a time of day, which was dropped.",
    "zero-number": "A mass, quantity or value is zero: legal, and said here.",
    "outcome-without-inspection": "A finding on goods said not to be inspected was put aside.",
}
"""What is counted although the record is accepted; besides these, `<code>-as-missing` where a policy says so."""

COLUMNS = ("record_number", "declaration_id", "column", "value", "code", "sentence")
"""Columns of the rejects table, in order."""


@dataclass(frozen=True)
class Problem:
    """Records with the same thing wrong in the same column. ``column`` is "" for the record as a whole.

    ``ids`` and ``values`` are the texts found, one per record of ``numbers``; ``facts`` complete the sentence.
    """

    code: str
    column: str
    numbers: npt.NDArray[np.int64]
    ids: pa.Array
    values: pa.Array
    facts: dict[str, object] = field(default_factory=dict)


def reject_lines(problems: Iterable[Problem]) -> pd.DataFrame:
    """One line per problem and record, in order of record number, then of the problems given.

    >>> wrong = Problem("missing-value", "Date", np.array([3]), pa.array(["A1"]), pa.nulls(1))
    >>> lines = reject_lines([wrong])
    >>> lines[["record_number", "column", "code"]].values.tolist()
    [[3, 'Date', 'missing-value']]
    """
    parts = [_lines(problem) for problem in problems if len(problem.numbers)]
    if not parts:
        empty = {name: pd.Series(dtype="int64" if name == "record_number" else "str") for name in COLUMNS}
        return pd.DataFrame(empty)
    lines = pd.concat(parts, ignore_index=True)
    return lines.sort_values("record_number", kind="stable", ignore_index=True)


def sentence(code: str, column: str, value: str | None, facts: dict[str, object]) -> str:
    """What is wrong with *value*, and what would be right.

    >>> sentence("negative-number", "Net Mass", "-2", {})
    "Net Mass is '-2', below zero; expected zero or more"
    """
    template = CATALOGUE[code].sentence
    return template.format(column=printable(column), value=_quoted(value or ""), **facts)


def catalogue_page() -> str:
    """The page ``docs/reject-codes.md``."""
    lines = [
        "# Reject codes",
        "",
        "Generated from `redlane.declarations.rejects`. A rejected record has one line per",
    ]
    lines += ["reason in the rejects table; `accepted + rejected = read` counts records, not lines.", ""]
    lines += ["| code | meaning | what to do |", "|---|---|---|"]
    lines += [f"| `{code.name}` | {code.meaning} | {code.remedy} |" for code in _ALL]
    lines += ["", "## Counted, but accepted", "", "| kind | meaning |", "|---|---|"]
    lines += [f"| `{kind}` | {meaning} |" for kind, meaning in REPAIRS.items()]
    lines += ["| `<code>-as-missing` | The policy for this code is `missing`: the value was left out. |", ""]
    return "\n".join(lines)


def _lines(problem: Problem) -> pd.DataFrame:
    coded = _cut(problem.values).dictionary_encode()
    spoken = [
        sentence(problem.code, problem.column, word, problem.facts) for word in coded.dictionary.to_pylist()
    ]
    count = len(problem.numbers)
    return pd.DataFrame(
        {
            "record_number": problem.numbers.astype(np.int64),
            "declaration_id": _cut(problem.ids).to_pandas(),
            "column": pd.Series([problem.column] * count, dtype="str"),
            "value": coded.dictionary_decode().to_pandas(),
            "code": pd.Series([problem.code] * count, dtype="str"),
            "sentence": pa.array(spoken, type=pa.string()).take(coded.indices).to_pandas(),
        }
    )


def _cut(texts: pa.Array) -> pa.Array:
    """Texts of at most :data:`VALUE_LENGTH` characters; missing ones are empty."""
    return pc.utf8_slice_codeunits(pc.fill_null(texts.cast(pa.string()), ""), 0, VALUE_LENGTH)


def _quoted(value: str) -> str:
    text = printable(value)
    return f"'{text[:_SPOKEN_LENGTH]}…'" if len(text) > _SPOKEN_LENGTH else f"'{text}'"
