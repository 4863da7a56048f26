"""Rows of a table of partner exports: which count, which are left out, and which are wrong."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from redlane.declarations.statistical_countries import alpha_2
from redlane.declarations.values import parse_numbers
from redlane.errors import RedlaneError
from redlane.io.containers import printable
from redlane.profiles.partner_format import TOTALS, PartnerExportsFormat

Mask = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

KEY = ["hs6", "country", "year", "flow"]
"""What a row is about; ``country`` is the alpha-2 code of the partner, whichever side recorded the flow."""

WORLD = ("W00", "0", "WLD")
"""How tables write all countries together."""

CODES = {
    "extra-cell": "the record has more cells than the header",
    "missing-cell": "the record has fewer cells than the header",
    "unbalanced-quote": "a quote does not open or close a whole cell",
    "nul-byte": "the record holds a NUL byte",
    "record-too-long": "the record is longer than limits.record_bytes",
    "number-format": "not a number; write plain digits",
    "number-size": "too large or too small to be meant",
    "negative-number": "below zero; expected zero or more",
    "missing-value": "empty; a value is needed",
    "year-format": "not a calendar year such as 2023",
    "hs-format": "not an HS code in digits",
    "unknown-unit": "no known unit of quantity; add it to kilogram_units or other_units",
}
"""Why a row was rejected, in words."""


@dataclass
class Judged:
    """Rows that count (a frame with ``row`` and :data:`KEY`), how many were left out and why, and rejects."""

    rows: list[pd.DataFrame] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    noted: Counter[str] = field(default_factory=Counter)
    rejects: list[pd.DataFrame] = field(default_factory=list)
    read: int = 0


class RowJudge:
    """Judges blocks of one table; ``judged`` is what came of it."""

    def __init__(self, rules: PartnerExportsFormat, name: str, labels: Mapping[str, str]) -> None:
        self.rules, self.name, self.labels = rules, name, labels
        self.judged = Judged()

    def judge(self, cells: Mapping[str, pa.Array], numbers: npt.NDArray[np.int64]) -> None:
        """Judge the records *numbers* of the file, given as text by field."""
        texts = {name: _texts(column) for name, column in cells.items()}
        texts["good"], restored = _codes(texts["good"])
        self._count(self.judged.noted, "goods codes without their leading zero", restored)
        self.judged.read += len(numbers)
        open_rows = np.ones(len(numbers), dtype=bool)
        for reason, mask in self._left_out(texts, len(numbers)):
            self._count(self.judged.left_out, reason, open_rows & mask)
            open_rows &= ~mask
        self._refuse_revision(texts, numbers, open_rows)
        self._refuse_currency(texts, numbers, open_rows)
        frame = pd.DataFrame({"row": numbers})
        for reason, mask in self._sides(texts, frame).items():
            self._count(self.judged.left_out, reason, open_rows & mask)
            open_rows &= ~mask
        self._read(frame, cells, texts, open_rows)

    def _left_out(self, texts: Mapping[str, Texts], count: int) -> "list[tuple[str, Mask]]":
        """Reasons to leave rows out that are no fault of the table, in the order in which they are asked."""
        rules, nothing = self.rules, np.zeros(count, dtype=bool)
        flows = [code for codes in rules.flows().values() for code in codes]
        good = texts["good"]
        digits = np.char.isdigit(good.astype(str)) if count else nothing
        length = np.char.str_len(good.astype(str)) if count else np.zeros(0, int)
        found = [
            ("services or other trade", texts["trade"] != rules.trade if "trade" in texts else nothing),
            ("not yearly", texts["frequency"] != rules.frequency if "frequency" in texts else nothing),
            ("other flows", ~np.isin(texts["flow"].astype(str), flows)),
            ("totals of all goods", good.astype(str) == "TOTAL"),
            ("other levels than HS subheadings", digits & (length != 6)),
            (
                "not the lowest level",
                ~np.isin(texts["leaf"].astype(str), rules.true_values) if "leaf" in texts else nothing,
            ),
        ]
        for part, totals in TOTALS.items():
            if part in texts:
                found.append(
                    (f"details by {part.replace('_', ' ')}", ~np.isin(texts[part].astype(str), totals))
                )
        return found

    def _refuse_revision(
        self, texts: Mapping[str, Texts], numbers: npt.NDArray[np.int64], rows: Mask
    ) -> None:
        if "revision" not in texts:
            return
        wrong = np.flatnonzero(rows & (texts["revision"] != self.rules.hs_revision))
        if len(wrong):
            raise RedlaneError(
                f"{self.name}, row {numbers[wrong[0]]}: {self.labels['revision']} is "
                f"'{printable(texts['revision'][wrong[0]])}' where hs_revision says '{self.rules.hs_revision}'; get "
                f"the table in {self.rules.hs_revision}, or set hs_revision to the edition the declarations use"
            )

    def _refuse_currency(
        self, texts: Mapping[str, Texts], numbers: npt.NDArray[np.int64], rows: Mask
    ) -> None:
        if "currency" not in texts:
            return
        wrong = np.flatnonzero(rows & (texts["currency"] != self.rules.currency))
        if len(wrong):
            raise RedlaneError(
                f"{self.name}, row {numbers[wrong[0]]}: {self.labels['currency']} is "
                f"'{printable(texts['currency'][wrong[0]])}' where currency says '{self.rules.currency}'; all values "
                "must be in one currency: convert them first"
            )

    def _sides(self, texts: Mapping[str, Texts], frame: pd.DataFrame) -> dict[str, Mask]:
        """Set flow, the partner's alpha-2 code and this side's code; say which rows join no two countries."""
        flow = np.full(len(frame), None, dtype=object)
        for name, codes in self.rules.flows().items():
            flow[np.isin(texts["flow"].astype(str), codes)] = name
        reporter, partner = _country(texts, "reporter"), _country(texts, "partner")
        imports = flow == "imports"
        here, there = np.where(imports, reporter, partner), np.where(imports, partner, reporter)
        countries = {code: alpha_2(code) for code in set(there.tolist())}
        frame["flow"], frame["here"] = flow, here
        frame["country"] = np.array([countries[code] for code in there.tolist()], dtype=object)
        world = np.isin(here.astype(str), WORLD) | np.isin(there.astype(str), WORLD)
        asked = self.rules.importing_country
        return {
            "totals of all countries": world,
            "trade of another country": (here != asked) & bool(asked),
            "areas that are no country": frame["country"].isna().to_numpy(),
        }

    def _read(
        self, frame: pd.DataFrame, cells: Mapping[str, pa.Array], texts: Mapping[str, Texts], rows: Mask
    ) -> None:
        good, year = texts["good"].astype(str), texts["year"].astype(str)
        frame["hs6"], frame["year"] = good, pd.to_numeric(pd.Series(year), errors="coerce").to_numpy()
        faults = [("good", "hs-format", ~np.char.isdigit(good) | np.char.startswith(good, "00"))]
        four = np.char.isdigit(year) & (np.char.str_len(year) == 4)
        faults.append(
            ("year", "year-format", ~four | ~np.char.startswith(year, ("1")) & ~np.char.startswith(year, "2"))
        )
        for name in ("value", "value_fob", "value_cif", "mass", "quantity"):
            frame[name] = np.nan
            if name in cells:
                frame[name], wrong = _numbers(cells[name], self.rules)
                faults += [(name, code, mask) for code, mask in wrong.items()]
        faults.append(("value", "missing-value", (cells["value"].is_null().to_numpy(zero_copy_only=False))))
        known = (*self.rules.kilogram_units, *self.rules.other_units, "")
        if "unit" in texts:
            faults.append(("unit", "unknown-unit", ~np.isin(texts["unit"].astype(str), known)))
        good_rows = rows.copy()
        for name, code, mask in faults:
            self._reject(frame["row"].to_numpy(), texts, (name, code), good_rows & mask)
            good_rows &= ~mask
        self._amounts(frame, texts)
        self.judged.rows.append(
            frame.loc[good_rows, ["row", "here", *KEY, "amount", "kilograms"]].astype({"year": "int64"})
        )

    def _amounts(self, frame: pd.DataFrame, texts: Mapping[str, Texts]) -> None:
        """``amount`` in the table's currency: FOB for exports, CIF for imports; ``kilograms``, NaN where unknown."""
        basis = np.where(frame["flow"] == "imports", frame["value_cif"], frame["value_fob"])
        frame["amount"] = np.where(basis > 0, basis, frame["value"])
        mass = frame["mass"].to_numpy("float64").copy()
        if "mass_estimated" in texts and self.rules.estimated_masses == "missing":
            guessed = np.isin(texts["mass_estimated"].astype(str), self.rules.true_values)
            self._count(self.judged.noted, "masses that were estimated", guessed & (mass > 0))
            mass[guessed] = np.nan
        if "unit" in texts:
            weighed = np.isin(texts["unit"].astype(str), self.rules.kilogram_units) & ~(mass > 0)
            if "mass_estimated" not in texts:
                mass[weighed] = frame["quantity"].to_numpy("float64")[weighed]
        missing = ~(mass > 0)
        frame["kilograms"] = np.where(missing, np.nan, mass)

    def _reject(
        self, row: npt.NDArray[np.int64], texts: Mapping[str, Texts], what: tuple[str, str], mask: Mask
    ) -> None:
        name, code = what
        if not mask.any():
            return
        found = [printable(text)[:60] for text in texts[name][mask].tolist()]
        label = self.labels[name]
        self.judged.rejects.append(
            pd.DataFrame(
                {
                    "record_number": row[mask],
                    "column": label,
                    "value": found,
                    "code": code,
                    "sentence": [f"{label} is '{text}': {CODES[code]}" for text in found],
                }
            )
        )

    @staticmethod
    def _count(counter: "Counter[str]", reason: str, mask: Mask) -> None:
        if mask.any():
            counter[reason] += int(mask.sum())


