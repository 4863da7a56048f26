"""The page on red flags: ``docs/red-flags.md``, written from the catalogue in ``conf/flags/`` and from nothing else."""

import inspect
import json
from collections.abc import Sequence

from redlane.features.flags.expression import DEEPEST, LONGEST
from redlane.features.flags.flag import Flag, columns_among
from redlane.features.flags.operations import FUNCTIONS
from redlane.features.spec import GROUPS

NOT_SHIPPED = {
    "RF04 price below raw material": "needs a table of raw material or lowest acceptable prices by subheading",
    "RF07 freight implausible": "needs the value at the border of export (FOB) beside the customs value (CIF)",
    "RF29 circular trade": "needs export declarations",
    "RF33 description vague or mismatched": "needs a model of descriptions, which are not read",
    "RF34 inspector-broker deviation": "speaks of officers, who are never part of a score: see the integrity screen",
}
"""Flags of the literature that are left out, and why."""


def flags_page(flags: Sequence[Flag], choice: str) -> str:
    """Everything about the flags that ``conf/flags/<choice>.yaml`` lists, as Markdown."""
    parts = [
        "# Red flags",
        f"Generated from `flags={choice}`: {len(flags)} flags. A flag is raised (1), not raised (0) or cannot be "
        "computed (missing, never 0). It is an indication, not proof: its hit rate on your own declarations stands "
        "in the table that `redlane train` and `redlane evaluate` show, with an interval. By WTO rules an indicator "
        "of value is no customs value.",
        _language(),
        "## The catalogue",
        _overview(flags),
        *(_flag(flag) for flag in flags),
        "## Not in the catalogue",
        "\n".join(
            ["| flag | why not |", "| --- | --- |", *(f"| {k} | {v} |" for k, v in NOT_SHIPPED.items())]
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _language() -> str:
    functions = ", ".join(
        f"`{name}` ({_first_line(function)})" for name, (function, _, _) in FUNCTIONS.items()
    )
    return f"""## Writing a flag

An expression is true where the flag is raised. It may name the flag's own parameters, declared columns
([columns.md](columns.md)), `hs2`, `hs4`, `hs6`, features of the families in use ([features.md](features.md)) and
the peer numbers their sentences show. Allowed are numbers, texts in quotes, `< <= > >= == !=` (also chained),
`in` and `not in` with a list, `and`, `or`, `not`, `+ - * /`, and the functions {functions}. Everything else is
refused before the first row is read, with the place where it stands; so are more than {LONGEST} characters and
brackets more than {DEEPEST} deep.

What is missing is unknown, and unknown is neither true nor false (Kleene's logic): `unknown or true` is true,
`unknown and false` is false, any other statement that rests on an unknown cannot be computed. A division by zero
and the logarithm of nothing are unknown. Columns known only after an inspection are refused, and so is the id of
a person or firm spelt out: flags travel in the bundle. Whom to watch by name belongs into the mandatory rules.

A flag of your own goes into `flags/own.yaml` below a folder of your own, beginning with redlane's:

```yaml
# Our own flags, beside those of redlane.
defaults: [default]
catalogue:
  XX01:
    version: 1
    title: Heavy consignment of watched goods
    group: quantity
    severity: medium
    parameters: {{kg: 20000, watched: ["2203", "2402"]}}
    expression: net_mass > kg and starts_with(hs_code, watched)
    sentence: "{{net_mass}} kg of HS {{hs6}}, more than {{kg}}"
    source: our own experience
  RF12: null
```

`redlane train FILE --bundle models/own --profiles profiles/own --config-dir FOLDER flags=own` learns with it. A
single parameter changes with `flags.catalogue.RF20.parameters.others=3`; raise the version where a change should
show in reports. The bundle keeps the flags it was trained with and scores with these and no others. A flag whose
column or feature is lacking cannot be computed for any row; the command says so once, with the nearest name.

A mandatory rule may name a flag, which sends what raises it to the red lane ([lanes.md](lanes.md))."""


def _overview(flags: Sequence[Flag]) -> str:
    lines = ["| flag | version | title | group | severity |", "| --- | --- | --- | --- | --- |"]
    ordered = sorted(flags, key=lambda flag: (GROUPS.index(flag.group), flag.id))
    lines += [f"| {f.id} | {f.version} | {f.title} | {f.group} | {f.severity} |" for f in ordered]
    return "\n".join(lines)


def _flag(flag: Flag) -> str:
    parameters = ", ".join(f"`{name}` = {_shown(value)}" for name, value in flag.parameters.items())
    features = [name for name in flag.names() if not columns_among([name])]
    lines = [
        f"### {flag.id} {flag.title}",
        "",
        f"* `{flag.expression}`",
        *([f"* parameters: {parameters}"] if parameters else []),
        f"* reads: {', '.join(f'`{name}`' for name in (*flag.columns(), *features))}",
        f"* an officer reads: {flag.spoken.replace('{{', '{').replace('}}', '}')}",
        f"* source: {flag.source}",
        *([f"* tells the same fact as `{flag.same_fact_as}`"] if flag.same_fact_as else []),
        *([f"* note: {flag.note}"] if flag.note else []),
    ]
    return "\n".join(lines)


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _first_line(function: object) -> str:
    text = inspect.cleandoc(function.__doc__ or "").split("\n")[0].rstrip(".")
    return text[:1].lower() + text[1:]
