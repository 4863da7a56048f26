"""The bundle: a folder of text, JSON and Parquet with everything learnt, which refuses to load if touched.

``trees.txt`` (LightGBM text; ``linear.json`` for a linear model), ``revenue.txt`` (the second head, where there is
one), ``calibration.json``, ``features.json`` (every feature in order, with its categories), ``configuration.json``,
``card.md``, ``golden.parquet`` and ``manifest.json``; beside them the :data:`DOCUMENTS` that were written about the
model.
"""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

import redlane
from redlane.errors import RedlaneError
from redlane.features.spec import Feature
from redlane.io.files import atomic_folder, write_json, write_text
from redlane.model.calibration import Calibration
from redlane.model.categories import Levels, check_levels
from redlane.model.golden import check_golden, write_golden
from redlane.model.line import Line
from redlane.model.model import Model
from redlane.model.portable import portable
from redlane.model.revenue import RevenueHead
from redlane.model.scorer import Scorer
from redlane.model.sealing import read_sealed, seal
from redlane.model.tree_check import check_trees
from redlane.model.trees import Trees

TREES, LINE, REVENUE, CALIBRATION = "trees.txt", "linear.json", "revenue.txt", "calibration.json"
FEATURES, CONFIGURATION, CARD, GOLDEN = "features.json", "configuration.json", "card.md", "golden.parquet"

DOCUMENTS = (
    "data.json",
    "evaluation.json",
    "explanations.json",
    "assurance.json",
    "checks.json",
    "card.html",
)
"""Text files about the model that a bundle may hold: what it learnt from, how good it is, what moves it, whether
its explanations and its data passed the checks, and the model report made of all these."""

_LIBRARIES = ("lightgbm", "numpy", "pandas", "pyarrow")


@dataclass(frozen=True)
class Bundle:
    """A bundle that has been read and checked.

    ``id`` names its content; ``manifest`` holds the facts it was written with under *facts*, the library
    versions under *versions* and every file's hash under *files*. ``documents`` holds the text of those
    :data:`DOCUMENTS` that were written with it, by name.
    """

    id: str
    model: Model
    specs: tuple[Feature, ...]
    configuration: dict[str, Any]
    manifest: dict[str, Any]
    folder: Path
    documents: Mapping[str, str] = field(default_factory=dict)

    def configured(self, group: str) -> dict[str, Any]:
        """The settings of *group* the model was trained with.

        Raises:
            RedlaneError: the bundle holds none.
        """
        settings = self.configuration.get(group)
        if not isinstance(settings, dict):
            raise RedlaneError(f"{self.folder} does not say with which {group} it was trained")
        return settings


def write_bundle(
    folder: Path,
    model: Model,
    *,
    specs: Sequence[Feature],
    configuration: Mapping[str, Any],
    facts: Mapping[str, Any],
    golden: pd.DataFrame,
    card: str,
    documents: Mapping[str, str] | None = None,
) -> str:
    """Write *folder*, whole or not at all, and give the bundle's id. Equal content gives equal bytes.

    *facts* (name, as_of, data hashes, profiles id ...) go into the manifest, the resolved *configuration*
    into its own file; absolute paths in either keep their last part only. *golden* are a few rows of
    features. *documents* (some of :data:`DOCUMENTS`, by name) are sealed like the rest.

    Raises:
        RedlaneError: *specs* are not the model's features, there is no golden row, a document has a name no
            bundle knows, or the disk refuses.
    """
    given = dict(documents or {})
    if unknown := sorted(set(given) - set(DOCUMENTS)):
        raise RedlaneError(f"a bundle has no document {unknown[0]!r}; it may have {', '.join(DOCUMENTS)}")
    if tuple(spec.name for spec in specs) != model.features:
        raise RedlaneError("the features described are not the model's, or are in another order")
    with atomic_folder(folder) as target:
        _write_scorer(target, model)
        if model.revenue is not None:
            write_text(target / REVENUE, model.revenue.trees.text)
        write_json(target / CALIBRATION, _curves(model))
        write_json(target / FEATURES, [_described(spec, model) for spec in specs])
        write_json(target / CONFIGURATION, portable(configuration))
        write_text(target / CARD, card)
        for name, text in given.items():
            write_text(target / name, text)
        write_golden(target / GOLDEN, model, golden)
        return seal(target, {"facts": portable(facts), "versions": library_versions()})


