"""What to do where declarations lack a column, or a reference table was not given, that a family reads."""

from collections.abc import Collection, Mapping

from redlane.errors import RedlaneError
from redlane.features.catalogue import FeatureSettings
from redlane.features.family import Family

_OPTIONS = {"partner_exports": "--partner-exports FILE"}
"""How each reference table is given on the command line."""


def available(
    settings: FeatureSettings,
    columns: Collection[str],
    references: Collection[str] = (),
    labels: Mapping[str, str] | None = None,
) -> tuple[FeatureSettings, list[str]]:
    """The features that can be fed, and a sentence naming those that cannot.

    *columns* are those of the declarations, *references* the reference tables given beside them, *labels* the
    file's names of mapped columns. What reads a table that was not given is left out: such a table is an offer. A
    column that is lacking is refused, unless ``unavailable`` is *leave_out*.

    Raises:
        RedlaneError: a column is lacking and ``unavailable`` is *refuse*; or nothing at all is left.
    """
    fed = [family for family in settings.families if not _lacking(family, references)]
    if settings.unavailable == "refuse" and fed:
        settings.model_copy(update={"families": tuple(fed)}).check_columns(columns, labels)
    kept, lost = [], []
    for family in settings.families:
        part = family.reduced_to(columns) if family in fed else None
        if part is not None:
            kept.append(part)
        if part != family:
            lost.append(_sentence(family, part, columns, references))
    if not kept:
        raise RedlaneError(f"features: none can be computed from these declarations: {'; '.join(lost)}")
    said = f"features left out, because what was given cannot feed them: {'; '.join(lost)}"
    return settings.model_copy(update={"families": tuple(kept)}), [said] if lost else []


def _lacking(family: Family, references: Collection[str]) -> list[str]:
    return [name for name in family.needs().references() if name not in references]


def _sentence(
    family: Family, part: Family | None, columns: Collection[str], references: Collection[str]
) -> str:
    kept = set() if part is None else {feature.name for feature in part.features()}
    lost = [feature.name for feature in family.features() if feature.name not in kept]
    lacking = [name for name in family.columns() if name not in columns]
    tables = [
        f"no {name.replace('_', ' ')}; {_OPTIONS.get(name, name)} gives them"
        for name in _lacking(family, references)
    ]
    shown = f"{lost[0]} and {len(lost) - 1} more" if len(lost) > 2 else " and ".join(lost)
    return f"{shown} ({', '.join([*(f'no {name}' for name in lacking), *tables])})"
