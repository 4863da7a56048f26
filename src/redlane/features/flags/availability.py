"""Which flags cannot be computed for a whole file, and why: said once, before the first row is read."""

from collections.abc import Collection, Sequence
from difflib import get_close_matches

from redlane.declarations.columns import COLUMNS
from redlane.features.flags.flag import Flag, columns_among

_SHOWN, _CLOSE, _NEAREST = 12, 0.8, "; the nearest name is"


def uncomputable(flags: Sequence[Flag], names: Collection[str], columns: Collection[str]) -> dict[str, str]:
    """Flags that no row can raise, by id, with the reason.

    *names* is what the families in use offer (:meth:`FeatureSettings.names`), *columns* what the declarations
    have.
    """
    reasons = {flag.id: _reason(flag, names, columns) for flag in flags}
    return {id: reason for id, reason in reasons.items() if reason}


def availability_note(flags: Sequence[Flag], names: Collection[str], columns: Collection[str]) -> list[str]:
    """One sentence that names every such flag, or none."""
    lost = uncomputable(flags, names, columns)
    if not lost:
        return []
    misspelt_first = sorted(lost.items(), key=lambda item: _NEAREST not in item[1])
    said = [f"{id} ({reason})" for id, reason in misspelt_first[:_SHOWN]]
    more = f", and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
    return [f"red flags that cannot be computed for any of these declarations: {', '.join(said)}{more}"]


def _reason(flag: Flag, names: Collection[str], columns: Collection[str]) -> str:
    unknown = [name for name in flag.names() if name not in names]
    if unknown:
        close = get_close_matches(unknown[0], list(names), n=1, cutoff=_CLOSE)
        return f"nothing offers '{unknown[0]}'" + (f"{_NEAREST} '{close[0]}'" if close else "")
    lacking = [name for name in columns_among(flag.names()) if name in COLUMNS and name not in columns]
    return f"no column '{lacking[0]}'" if lacking else ""
