"""Cells into values: one pure function per kind of column, arrays in, arrays out.

Codes, countries, HS codes, dates and flags are judged once per distinct text; numbers in whole columns.
Every function gives the values, which records have which fault, and which were repaired.
"""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from redlane.declarations.countries import KNOWN
from redlane.declarations.format import DeclarationFormat

Mask = npt.NDArray[np.bool_]
MISSING_DAY = np.datetime64("NaT", "D")

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DOTTED_HS = re.compile(r"[0-9]{3,4}(\.[0-9]{2}(\.?[0-9]+)*|\.[0-9]{4,6})")
_DIGITS = re.compile(r"[0-9]+")
_EXACT_INTEGERS = float(2**53)
_DAY = 86_400_000_000


@dataclass
class Parsed:
    """Values of a column (text as an Arrow array; numbers, flags, days as numpy), faults and repairs.

    A value with a fault is missing. Numbers and flags are float64 with NaN, days ``datetime64[D]`` with NaT.
    """

    values: Any
    faults: dict[str, Mask] = field(default_factory=dict)
    repairs: dict[str, Mask] = field(default_factory=dict)

    def note(self, faults: bool, name: str, mask: Mask) -> None:
        """Add *mask* to the faults (or repairs) called *name*, if it marks anything."""
        if mask.any():
            known = self.faults if faults else self.repairs
            known[name] = known[name] | mask if name in known else mask


@dataclass(frozen=True)
class Judged:
    """What one text means: its value, else the fault; and the repairs it took."""

    value: Any
    fault: str = ""
    repairs: tuple[str, ...] = ()


def parse(kind: str, cells: pa.Array, rules: DeclarationFormat, opaque: bool = False) -> Parsed:
    """The values of a column of the given kind; *opaque* text is never touched (ids).

    >>> parse("country", pa.array(["NA", "cn", "X1"]), DeclarationFormat(columns=_TWO)).values.to_pylist()
    ['NA', 'CN', None]
    """
    if opaque:
        return parse_text(cells)
    cells, trimmed = _trimmed(cells) if rules.trim_spaces else (cells, None)
    parsers: dict[str, Callable[[pa.Array, DeclarationFormat], Parsed]] = {
        "country": parse_countries,
        "hs": parse_hs,
        "date": parse_dates,
        "flag": parse_flags,
        "number": parse_numbers,
    }
    parsed = parsers[kind](cells, rules) if kind in parsers else parse_text(cells)
    if trimmed is not None:
        parsed.note(False, "trimmed-space", trimmed)
    return parsed


def parse_text(cells: pa.Array) -> Parsed:
    """Text as it stands; a typed column of whole numbers in floating form becomes their digits."""
    if pa.types.is_timestamp(cells.type):
        return Parsed(cells.cast(pa.date32()).cast(pa.string()))
    if not pa.types.is_floating(cells.type):
        return Parsed(cells)
    numbers = _floats(cells)
    whole = np.abs(numbers) < _EXACT_INTEGERS
    whole &= np.where(whole, numbers, 0.5) % 1 == 0
    text = pa.array(np.where(whole, numbers, 0).astype(np.int64)).cast(pa.string())
    parsed = Parsed(_without(text, ~whole))
    parsed.note(True, "number-for-code", _valid(cells) & ~whole)
    return parsed


def parse_countries(cells: pa.Array, rules: DeclarationFormat) -> Parsed:
    """Two capital letters that name a country. "NA" is Namibia."""
    known = KNOWN | set(rules.extra_countries)

    def judge(text: str) -> Judged:
        letters = len(text) == 2 and text.isascii() and text.isalpha()
        if not letters or not (text.isupper() or rules.upper_case_countries):
            return Judged(None, "country-format")
        code = text.upper()
        if code not in known:
            return Judged(None, "unknown-country")
        return Judged(code, repairs=() if text == code else ("country-case",))

    return _by_distinct(parse_text(cells), judge)


def parse_hs(cells: pa.Array, rules: DeclarationFormat) -> Parsed:
    """Digits of a legal length in a chapter from 01; lost zeros and dots are repaired if the rules say so."""
    lengths = frozenset(rules.hs.lengths)

    def judge(text: str) -> Judged:
        if len(text) in lengths and text.isascii() and text.isdigit() and not text.startswith("00"):
            return Judged(text)
        repairs: tuple[str, ...] = ()
        if rules.hs.strip_dots and "." in text and _DOTTED_HS.fullmatch(text):
            text, repairs = text.replace(".", ""), ("hs-separator",)
        legal = bool(_DIGITS.fullmatch(text))
        short = len(text) not in lengths and len(text) + 1 in lengths
        if legal and short and rules.hs.restore_leading_zero:
            text, repairs = "0" + text, (*repairs, "hs-leading-zero")
        legal = legal and len(text) in lengths and not text.startswith("00")
        return Judged(text, repairs=repairs) if legal else Judged(None, "hs-format")

    return _by_distinct(parse_text(cells), judge)


