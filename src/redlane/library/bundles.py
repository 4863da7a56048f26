"""Bundles: what was learnt, as a folder that travels; and a file scored with one."""

from datetime import date
from pathlib import Path
from typing import Any

from redlane.errors import RedlaneError
from redlane.evaluation.comparison import Rows
from redlane.features.catalogue import FeatureSettings
from redlane.governance.model_card import CardFacts, model_card
from redlane.library.choosing import chosen
from redlane.library.data import Declarations, Declared
from redlane.library.judging import Judgement
from redlane.model import bundle as bundles
from redlane.model.bundle import Bundle
from redlane.profiles.build import Profiles
from redlane.stages import learning
from redlane.stages import score as score_stage
from redlane.stages.delivery import BUNDLE, refuse_replacing
from redlane.stages.result import StageResult


def open_bundle(folder: str | Path) -> Bundle:
    """Read a bundle: every hash, the structure of its trees, and its golden rows are checked before it is used.

    Raises:
        RedlaneError: a file was changed, is missing or was added, by name.
    """
    return bundles.read_bundle(Path(folder))


def write_bundle(
    folder: str | Path, judgement: Judgement, profiles: Profiles, declarations: Declared, caution: str = ""
) -> Bundle:
    """Write the model of *judgement* with its card to *folder*, whole or not at all, and open it again.

    *declarations* are what it was learnt from, *profiles* a store that was written (``build_profiles(..., out=...)``).
    *caution* is a sentence that goes wherever the numbers go.

    Raises:
        RedlaneError: the profiles were never written, *folder* holds something else, or the disk refuses.
    """
    if not profiles.id:
        raise RedlaneError("these profiles were never written; give build_profiles the folder `out`")
    target, learned = Path(folder), judgement.learned
    refuse_replacing(target, BUNDLE)
    inputs = declarations.hashes if isinstance(declarations, Declarations) else {}
    cautions = learning.cautions(caution, judgement.comparison)
    kind = f"{learned.recipe.model.name}: {learned.recipe.model.about}"
    specs = learned.features.features()
    card = CardFacts(target.name, kind, inputs, learned.split, specs, judgement.comparison, cautions)
    bundles.write_bundle(
        target,
        learned.model,
        specs=specs,
        configuration=_configuration(judgement, declarations),
        facts=_facts(target.name, judgement, profiles, inputs, caution),
        golden=learning.golden(Rows(judgement.test, judgement.features)),
        card=model_card(card),
    )
    return open_bundle(target)


def score_file_with(
    file: str | Path,
    out: str | Path,
    bundle: str | Path,
    profiles: str | Path | None = None,
    as_of: date | None = None,
    **lanes: Any,
) -> StageResult:
    """Score a declarations *file* into *out*, with lanes, reasons, rejects and a manifest: what the night does.

    *lanes* are keys of ``lanes/asycuda``, such as ``capacity="5%"``.

    Raises:
        RedlaneError: a file, the bundle or the profiles cannot be used.
    """
    return score_stage.run(
        file=Path(file),
        bundle=Path(bundle),
        out=Path(out),
        profiles=None if profiles is None else Path(profiles),
        profiles_id=None,
        declarations=None,
        lanes=chosen("lanes", "asycuda", **lanes),
        explanations=chosen("explanations", "reasons"),
        as_of=as_of,
        batch_rows=50_000,
        threads=None,
        spreadsheet_safe=False,
    )


def _configuration(judgement: Judgement, declarations: Declared) -> dict[str, Any]:
    recipe = judgement.learned.recipe
    written = declarations.format if isinstance(declarations, Declarations) else None
    rules = written or chosen("declarations", "canonical")
    settings = {"declarations": rules, "features": recipe.features, "model": recipe.model}
    return {name: each.plain() for name, each in {**settings, "weighting": recipe.weighting}.items()}


def _facts(
    name: str, judgement: Judgement, profiles: Profiles, inputs: dict[str, str], caution: str
) -> dict[str, Any]:
    learned = judgement.learned
    return {
        "name": name,
        "fitted_on": str(learned.split.test_from),
        "inputs": inputs,
        "profiles_id": profiles.id,
        "rows": {part: int(getattr(learned.split, part).sum()) for part in ("train", "tune", "test")},
        "caution": caution,
        "model": learned.recipe.model.name,
    }


def features_of(bundle: Bundle) -> FeatureSettings:
    """The features a bundle's model reads, as settings."""
    return FeatureSettings.parse(bundle.configured("features"), "the bundle's features")
