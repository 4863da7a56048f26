"""What a report shows, as plain data: built once from scores, declarations, profiles and bundle, then laid out."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from redlane.declarations.columns import COLUMNS
from redlane.features.spec import GROUPS
from redlane.model.bundle import Bundle
from redlane.profiles.build import Profiles
from redlane.reports.declared import Declared
from redlane.reports.linked import linked_parties, unlinked
from redlane.reports.masking import mask, mask_parties
from redlane.reports.packing import coded, numbers
from redlane.reports.parties import party_histories
from redlane.reports.peers import price_peers
from redlane.reports.recount import Recount, recount
from redlane.reports.scored import Scored
from redlane.reports.translation import Translator
from redlane.words.catalogue import Language

_TEXTS = ("declaration_id", "item_number", "lane", "lane_reason", "leading_group", "suggested_control")
_NUMBERS = ("margin", "probability", "expected_revenue", "selection_propensity", "rank", "flags_not_computed")


Tell = Callable[[Sequence[str], Sequence[str]], tuple[list[str], list[bool]]]
"""Codes and their sentences -> the sentences of the report, and which stayed English."""


@dataclass(frozen=True)
class Look:
    """How a report is to look: its language, how many reasons its first part ranks, how far back histories go.

    ``key`` masks the ids of parties; None leaves them as they are. With ``opens_case`` the page opens on its first
    case.
    """

    language: Language = "en"
    top_reasons: int = 15
    history_days: int = 365
    key: bytes | None = None
    opens_case: bool = False


@dataclass(frozen=True)
class Sources:
    """What a report is made from; all but the scores may be absent, and the report then says so."""

    scored: Scored
    declared: Declared | None = None
    profiles: Profiles | None = None
    bundle: Bundle | None = None

    @cached_property
    def recount(self) -> Recount | None:
        """The rows of the report scored once more; None where something for it is not at hand."""
        if self.declared is None or self.profiles is None or self.bundle is None:
            return None
        found = self.declared.found
        frame = self.declared.frame[found].reset_index(drop=True)
        return recount(self.scored.chosen, found, frame, self.bundle, self.profiles)


def page_data(sources: Sources, look: Look, translator: Translator) -> dict[str, Any]:
    """Everything the list and the case files are drawn from, columns as :mod:`redlane.reports.packing` writes them.

    With the look's ``key`` the ids of parties are masked; they are looked up in the profiles before.
    """
    chosen = sources.scored.chosen
    return {
        "rows": len(chosen),
        **{name: coded(chosen[name].to_pylist()) for name in _TEXTS},
        **{name: numbers(_floats(chosen, name)) for name in _NUMBERS},
        "base": numbers(_base(chosen)),
        "groups": {group: numbers(_floats(chosen, f"contribution_{group}")) for group in GROUPS},
        "reasons": {
            **_told(_lists(chosen["reasons"], ("code", "sentence"), ("contribution",)), translator.reasons),
            **({} if sources.recount is None else sources.recount.told()),
        },
        "covered": None if sources.recount is None else numbers(sources.recount.covered, digits=4),
        "flags": _told(_lists(chosen["flags"], ("id", "sentence", "group"), ("version",)), translator.raised),
        **_meanings(sources.bundle, translator),
        "base_probability": _base_probability(chosen, sources.bundle),
        **_declared(sources, look.history_days, look.key),
        "command": _command(sources.scored),
        "history_days": look.history_days,
        "opens_case": look.opens_case,
    }


def _command(scored: Scored) -> str:
    """What recomputes a score, but for the declaration; the folders are whoever reads it knows where."""
    file, scores = scored.manifest["input"]["file"], scored.places.scores.name
    return f"redlane explain {shlex.quote(file)} --scores {shlex.quote(scores)} --bundle BUNDLE --profiles PROFILES"


def _floats(table: pa.Table, name: str) -> Any:
    return table[name].cast(pa.float64()).to_numpy()


def _base(chosen: pa.Table) -> Any:
    """The margin before any fact has spoken: the margin less what the groups added."""
    return _floats(chosen, "margin") - sum(_floats(chosen, f"contribution_{group}") for group in GROUPS)


def _base_probability(chosen: pa.Table, bundle: Bundle | None) -> float | None:
    base = _base(chosen)
    base = base[np.isfinite(base)]
    if bundle is None or not len(base):
        return None
    return float(f"{float(bundle.model.probability(np.array([np.median(base)]))[0]):.6g}")


def _told(lists: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """The sentences of lists of reasons or flags in the language of the report; ``english`` says which stayed."""
    code = next(iter(set(lists) & {"code", "id"}))
    sentences, stayed = tell(lists[code], lists["sentence"])
    texts = {name: coded(lists[name]) for name in (code, "group") if name in lists}
    return {**lists, **texts, "sentence": coded(sentences), "english": np.flatnonzero(stayed).tolist()}


def _lists(column: pa.ChunkedArray, texts: tuple[str, ...], amounts: tuple[str, ...]) -> dict[str, Any]:
    """A column of lists of structs: where each row's begin, and one column per field."""
    array = column.combine_chunks()
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
    flat = pc.list_flatten(array)
    return {
        "offset": np.concatenate([[0], np.cumsum(lengths)]).astype(int).tolist(),
        **{name: flat.field(name).to_pylist() for name in texts},
        **{
            name: numbers(flat.field(name).cast(pa.float64()).to_numpy(zero_copy_only=False))
            for name in amounts
        },
    }