def parse_flags(cells: pa.Array, rules: DeclarationFormat) -> Parsed:
    """1.0 and 0.0 for the format's words for yes and no."""
    words = dict.fromkeys(rules.true_values, 1.0) | dict.fromkeys(rules.false_values, 0.0)
    if pa.types.is_floating(cells.type):
        words = {"1": 1.0, "0": 0.0}
    parsed = _by_distinct(parse_text(cells), lambda text: _judged_word(words, text))
    parsed.values = _floats(parsed.values)
    return parsed


def parse_dates(cells: pa.Array, rules: DeclarationFormat) -> Parsed:
    """Existing days in one of the format's ways of writing them; typed times lose their time of day."""
    if pa.types.is_timestamp(cells.type):
        return _typed_days(cells)
    readers = [_day_reader(way) for way in rules.dates]

    def judge(text: str) -> Judged:
        day = next((day for reader in readers if (day := reader(text)) is not None), None)
        return Judged(None, "date-format") if day is None else Judged(day)

    parsed = _by_distinct(parse_text(cells), judge, pa.date32())
    parsed.values = _days(parsed.values)
    return parsed


def parse_hours(cells: pa.Array, rules: DeclarationFormat) -> Parsed:
    """Hours after midnight that dates say beside the day; NaN where they say none, or are no dates.

    >>> rules = DeclarationFormat(columns=_TWO, dates=("%d/%m/%Y %H:%M", "iso"))
    >>> parse_hours(pa.array(["31/03/2025 13:30", "2025-03-31", "soon"]), rules).values.tolist()
    [13.5, nan, nan]
    """
    if pa.types.is_timestamp(cells.type):
        moments = pc.cast(cells, pa.int64()).to_numpy(zero_copy_only=False).astype(np.float64)
        return Parsed(np.mod(moments, _DAY) * 24 / _DAY)
    timed = [way for way in rules.dates if "%H" in way or "%I" in way]

    def judge(text: str) -> Judged:
        found = next((hour for way in timed if (hour := _hour(text, way)) is not None), None)
        return Judged(found)

    parsed = _by_distinct(parse_text(_trimmed(cells)[0]), judge, pa.float64())
    return Parsed(_floats(parsed.values))


def parse_numbers(cells: pa.Array, rules: DeclarationFormat) -> Parsed:
    """Finite numbers in a strict grammar; -0 becomes 0."""
    if pa.types.is_timestamp(cells.type):
        cells = cells.cast(pa.string())
    if pa.types.is_floating(cells.type):
        numbers, wrong = _floats(cells), np.zeros(len(cells), dtype=bool)
        wrong = _valid(cells) & ~np.isfinite(numbers)
        lost = np.zeros(len(cells), dtype=bool)
    else:
        numbers, wrong, lost = _read_numbers(cells, rules)
    beyond = ~wrong & (lost | (np.abs(numbers) > rules.largest_number))
    parsed = Parsed(np.where(wrong | beyond, np.nan, numbers) + 0.0)
    parsed.note(True, "number-format", wrong)
    parsed.note(True, "number-size", beyond)
    return parsed


def _read_numbers(cells: pa.Array, rules: DeclarationFormat) -> tuple[npt.NDArray[np.float64], Mask, Mask]:
    """Numbers, which texts are none, and which numbers are so small that they became zero."""
    nothing = np.zeros(len(cells), dtype=bool)
    if rules.decimal == "." and not rules.thousands:
        numbers = _quick_numbers(cells)
        if numbers is not None:
            return numbers, nothing, _vanished(cells, numbers)
    matches = pc.fill_null(pc.match_substring_regex(cells, _number_grammar(rules)), False)
    legal = matches.to_numpy(zero_copy_only=False)
    text = _without(cells, ~legal)
    if rules.thousands:
        text = pc.replace_substring(text, rules.thousands, "")
    if rules.decimal == ",":
        text = pc.replace_substring(text, ",", ".")
    numbers = _floats(text.cast(pa.float64()))
    return numbers, _valid(cells) & ~legal, _vanished(text, numbers)


def _quick_numbers(cells: pa.Array) -> npt.NDArray[np.float64] | None:
    """The usual case, told from the bytes: digits with at most an inner point. None where it is not given."""
    used = _used_bytes(cells)
    if used.translate(None, b"0123456789."):
        return None
    if b"." in used and pc.any(pc.or_(pc.starts_with(cells, "."), pc.ends_with(cells, "."))).as_py():
        return None
    try:
        return _floats(cells.cast(pa.float64()))
    except pa.ArrowInvalid:
        return None


