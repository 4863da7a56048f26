"""The dictionary of canonical columns: ``docs/columns.md``, written from the columns and from nothing else."""

from redlane.declarations.columns import COLUMNS, REQUIRED, Column, Kind

_WRITTEN: dict[Kind, str] = {
    "text": "text",
    "code": "code, kept as written",
    "country": "two letters, ISO 3166-1",
    "hs": "digits, leading zeros kept",
    "date": "date",
    "number": "number",
    "flag": "yes or no",
}

_ROLES = {
    "identifier": "names the row or dates it",
    "declared": "stated by the trader; may become a feature",
    "assessed": "put in its place by customs; never a feature",
    "outcome": "found by the inspection; never a feature",
    "selection": "why it was inspected; never a feature",
    "truth": "known to a generator only; leave it out of real files",
}


def columns_page() -> str:
    """The page, as Markdown.

    >>> "| `net_mass` | Net mass | number, kg |" in columns_page()
    True
    """
    parts = [
        "# Columns",
        "Generated from `redlane.declarations.columns`. On the left of `columns:` in a declarations format stand "
        "the labels of a file, on the right these names. Needed are "
        + " and ".join(f"`{name}`" for name in REQUIRED)
        + ", for training also `irregular`; without `item_number` each declaration is one item. Amounts of money are "
        "in one currency, whichever it is.",
        *(_section(role, meaning) for role, meaning in _ROLES.items()),
    ]
    return "\n\n".join(parts) + "\n"


def _section(role: str, meaning: str) -> str:
    lines = [
        f"## {role.capitalize()}: {meaning}",
        "",
        "| name | meaning | written as | WCO Data Model |",
        "|---|---|---|---|",
    ]
    return "\n".join([*lines, *(_line(column) for column in COLUMNS.values() if column.role == role)])


def _line(column: Column) -> str:
    unit = f", {column.unit}" if column.unit else ""
    return f"| `{column.name}` | {column.meaning} | {_WRITTEN[column.kind]}{unit} | {column.wco} |"