def _meanings(bundle: Bundle | None, translator: Translator) -> dict[str, Any]:
    """What the facts are called, and their groups, where the bundle says so."""
    if bundle is None:
        return {"meanings": {}}
    told = {spec.name: [translator.meaning(spec), spec.group, translator.unit(spec)] for spec in bundle.specs}
    return {"meanings": told}


def _declared(sources: Sources, history_days: int, key: bytes | None) -> Mapping[str, Any]:
    """Declared columns, price peers and party histories of the rows found in the declarations."""
    declared = sources.declared
    if declared is None:
        return {"declared": None, "peers": [], "parties": [], "links": [], "unlinked": [], "place": None}
    found = declared.frame[declared.found].reset_index(drop=True)
    place = np.where(declared.found, np.cumsum(declared.found) - 1, -1)
    told = found if key is None else mask_parties(found, key)
    parties = peers = links = []
    if sources.profiles is not None and len(found):
        peers = [_masked_words(each.plain(), key) for each in price_peers(sources.profiles, found)]
        parties = [each.plain() for each in party_histories(sources.profiles, found, history_days)]
        links = [each.plain() for each in linked_parties(sources.profiles, found)]
    columns = [_column(told[name]) for name in told if told[name].notna().any() and name not in _TEXTS]
    made = {"declared": columns, "peers": peers, "parties": parties, "links": links, "place": place.tolist()}
    return {**made, "unlinked": unlinked(sources.profiles, found) if sources.profiles else []}


def _masked_words(peers: dict[str, Any], key: bytes | None) -> dict[str, Any]:
    """Cells of one party's own goods name that party: its id is masked like any other."""
    if key is None:
        return peers
    hidden = [[(part, _hidden(part, word, key)) for part, word in words] for words in peers["words"]]
    return {**peers, "words": hidden}


def _hidden(part: str, word: str, key: bytes) -> str:
    party = part in COLUMNS and COLUMNS[part].sensitivity == "party"
    return mask(word, key) if party else word


def _column(values: pd.Series) -> dict[str, Any]:
    column = COLUMNS[str(values.name)]
    told: dict[str, Any] = {"name": column.name, "kind": column.kind, "unit": column.unit}
    if column.kind in ("number", "flag"):
        return {**told, "n": numbers(values.to_numpy("float64"), digits=None)}
    if column.kind == "date":
        return {
            **told,
            "t": coded(values.dt.strftime("%Y-%m-%d").astype("object").where(values.notna(), None)),
        }
    return {**told, "t": coded(values.astype("object").where(values.notna(), None))}