def _texts(column: pa.Array) -> Texts:
    text = pc.utf8_trim(pc.fill_null(column.cast(pa.string()), ""), characters=" \t")
    return np.asarray(text.to_numpy(zero_copy_only=False), dtype=object)


def _codes(codes: Texts) -> tuple[Texts, Mask]:
    """HS codes with the leading zero that a spreadsheet dropped, and where it had."""
    plain = codes.astype(str)
    odd = np.char.isdigit(plain) & (np.char.str_len(plain) % 2 == 1)
    return np.where(odd, np.char.add("0", plain), plain).astype(object), odd


def _country(texts: Mapping[str, Texts], side: str) -> Texts:
    """The alpha-3 code of a side, or its number where the code is empty: the API leaves it out at times."""
    letters, number = texts.get(side), texts.get(f"{side}_number")
    if letters is None or number is None:
        return letters if number is None else number  # type: ignore[return-value]
    return np.where(letters == "", number, letters)


def _numbers(cells: pa.Array, rules: PartnerExportsFormat) -> tuple[npt.NDArray[np.float64], dict[str, Mask]]:
    parsed = parse_numbers(cells, rules.numbers())
    values = np.asarray(parsed.values, dtype=np.float64)
    faults = dict(parsed.faults)
    if (values < 0).any():
        faults["negative-number"] = values < 0
    return values, faults
