"""From a trial's values to the settings they mean: the recipe it starts from, with some keys changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from redlane.declarations.periods import Periods
from redlane.errors import RedlaneError
from redlane.features.catalogue import FeatureSettings
from redlane.model.settings import ModelSettings
from redlane.model.weighting import Weighting

FeaturesOf = Callable[[str], FeatureSettings]
"""The features of a file in ``conf/features/``, by its name."""


@dataclass(frozen=True)
class Basis:
    """What a search may change: the settings one training would be called with."""

    features: FeatureSettings
    model: ModelSettings
    weighting: Weighting
    periods: Periods

    def value(self, key: str) -> Any:
        """What the basis says for a dotted key of a search; for ``features`` itself nothing.

        Raises:
            RedlaneError: it has no such key.
        """
        room, _, rest = key.partition(".")
        if room == "features":
            return _of_families(self.features, rest) if rest else None
        found: Any = getattr(self, room).plain()
        for part in rest.split("."):
            if not isinstance(found, Mapping) or part not in found:
                raise RedlaneError(f"search: '{key}' is no setting of the {room} that is tuned")
            found = found[part]
        return found


def applied(basis: Basis, values: Mapping[str, Any], features_of: FeaturesOf) -> Basis:
    """*basis* with the *values* of a trial; checked as if they stood in its files.

    Raises:
        RedlaneError: a key is unknown, or a value is of the wrong type or out of its range.
    """
    changed = basis
    if "features" in values:
        changed = replace(changed, features=features_of(values["features"]))
    for key, value in values.items():
        room, _, rest = key.partition(".")
        if room == "features":
            changed = (
                replace(changed, features=_with_family(changed.features, rest, value)) if rest else changed
            )
        else:
            changed.value(key)
            changed = replace(changed, **{room: _with(getattr(changed, room), rest, value)})
    return changed


def _with(settings: Any, key: str, value: Any) -> Any:
    plain = settings.plain()
    *path, last = key.split(".")
    place = plain
    for part in path:
        place = place[part]
    place[last] = value
    if isinstance(settings, Periods) and last == "tune_days":
        plain["tune_from"] = None  # a stated day would leave the number without effect
    return type(settings).parse(plain, where="search")


def _with_family(features: FeatureSettings, key: str, value: Any) -> FeatureSettings:
    _, name, *field = key.split(".")
    plain = features.plain()
    _check_family(features, name)
    if field:
        for family in plain["families"]:
            if family["family"] == name:
                family[field[0]] = value
    elif not value:
        plain["families"] = [family for family in plain["families"] if family["family"] != name]
    return FeatureSettings.parse(plain, where="search")


def _of_families(features: FeatureSettings, key: str) -> Any:
    _, name, *field = key.split(".")
    found = [family for family in features.plain()["families"] if family["family"] == name]
    if not field:
        return bool(found)
    values = [family.get(field[0]) for family in found]
    return values[0] if values and all(value == values[0] for value in values) else None


def _check_family(features: FeatureSettings, name: str) -> None:
    names = list(dict.fromkeys(family.family for family in features.families))
    if name not in names:
        raise RedlaneError(f"search: the features have no family '{name}'; they have {', '.join(names)}")