def read_bundle(folder: Path) -> Bundle:
    """Read a bundle: first every hash, then the structure of the trees, then the golden rows.

    Raises:
        RedlaneError: a file was changed, is missing or was added (by name), or the golden rows score
            differently.
    """
    sealed = read_sealed(folder)
    files = sealed.files
    _check_files(folder, set(files))
    try:
        specs, model = _model(files)
        check_golden(files[GOLDEN], model)
        configuration = dict(json.loads(files[CONFIGURATION]))
        documents = {name: files[name].decode() for name in DOCUMENTS if name in files}
    except RedlaneError as error:
        raise RedlaneError(f"{folder}: {error}") from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise RedlaneError(f"{folder}: a file of the bundle does not hold what its name says") from None
    return Bundle(sealed.id, model, specs, configuration, sealed.manifest, folder, documents)


def _model(files: Mapping[str, bytes]) -> tuple[tuple[Feature, ...], Model]:
    described = json.loads(files[FEATURES])
    levels = {entry["name"]: entry.pop("categories") for entry in described if "categories" in entry}
    check_levels(levels)
    specs = tuple(Feature(**entry) for entry in described)
    if {spec.name for spec in specs if spec.kind == "category"} != set(levels):
        raise RedlaneError("the category features do not all have their categories")
    names = tuple(spec.name for spec in specs)
    curves = json.loads(files[CALIBRATION])
    calibration = Calibration.read(curves["probability"])
    revenue = None
    if REVENUE in files:
        revenue = RevenueHead(_trees(files[REVENUE], names), float(curves["revenue_unit"]))
    return specs, Model(_scorer(files, names, levels), levels, calibration, revenue, names)


def _write_scorer(target: Path, model: Model) -> None:
    if isinstance(model.scorer, Line):
        write_json(target / LINE, model.scorer.plain(model.features))
    else:
        write_text(target / TREES, model.trees.text)


def _scorer(files: Mapping[str, bytes], names: Sequence[str], levels: Levels) -> Scorer:
    if LINE in files:
        return Line.read(json.loads(files[LINE]), names, levels)
    return _trees(files[TREES], names)


def _trees(content: bytes, names: Sequence[str]) -> Trees:
    text = content.decode()
    check_trees(text, names)
    return Trees(text)


def _curves(model: Model) -> dict[str, Any]:
    unit = {} if model.revenue is None else {"revenue_unit": model.revenue.unit}
    return {"probability": model.calibration.plain(), **unit}


def _described(spec: Feature, model: Model) -> dict[str, Any]:
    levels = {"categories": model.categories[spec.name]} if spec.kind == "category" else {}
    return {**asdict(spec), **levels}


def library_versions() -> dict[str, str]:
    """Of redlane, Python and the libraries whose numbers a bundle holds."""
    libraries = {name: version(name) for name in _LIBRARIES}
    return {"redlane": redlane.__version__, "python": platform.python_version(), **libraries}


def _check_files(folder: Path, found: set[str]) -> None:
    needed = {LINE if LINE in found else TREES, CALIBRATION, FEATURES, CONFIGURATION, CARD, GOLDEN}
    if missing := sorted(needed - found):
        raise RedlaneError(f"{folder} is not a whole bundle: it lacks {missing[0]!r}")
    if extra := sorted(found - needed - {REVENUE, *DOCUMENTS}):
        raise RedlaneError(f"{folder} holds {extra[0]!r}, which no bundle has")
