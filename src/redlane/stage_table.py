"""What stages there are, and what each takes on the command line besides its settings: one row a stage.

A new stage is one row in :data:`STAGES`, one file ``conf/<stage>.yaml`` and one module ``redlane.stages.<stage>``.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Option:
    """A path, text or switch given by name; ``parameter`` is what the stage function calls it.

    A *text* is for words that no setting could hold as they are: an id, with whatever characters it has. *several*
    takes all words up to the next option; *paths* one word each time it is given.
    """

    flag: str
    parameter: str
    sentence: str
    kind: Literal["path", "paths", "several", "text", "switch"] = "path"


@dataclass(frozen=True)
class Stage:
    """One stage as the command line sees it; ``files`` says whether it takes bare file names, ``file`` what of."""

    name: str
    sentence: str
    options: tuple[Option, ...]
    files: Literal["none", "one", "many"] = "none"
    file: str = "the declarations file"
    sweeps: bool = False
    """Whether ``--multirun`` runs it once for each combination of comma-separated values."""
    asks: tuple[str, ...] = ()
    """Parts of the command line that the stage itself wants to know: ``config_dir``, ``overrides``."""

    def paths(self) -> dict[str, str]:
        """How each path parameter is written, by parameter.

        >>> STAGES["score"].paths()["bundle"]
        '--bundle DIR'
        """
        bare = {"none": {}, "one": {"file": "FILE"}, "many": {"files": "FILE..."}}[self.files]
        named = {option.parameter: f"{option.flag} {metavar(option)}" for option in self.options}
        return {**named, **bare, **{part: _PARTS[part] for part in self.asks}}


def metavar(option: Option) -> str:
    """What stands for the value of *option* in usage lines; nothing for a switch."""
    if option.kind == "switch":
        return ""
    name = _METAVARS.get(option.parameter, "DIR")
    return f"{name}..." if option.kind == "several" else name


_METAVARS = {
    **dict.fromkeys(("files", "scores", "partner_table", "previous", "mask_key"), "FILE"),
    "out": "OUT",
    "declaration": "ID",
    "by": "NAME",
    "reason": "TEXT",
    "run_id": "ID",
}


_PARTS = {"config_dir": "--config-dir DIR", "overrides": "it as key=value words"}

_BUNDLE = Option("--bundle", "bundle", "the model's folder, for example models/kcs")
_PROFILES = Option("--profiles", "profiles", "the profiles store: what was known, and when")
_BUNDLES = Option(
    "--bundles",
    "bundles",
    "models' folders, or MLflow's models:/NAME@ALIAS or run ids, the first as reference",
    "several",
)
_PARTNERS = Option(
    "--partner-exports",
    "partner_table",
    "what partner countries recorded as exports, in UN Comtrade's layout",
)
_FILES = Option("--declarations", "files", "a declarations file; may be given several times", "paths")

STAGES: dict[str, Stage] = {
    stage.name: stage
    for stage in (
        Stage(
            "synthesize",
            "make up declarations with planted irregularities",
            (Option("--out", "out", "a .parquet or .csv file, or a folder for history and following weeks"),),
        ),
        Stage(
            "profile",
            "record what declarations tell about parties, goods and prices, and when it became known",
            (
                Option("--out", "out", "the profiles store to write"),
                Option("--append", "append", "add to an existing store", "switch"),
                _PARTNERS,
            ),
            files="many",
        ),
        Stage(
            "check",
            "look for leaks and mistakes in declarations with outcomes, before anything is trained on them",
            (
                _FILES,
                Option("--out", "out", "the findings, a .json file"),
                _PARTNERS,
            ),
            files="many",
        ),
        Stage(
            "train",
            "learn from inspected declarations, evaluate beside baselines, export a bundle",
            (
                _FILES,
                _BUNDLE,
                _PROFILES,
                _PARTNERS,
                Option(
                    "--previous", "previous_bundle", "the bundle this one follows, to compare explanations"
                ),
            ),
            files="many",
            sweeps=True,
        ),
        Stage(
            "repeat",
            "train once more as a recorded run did, from its record alone, and say whether all is the same",
            (
                Option("--run", "run_id", "the id of the recorded run", "text"),
                Option("--out", "out", "a folder for the bundle and the profiles of the repeat"),
            ),
            files="many",
        ),
        Stage(
            "backtest",
            "walk forward over history: train, gap, test, repeated; with learning curves",
            (
                _FILES,
                Option("--out", "out", "a folder for tables and plots"),
                _PARTNERS,
            ),
            files="many",
        ),
        Stage(
            "ablate",
            "train without each part of the features, and with it alone: what it is worth, and whether that is luck",
            (
                _FILES,
                Option("--out", "out", "the whole table, .parquet or .csv"),
                _PARTNERS,
            ),
            files="many",
        ),
        Stage(
            "tune",
            "search settings that would have done best on folds of the past, and write them as a recipe",
            (
                _FILES,
                _BUNDLE,
                _PROFILES,
                _PARTNERS,
                Option("--out", "out", "the study's folder; the same one again goes on with it"),
            ),
            files="many",
            asks=("config_dir", "overrides"),
        ),
        Stage(
            "evaluate",
            "measure a bundle on declarations with known outcomes, beside the baselines",
            (
                _FILES,
                _BUNDLE,
                _PROFILES,
                Option("--out", "out", "a folder for the report's tables and plots"),
            ),
            files="many",
        ),
        Stage(
            "compare",
            "hold bundles against each other on the same rows, and say which differences are more than luck",
            (
                _FILES,
                _BUNDLES,
                Option(
                    "--profiles", "profiles", "one store for all bundles, or one each in order", "several"
                ),
                Option("--out", "out", "the HTML page to write"),
            ),
            files="many",
        ),
        Stage(
            "promote",
            "make a bundle champion if every gate holds, and keep the decision in a chain beside the bundles",
            (
                _FILES,
                _BUNDLE,
                Option(
                    "--profiles",
                    "profiles",
                    "one store for both, or the champion's and this one's",
                    "several",
                ),
                Option("--by", "by", "who asks", "text"),
                Option("--reason", "reason", "why an earlier champion is to come back", "text"),
                Option("--verify", "verify", "only check the chain of decisions", "switch"),
            ),
            files="many",
        ),
        Stage(
            "score",
            "score a file, assign lanes, and say why for each selected row",
            (
                _BUNDLE,
                Option("--out", "out", "a .parquet or .csv file, or a folder"),
                _PROFILES,
            ),
            files="one",
        ),
        Stage(
            "analyse",
            "analyse a period: prices, mirror gaps, digits, networks and flags as tables and pages",
            (
                _PROFILES,
                Option("--out", "out", "a folder for the tables and pages"),
            ),
            files="many",
        ),
        Stage(
            "explain",
            "recompute stored scores from bundle, profiles and declarations, and say whether they still hold",
            (
                Option("--scores", "scores", "the score file, its manifest beside it"),
                Option(
                    "--declaration", "declaration", "one declaration's id; else a sample is taken", "text"
                ),
                Option("--out", "out", "the case file of the declaration, a .html file"),
                _BUNDLE,
                _PROFILES,
            ),
            files="one",
        ),
        Stage(
            "report",
            "write one HTML file about a scored batch and its case files; with --bundle alone, about a model",
            (
                Option("--out", "out", "the HTML file to write"),
                _FILES,
                _BUNDLE,
                _PROFILES,
                Option("--previous", "previous", "an earlier batch's score file; several times", "paths"),
                Option("--mask-key", "mask_key", "a file with the secret key that masks ids of parties"),
                Option("--pdf", "pdf", "print it to a PDF as well, where Chromium is installed", "switch"),
            ),
            files="one",
            file="the score file, its manifest beside it",
        ),
    )
}
"""Every stage, in the order of the work."""
