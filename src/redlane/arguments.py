"""What each stage takes on the command line: which words are paths, which are settings.

Paths are ordinary arguments and reach a stage verbatim. Settings are ``key=value`` and are composed with the
files in ``conf/``. A new stage is one row in :data:`STAGES`, one file ``conf/<stage>.yaml`` and one module
``redlane.stages.<stage>``.
"""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, NoReturn

from redlane.errors import RedlaneError


@dataclass(frozen=True)
class Option:
    """A path, text or switch given by name; ``parameter`` is what the stage function calls it.

    A *text* is for words that no setting could hold as they are: an id, with whatever characters it has.
    """

    flag: str
    parameter: str
    sentence: str
    kind: Literal["path", "paths", "text", "switch"] = "path"


@dataclass(frozen=True)
class Stage:
    """One stage as the command line sees it; ``files`` says whether it takes bare file names, ``file`` what of."""

    name: str
    sentence: str
    options: tuple[Option, ...]
    files: Literal["none", "one", "many"] = "none"
    file: str = "the declarations file"

    def paths(self) -> dict[str, str]:
        """How each path parameter is written, by parameter.

        >>> STAGES["score"].paths()["bundle"]
        '--bundle DIR'
        """
        bare = {"none": {}, "one": {"file": "FILE"}, "many": {"files": "FILE..."}}[self.files]
        return {**{option.parameter: f"{option.flag} {_metavar(option)}" for option in self.options}, **bare}


_BUNDLE = Option("--bundle", "bundle", "the model's folder, for example models/kcs")
_PROFILES = Option("--profiles", "profiles", "the profiles store: what was known, and when")
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
            "train",
            "learn from inspected declarations, evaluate beside baselines, export a bundle",
            (_FILES, _BUNDLE, _PROFILES, _PARTNERS),
            files="many",
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
            "write one HTML file about a scored batch: counts, reasons, the selection and its case files",
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


@dataclass(frozen=True)
class Request:
    """A command line, taken apart: path parameters, settings, and how to answer."""

    stage: Stage
    paths: dict[str, Any] = field(default_factory=dict)
    overrides: list[str] = field(default_factory=list)
    config_dir: Path | None = None
    json: bool = False


class Parser(argparse.ArgumentParser):
    """An argument parser that raises instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command line in one sentence."""
        raise RedlaneError(f"{self.prog.split()[-1]}: {message}; see {self.prog} --help")


