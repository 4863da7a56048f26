"""Stage *repeat*: a run's record -> the same training once more, and whether all is the same to the last digit."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from redlane.errors import ExitCode
from redlane.model.bundle import CARD, CONFIGURATION
from redlane.model.sealing import MANIFEST
from redlane.progress import step
from redlane.stages import train
from redlane.stages.delivery import BUNDLE, PROFILES, refuse_replacing
from redlane.stages.governing import ASSURANCE
from redlane.stages.recording import arguments_of, located, plain, results_of
from redlane.stages.result import ResultTable, StageResult
from redlane.tracking.environment import changed, environment
from redlane.tracking.records import note_repeat, read_environment, read_record
from redlane.tracking.settings import TrackingSettings

_SHOWN = 12
_ABOUT = {f"files.{name}" for name in (MANIFEST, CARD, CONFIGURATION, ASSURANCE)}
"""Files that speak of the model, of versions too, and are not the model."""


def run(*, files: list[Path], run_id: str, out: Path, tracking: TrackingSettings) -> StageResult:
    """Train once more as the run *run_id* did, from its record alone, into *out*; say whether all is the same.

    The input files are looked for where they were; *files* say where they are now, told by their SHA-256. The
    repeat writes ``models/NAME`` and ``profiles/NAME`` below *out*. It is no experiment of its own: nothing is
    registered, the repeated run gets a tag with the verdict.

    Raises:
        RedlaneError: there is no such run, it left no record, or an input file is missing or another one.
    """
    record = read_record(tracking, run_id)
    name = Path(record["places"]["bundle"]).name
    bundle, profiles = out / "models" / name, out / "profiles" / name
    step("checking the input files")
    places = located(record, files)
    refuse_replacing(bundle, BUNDLE, *places.values())
    refuse_replacing(profiles, PROFILES, *places.values())
    partner, earlier = record["places"]["partner_table"], record["places"]["previous_bundle"]
    again = train.run(
        **arguments_of(record, train.run),
        files=[places[path] for path in record["places"]["files"]],
        partner_table=None if partner is None else places[partner],
        previous_bundle=Path(earlier) if earlier and Path(earlier).is_dir() else None,
        bundle=bundle,
        profiles=profiles,
        tracking=tracking.model_copy(update={"enabled": False}),
    )
    step("comparing")
    unlike = differences(record["results"], plain(results_of(bundle, again.numbers)))
    other = changed(read_environment(tracking, run_id), environment())
    verdict = "the same to the last digit" if not unlike else f"{len(unlike)} entries differ"
    note_repeat(tracking, run_id, verdict)
    return _result(again, record["results"], unlike, other, f"Run {run_id} repeated: {verdict}")


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Every entry of two results that is not the same: its name, and both values.

    >>> differences({"bundle_id": "a", "files": {"trees.txt": "1"}}, {"bundle_id": "b", "files": {"trees.txt": "1"}})
    [('bundle_id', 'a', 'b')]
    """
    old, new = dict(_leaves(before)), dict(_leaves(now))
    absent = object()
    return [
        (name, old.get(name), new.get(name))
        for name in dict.fromkeys([*old, *new])
        if old.get(name, absent) != new.get(name, absent)
    ]


def _leaves(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _result(
    again: StageResult,
    before: Mapping[str, Any],
    unlike: list[tuple[str, Any, Any]],
    other: list[str],
    title: str,
) -> StageResult:
    names = {name for name, *_ in unlike}
    held = {
        "bundle id": "bundle_id" not in names,
        "profiles id": "profiles_id" not in names,
        "files of the model": not {name for name in names if name.startswith("files.")} - _ABOUT,
        "metrics": not [
            name for name in names if not name.startswith(("files.", "bundle_id", "profiles_id"))
        ],
    }
    rows = [{"what": what, "the same": "yes" if same else "no"} for what, same in held.items()]
    tables = [ResultTable("Repeated against the record", pd.DataFrame(rows))]
    if unlike:
        shown = [
            {"entry": name, "on record": str(old), "now": str(new)} for name, old, new in unlike[:_SHOWN]
        ]
        note = f"the first {_SHOWN} of {len(unlike)}" if len(unlike) > _SHOWN else ""
        tables.append(ResultTable("What differs", pd.DataFrame(shown), note))
    notes = [f"made with other versions than the run: {'; '.join(other)}"] if other else []
    return StageResult(
        title=title,
        paths={name: path for name, path in again.paths.items() if name != "model card"},
        counts=again.counts,
        numbers={"same": not unlike, **{what.replace(" ", "_"): same for what, same in held.items()}},
        tables=tables,
        notes=notes,
        exit_code=ExitCode.DIFFERS if unlike else ExitCode.DONE,
    )
