"""What each stage takes on the command line: which words are paths, which are settings.

Paths are ordinary arguments and reach a stage verbatim. Settings are ``key=value`` and are composed with the
files in ``conf/``. Which paths a stage takes stands in :mod:`redlane.stage_table`.
"""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from redlane.errors import RedlaneError
from redlane.stage_table import STAGES, Stage, metavar


@dataclass(frozen=True)
class Request:
    """A command line, taken apart: path parameters, settings, and how to answer."""

    stage: Stage
    paths: dict[str, Any] = field(default_factory=dict)
    overrides: list[str] = field(default_factory=list)
    config_dir: Path | None = None
    json: bool = False
    multirun: bool = False
    jobs: int = 1


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
            {"action": "store_true"} if option.kind == "switch" else {"metavar": metavar(option)}
        )
        if option.kind == "paths":
            kind["action"] = "append"
        if option.kind == "several":
            kind |= {"action": "extend", "nargs": "+", "metavar": metavar(option).removesuffix("...")}
        parser.add_argument(option.flag, dest=option.parameter, default=None, help=option.sentence, **kind)
    if stage.sweeps:
        parser.add_argument(
            *_MULTIRUN, action="store_true", help="once for each combination of key=a,b values"
        )
        parser.add_argument("--jobs", metavar="N", help="with --multirun: how many at once; also jobs=N")
    add_common(parser)
    return parser


_MULTIRUN = ("-m", "--multirun")


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
            "4 done, what was recomputed differs, 5 done, a check or gate did not pass.",
        ]
    )


def parse(stage: Stage, words: Sequence[str]) -> Request:
    """Take the command line of *stage* apart.

    Raises:
        RedlaneError: an option is unknown or lacks its value, or a path is given as a setting.
    """
    _refuse_misspelt(stage, words)
    given = vars(parser_of(stage).parse_intermixed_args(words))
    bare = [*given.pop("words"), *_settings_swallowed(stage, given)]
    files, settings = _sort(stage, bare)
    named = {option.parameter: given[option.parameter] for option in stage.options}
    paths = {key: _path(stage, key, value) for key, value in named.items() if value is not None}
    if files and stage.files == "one":
        paths["file"] = files[0]
    elif files:
        paths["files"] = [*files, *paths.get("files", [])]
    folder = given["config_dir"]
    overrides = [word for word in settings if json_asked(word) is None and not _is_jobs(stage, word)]
    spoken = [word.removeprefix("jobs=") for word in settings if _is_jobs(stage, word)]
    jobs = _jobs(stage, spoken[-1] if spoken else given.get("jobs"), bool(given.get("multirun")))
    as_json = given["json"] or any(json_asked(word) for word in settings)
    own = None if folder is None else Path(folder)
    return Request(stage, paths, overrides, own, as_json, bool(given.get("multirun")), jobs)


def _is_jobs(stage: Stage, word: str) -> bool:
    return stage.sweeps and word.startswith("jobs=")


def _jobs(stage: Stage, asked: str | None, multirun: bool) -> int:
    """How many jobs of a sweep run at once."""
    if asked is None:
        return 1
    if not multirun:
        raise RedlaneError(f"{stage.name}: jobs={asked} is for sweeps; say --multirun")
    if not asked.isdecimal() or not 1 <= int(asked) <= _MOST_JOBS:
        raise RedlaneError(f"{stage.name}: jobs is '{asked}'; give a whole number from 1 to {_MOST_JOBS}")
    return int(asked)


_MOST_JOBS = 64


def words_of(request: Request) -> list[str]:
    """The command line that means *request*; the inverse of :func:`parse`.

    >>> words_of(Request(STAGES["train"], {"files": [Path("a.csv")], "bundle": Path("m/x")}, ["model.rounds=5"]))
    ['train', '--declarations', 'a.csv', '--bundle', 'm/x', 'model.rounds=5']
    """
    words = [request.stage.name]
    for option in request.stage.options:
        value = request.paths.get(option.parameter)
        for each in value if isinstance(value, list) else [value]:
            if each is not None:
                words += [option.flag] if each is True else [option.flag, str(each)]
    words += [] if request.config_dir is None else ["--config-dir", str(request.config_dir)]
    return [*words, *(["--json"] if request.json else []), *request.overrides]


def _settings_swallowed(stage: Stage, given: dict[str, Any]) -> list[str]:
    """Words ``key=value`` after an option that takes several paths: they are settings, and taken out of it."""
    settings: list[str] = []
    for option in stage.options:
        words = given[option.parameter]
        if option.kind == "several" and words is not None:
            settings += [word for word in words if key_of(word) is not None and not Path(word).exists()]
            given[option.parameter] = [word for word in words if word not in settings]
    return settings


def _refuse_misspelt(stage: Stage, words: Sequence[str]) -> None:
    """An option that does not exist, with the nearest one that does: argparse only says that it is unknown."""
    flags = [*(option.flag for option in stage.options), "--config-dir", "--json", "--debug", "--help"]
    flags += ["--multirun", "--jobs"] if stage.sweeps else []
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


def _synopsis(stage: Stage) -> str:
    bare = {"none": "", "one": "FILE ", "many": "[FILE...] "}[stage.files]
    return bare + " ".join(f"[{option.flag} {metavar(option)}".rstrip() + "]" for option in stage.options)


def _words_help(stage: Stage) -> str:
    files = {"none": "", "one": f"{stage.file}; ", "many": "declarations files; "}[stage.files]
    return f"{files}settings as key=value, listed below"