def parser_of(stage: Stage, epilog: str = "") -> Parser:
    """The parser of one stage; *epilog* goes below its help."""
    parser = Parser(
        prog=f"redlane {stage.name}",
        usage=f"redlane {stage.name} {_synopsis(stage)} [key=value ...]",
        description=f"{stage.sentence[0].upper()}{stage.sentence[1:]}.",
        epilog=epilog,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    words = stage.paths().get("file") or stage.paths().get("files") or "key=value"
    parser.add_argument("words", nargs="*", metavar=words, help=_words_help(stage))
    for option in stage.options:
        kind: dict[str, Any] = (
            {"action": "store_true"} if option.kind == "switch" else {"metavar": _metavar(option)}
        )
        if option.kind == "paths":
            kind["action"] = "append"
        parser.add_argument(option.flag, dest=option.parameter, default=None, help=option.sentence, **kind)
    add_common(parser)
    return parser


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add the options that every stage takes."""
    parser.add_argument("--config-dir", metavar="DIR", help="your own folder of settings, searched first")
    parser.add_argument(
        "--json", action="store_true", help="one JSON object instead of tables; also json=true"
    )
    parser.add_argument("--debug", action="store_true", help="show the traceback of a fault")


def overview() -> str:
    """The help of ``redlane`` itself: what stages there are."""
    lines = [f"  {stage.name:<12}{stage.sentence}" for stage in STAGES.values()]
    return "\n".join(
        [
            "usage: redlane <stage> [FILE] [--option PATH] [key=value ...]",
            "",
            "Learn from inspected import declarations which ones to inspect next, and say why.",
            "",
            "stages:",
            *lines,
            "",
            "redlane <stage> --help lists its paths and settings; redlane --version tells the version.",
            "exit status: 0 done, 1 fault in redlane, 2 refused (nothing written), 3 done, rows rejected,",
            "4 done, what was recomputed differs.",
        ]
    )


def parse(stage: Stage, words: Sequence[str]) -> Request:
    """Take the command line of *stage* apart.

    Raises:
        RedlaneError: an option is unknown or lacks its value, or a path is given as a setting.
    """
    _refuse_misspelt(stage, words)
    given = vars(parser_of(stage).parse_intermixed_args(words))
    files, settings = _sort(stage, given.pop("words"))
    named = {option.parameter: given[option.parameter] for option in stage.options}
    paths = {key: _path(stage, key, value) for key, value in named.items() if value is not None}
    if files and stage.files == "one":
        paths["file"] = files[0]
    elif files:
        paths["files"] = [*files, *paths.get("files", [])]
    folder = given["config_dir"]
    overrides = [word for word in settings if json_asked(word) is None]
    as_json = given["json"] or any(json_asked(word) for word in settings)
    return Request(stage, paths, overrides, None if folder is None else Path(folder), as_json)


def _refuse_misspelt(stage: Stage, words: Sequence[str]) -> None:
    """An option that does not exist, with the nearest one that does: argparse only says that it is unknown."""
    flags = [*(option.flag for option in stage.options), "--config-dir", "--json", "--debug", "--help"]
    for word in words:
        flag = word.split("=")[0]
        if flag.startswith("--") and flag not in (*flags, "--"):
            close = get_close_matches(flag, flags, n=1)
            hint = f"did you mean {close[0]}?" if close else f"options are {', '.join(flags)}"
            raise RedlaneError(
                f"{stage.name} has no option {flag}; {hint} (redlane {stage.name} --help lists them)"
            )


_SETTING = re.compile(r"(?:\+{1,2}|~)?(?P<key>[A-Za-z_][\w./@:-]*)=|~(?P<gone>[A-Za-z_][\w./@:-]*)\Z")


def key_of(word: str) -> str | None:
    """The key that a word of the command line sets, or nothing when it sets none.

    >>> key_of("lanes.capacity=5%"), key_of("+model.depth=3"), key_of("history.csv"), key_of("./a=b.csv")
    ('lanes.capacity', 'model.depth', None, None)
    """
    match = _SETTING.match(word)
    return None if match is None else match["key"] or match["gone"]


def json_asked(word: str) -> bool | None:
    """Whether a word asks for JSON (True), declines it (False), or speaks of something else (None).

    >>> json_asked("json=true"), json_asked("json=no"), json_asked("seed=1")
    (True, False, None)
    """
    if word == "--json":
        return True
    if not word.startswith("json="):
        return None
    return word.removeprefix("json=").lower() in ("true", "yes", "on", "1")


def _sort(stage: Stage, words: Sequence[str]) -> tuple[list[Path], list[str]]:
    """Files and settings; a word that could be either is a file when such a file exists."""
    settings = [word for word in words if key_of(word) is not None and not _is_file(stage, word)]
    files = [Path(word) for word in words if word not in settings]
    if "" in words:
        raise RedlaneError(f"{stage.name}: an argument is empty; give a file or key=value")
    if files and stage.files == "none":
        raise RedlaneError(f"{stage.name}: '{files[0]}' is neither an option nor a setting key=value")
    if len(files) > 1 and stage.files == "one":
        raise RedlaneError(f"{stage.name} takes one file, not {len(files)}: {', '.join(map(str, files))}")
    for word in settings:
        _refuse_path(stage, str(key_of(word)))
    return files, settings


def _refuse_path(stage: Stage, key: str) -> None:
    if key in stage.paths():
        raise RedlaneError(f"{stage.name}: '{key}' is not a setting; write {stage.paths()[key]}")


def _is_file(stage: Stage, word: str) -> bool:
    try:
        return stage.files != "none" and Path(word).exists()
    except OSError:
        return False


def _path(stage: Stage, key: str, value: Any) -> Any:
    if value is True:
        return True
    if any(option.parameter == key and option.kind == "text" for option in stage.options):
        return value
    if "" in (value if isinstance(value, list) else [value]):
        raise RedlaneError(f"{stage.name}: {stage.paths()[key]} is empty")
    return [Path(each) for each in value] if isinstance(value, list) else Path(value)


def _metavar(option: Option) -> str:
    if option.kind == "switch":
        return ""
    return _METAVARS.get(option.parameter, "DIR")


_METAVARS = {
    **dict.fromkeys(("files", "scores", "partner_table", "previous", "mask_key"), "FILE"),
    "out": "OUT",
    "declaration": "ID",
}


def _synopsis(stage: Stage) -> str:
    bare = {"none": "", "one": "FILE ", "many": "[FILE...] "}[stage.files]
    return bare + " ".join(f"[{option.flag} {_metavar(option)}".rstrip() + "]" for option in stage.options)


def _words_help(stage: Stage) -> str:
    files = {"none": "", "one": f"{stage.file}; ", "many": "declarations files; "}[stage.files]
    return f"{files}settings as key=value, listed below"