def _used_bytes(cells: pa.Array) -> bytes:
    text = cells.buffers()[2]
    if text is None or not len(cells):
        return b""
    offsets = np.frombuffer(cells.buffers()[1], dtype=np.int32)
    return memoryview(text)[offsets[cells.offset] : offsets[cells.offset + len(cells)]].tobytes()


def _vanished(text: pa.Array, numbers: npt.NDArray[np.float64]) -> Mask:
    zero = numbers == 0
    meant = pc.match_substring_regex(text.filter(pa.array(zero)), r"\A[+-]?[0.]*[1-9]")
    lost = np.zeros(len(numbers), dtype=bool)
    if pc.any(meant).as_py():
        lost[zero] = meant.to_numpy(zero_copy_only=False)
    return lost


def _number_grammar(rules: DeclarationFormat) -> str:
    digits = "[0-9]+"
    if rules.thousands:
        mark = re.escape(rules.thousands)
        digits = rf"([0-9]{{1,3}}({mark}[0-9]{{3}})+|[0-9]+)"
    return rf"\A[+-]?{digits}({re.escape(rules.decimal)}[0-9]+)?([eE][+-]?[0-9]+)?\z"


def _by_distinct(text: Parsed, judge: Callable[[str], Judged], kind: pa.DataType | None = None) -> Parsed:
    """Judge every distinct text once, and spread the verdicts over the column."""
    coded = text.values.dictionary_encode()
    words = [judge(word) for word in coded.dictionary.to_pylist()]
    places = pc.fill_null(coded.indices, len(words)).to_numpy(zero_copy_only=False)
    values = pa.array([word.value for word in words] + [None], type=kind or _value_type(words))
    parsed = Parsed(values.take(pa.array(places)), text.faults, text.repairs)
    for fault in sorted({word.fault for word in words} - {""}):
        parsed.note(True, fault, np.array([word.fault == fault for word in words] + [False])[places])
    for repair in sorted({repair for word in words for repair in word.repairs}):
        parsed.note(False, repair, np.array([repair in word.repairs for word in words] + [False])[places])
    return parsed


def _value_type(words: Sequence[Judged]) -> pa.DataType:
    return pa.float64() if any(isinstance(word.value, float) for word in words) else pa.string()


def _judged_word(words: dict[str, float], text: str) -> Judged:
    return Judged(words[text]) if text in words else Judged(None, "flag-format")


def _day_reader(way: str) -> Callable[[str], date | None]:
    def read(text: str) -> date | None:
        try:
            if way == "iso":
                return date.fromisoformat(text) if _ISO_DATE.fullmatch(text) else None
            return date(*time.strptime(text, way)[:3]) if text.isascii() else None
        except ValueError:
            return None

    return read


def _hour(text: str, way: str) -> float | None:
    try:
        moment = time.strptime(text, way)
    except ValueError:
        return None
    return moment.tm_hour + moment.tm_min / 60 + min(moment.tm_sec, 59) / 3600


def _typed_days(cells: pa.Array) -> Parsed:
    moments = cells.cast(pa.int64()).to_numpy(zero_copy_only=False) if cells.null_count == 0 else None
    if moments is None:
        moments = pc.fill_null(cells.cast(pa.int64()), 0).to_numpy(zero_copy_only=False)
    days = np.floor_divide(moments, _DAY).astype("datetime64[D]")
    days[~_valid(cells)] = MISSING_DAY
    parsed = Parsed(days)
    parsed.note(False, "time-of-day", moments % _DAY != 0)
    return parsed


def _trimmed(cells: pa.Array) -> tuple[pa.Array, Mask | None]:
    if not pa.types.is_string(cells.type):
        return cells, None
    trimmed = pc.utf8_trim(cells, characters=" \t")
    changed = pc.fill_null(pc.not_equal(trimmed, cells), False).to_numpy(zero_copy_only=False)
    return trimmed, changed


def _valid(cells: pa.Array) -> Mask:
    return np.asarray(cells.is_valid().to_numpy(zero_copy_only=False))


def _floats(cells: pa.Array) -> npt.NDArray[np.float64]:
    if pa.types.is_string(cells.type):
        cells = cells.cast(pa.float64())
    return np.asarray(cells.to_numpy(zero_copy_only=False), dtype=np.float64)


def _days(cells: pa.Array) -> npt.NDArray[np.datetime64]:
    days = pc.fill_null(cells.cast(pa.int32()), 0).to_numpy(zero_copy_only=False).astype("datetime64[D]")
    days[~_valid(cells)] = MISSING_DAY
    return np.asarray(days)


def _without(cells: pa.Array, mask: Mask) -> pa.Array:
    return pc.if_else(pa.array(mask), pa.scalar(None, cells.type), cells) if mask.any() else cells


_TWO = {"declaration_id": "declaration_id", "registered_on": "registered_on"}
