"""The command: ``redlane <stage> FILE --option PATH key=value …``. The only file that knows Hydra.

It composes the settings, checks them, calls one stage and prints what came of it. Every error a person can
mend is one sentence; a fault in redlane is one sentence too, with a traceback on request.
"""

import os
import re
import signal
import sys
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, redirect_stdout
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from itertools import product
from pathlib import Path
from types import FrameType
from typing import Any, cast

from redlane import __version__, arguments, calling, configuration, console, progress
from redlane.errors import ExitCode, RedlaneError
from redlane.stage_table import STAGES, Stage

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells expect it (128 + the signal's number)."""
TERMINATED = 143
"""Exit status after a polite request to end."""


class _Terminated(KeyboardInterrupt):
    """Somebody asked this process to end; unwinds like Ctrl-C so that unfinished files are removed."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status (:class:`redlane.errors.ExitCode`)."""
    words = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in words or os.environ.get("REDLANE_DEBUG", "") not in ("", "0")
    with _prepared(debug):
        return _guarded(words, debug)


def compose(stage: str, overrides: Sequence[str], own: Sequence[Path] = ()) -> dict[str, Any]:
    """The settings of *stage* as plain data: its file, the chosen groups, then *overrides*.

    *own* are the user's folders; what they hold goes before redlane's file of the same name.

    Raises:
        RedlaneError: a setting or choice is unknown, or a value cannot be read.
    """
    from hydra import compose as hydra_compose
    from hydra import initialize_config_dir
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError

    _own_folders().folders = tuple(own)
    try:
        with initialize_config_dir(str(configuration.conf_folder()), version_base="1.3"):
            composed = hydra_compose(stage, overrides=list(overrides))
        _refuse_environment(stage, OmegaConf.to_container(composed, resolve=False))
        values = OmegaConf.to_container(composed, resolve=True, throw_on_missing=True)
    except YAMLError as error:
        raise RedlaneError(
            f"{stage}: a settings file is not readable YAML: {' '.join(str(error).split())}"
        ) from error
    except (HydraException, OmegaConfBaseException, ValueError) as error:
        raise RedlaneError(f"{stage}: {_sentence(stage, str(error), overrides, own)}") from error
    return cast(dict[str, Any], values)


def _guarded(words: list[str], debug: bool) -> int:
    """Run the command line; whatever happens becomes an exit status and at most one line."""
    try:
        status = _dispatch(words)
        sys.stdout.flush()
        return status
    except RedlaneError as error:
        return _end(words, ExitCode.REFUSED, str(error), debug)
    except _Terminated:
        return _end(words, TERMINATED, "stopped on request; nothing unfinished was left behind", debug)
    except KeyboardInterrupt:
        return _end(words, INTERRUPTED, "interrupted; nothing unfinished was left behind", debug)
    except BrokenPipeError:
        # The reader went away (``redlane … | head``): nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return ExitCode.FAILED
    except Exception as fault:
        sentence = f"this is a fault in redlane ({type(fault).__name__}: {fault}); please report it"
        return _end(words, ExitCode.FAILED, sentence + ("" if debug else "; --debug shows where"), debug)


def _dispatch(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        print(arguments.overview(), file=sys.stdout if words else sys.stderr)
        return ExitCode.DONE if words else ExitCode.REFUSED
    if words[0] == "--version":
        print(f"redlane {__version__}")
        return ExitCode.DONE
    stage = _stage(words[0])
    if any(word in ("-h", "--help") for word in words[1:]):
        print(_help(stage, words[1:]))
        return ExitCode.DONE
    return _run(arguments.parse(stage, words[1:]))


def _run(request: arguments.Request) -> int:
    _refuse_hydra(request.stage, request.overrides)
    shown = console.Progress(sys.stderr)
    with closing(shown), redirect_stdout(sys.stderr), progress.reporting(shown):
        result = _swept(request) if request.multirun else _called(request)
    text = console.as_json(result) if request.json else console.as_text(result, sys.stdout.isatty())
    print(text)
    return int(result.exit_code)


def _called(request: arguments.Request) -> console.Result:
    """What the stage gives when it is called with the composed settings and the paths of *request*."""
    stage = request.stage
    values = compose(stage.name, request.overrides, configuration.own_folders(request.config_dir))
    run = calling.function_of(stage.name)
    asked = {part: getattr(request, part) for part in stage.asks}
    result: console.Result = run(**calling.arguments_for(stage, run, {**values, **request.paths, **asked}))
    return result


def _swept(request: arguments.Request) -> console.Result:
    """The stage once for each combination of comma-separated values; jobs compose their settings one by one."""
    from redlane import sweeping
    from redlane.registry import settings_of

    words, swept = _combinations(request.overrides)
    first = compose(request.stage.name, words[0], configuration.own_folders(request.config_dir))
    places = {**first, **request.paths}
    for name in ("bundle", "profiles"):
        if places[name] is None:
            raise RedlaneError(
                f"{request.stage.name} needs {request.stage.paths()[name]}, or a recipe that says it"
            )
    jobs = sweeping.jobs_of(words, swept, Path(places["bundle"]), Path(places["profiles"]))

    def call(job: sweeping.Job, more: Sequence[str]) -> sweeping.Done:
        paths = {**request.paths, "bundle": job.bundle, "profiles": job.profiles}
        one = replace(request, overrides=[*job.overrides, *more], paths=paths, multirun=False, json=True)
        if request.jobs > 1:
            return sweeping.in_a_process(arguments.words_of(one), job)
        return sweeping.guarded(lambda: _called(one), job)

    def compare(bundles: Sequence[Path], profiles: Sequence[Path]) -> console.Result:
        paths = {
            "files": [Path(file) for file in places["files"]],
            "bundles": list(bundles),
            "profiles": list(profiles),
        }
        return _called(arguments.Request(STAGES["compare"], paths, ["tracking.enabled=false"]))

    tracking = settings_of("tracking", first["tracking"])
    return sweeping.sweep(jobs, call, cast(Any, tracking), request.jobs, cast(Any, compare))


def _combinations(overrides: Sequence[str]) -> tuple[list[list[str]], list[str]]:
    """Every combination of the values that *overrides* list, by Hydra's own grammar; and the keys that have several.

    >>> _combinations(["model=lightgbm,logistic", "seed=range(1,3)", "x=[1,2]"])[0][1]
    ['model=lightgbm', 'seed=2', 'x=[1,2]']
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        parsed = OverridesParser.create().parse_overrides(list(overrides))
    except HydraException as error:
        raise RedlaneError(f"a sweep cannot be read: {' '.join(str(error).split())}") from error
    several = [each.get_key_element() for each in parsed if each.is_sweep_override()]
    choices = [
        [f"{each.get_key_element()}={value}" for value in each.sweep_string_iterator()]
        if each.is_sweep_override()
        else [str(each.input_line)]
        for each in parsed
    ]
    return [list(words) for words in product(*choices)], [key.lstrip("+") for key in several]


def _stage(name: str) -> Stage:
    if name in STAGES:
        return STAGES[name]
    close = get_close_matches(name, STAGES, n=1)
    hint = f"did you mean '{close[0]}'?" if close else f"stages are {', '.join(STAGES)}"
    raise RedlaneError(f"there is no stage '{name}'; {hint}")


def _help(stage: Stage, words: Sequence[str]) -> str:
    folder = next((words[place + 1] for place, word in enumerate(words[:-1]) if word == "--config-dir"), None)
    folders = configuration.search_folders(None if folder is None else Path(folder))
    settings = configuration.settings_help(stage.name, list(stage.paths()), folders)
    return arguments.parser_of(stage, settings).format_help().rstrip()


@contextmanager
def _prepared(debug: bool) -> Iterator[None]:
    """Telemetry off, streams that take any character, no warnings of libraries, a clean end when asked to stop."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    console.prepare_streams()
    with warnings.catch_warnings():
        if not debug and not sys.warnoptions:
            warnings.simplefilter("ignore")
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        previous = signal.signal(signal.SIGTERM, _terminate)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, previous)


def _terminate(number: int, frame: FrameType | None) -> None:
    raise _Terminated


def _end(words: Sequence[str], status: int, sentence: str, debug: bool) -> int:
    """Say the sentence on standard error and, when JSON was asked for, as one object on standard output."""
    if debug:
        import traceback

        traceback.print_exc()
    one_line = " ".join(console.visible(line) for line in sentence.splitlines())
    print(f"redlane: {one_line}", file=sys.stderr)
    if any(arguments.json_asked(word) for word in words):
        print(console.object_text({"error": one_line, "exit_code": int(status)}), flush=True)
    return int(status)


def _refuse_hydra(stage: Stage, overrides: Sequence[str]) -> None:
    for word in overrides:
        key = arguments.key_of(word) or ""
        if re.match(r"hydra\b", key):
            raise RedlaneError(
                f"{stage.name}: unknown setting '{key}'; redlane composes settings, it does not run Hydra"
            )


def _refuse_environment(stage: str, values: Any) -> None:
    """Environment variables would put secrets into bundles and reports, which keep the resolved settings."""
    for key, value in configuration.flat({"": values} if not isinstance(values, dict) else values).items():
        if "${oc.env" in str(value):
            raise RedlaneError(
                f"{stage}: '{key}' reads an environment variable; settings may not, write the value"
            )


def _sentence(stage: str, message: str, overrides: Sequence[str], own: Sequence[Path]) -> str:
    """Hydra's message as one sentence that names the key and what would be right."""
    if match := re.search(r"Could not find '(.+)/(.+)'", message):
        names = ", ".join(configuration.choices(match[1], [*own, configuration.conf_folder()])) or "none"
        return f"there is no {match[1]}={match[2]}; choices are {names}"
    if match := re.search(r"Could not override '(.+?)'", message):
        return _unknown(stage, match[1], overrides, own)
    if match := re.search(r"(?:Missing mandatory value|full_key): (\S+)", message):
        return f"the setting '{match[1]}' has no usable value ({message.splitlines()[0]})"
    if match := re.search(r"Ambiguous value for argument '(.+)'", message):
        return (
            f"'{match[1]}' holds a comma; write key=[a,b] for a list or key='a,b' in double quotes for text"
        )
    if "Lexer" in message or "input" in message:
        return f"a setting cannot be read: {message.splitlines()[0]}; write text in quotes, \"key='...'\""
    return " ".join(message.split("\nConfig search path")[0].split())


def _unknown(stage: str, key: str, overrides: Sequence[str], own: Sequence[Path]) -> str:
    """The sentence about a key that the stage's settings do not have, with the nearest one that they have."""
    if all(arguments.key_of(word) != key for word in overrides):
        return f"a recipe sets '{key}', which this stage does not have; choose it for another stage"
    known_groups = configuration.groups(_root(stage, own))
    chosen = [word for word in overrides if arguments.key_of(word) in known_groups]
    hidden = STAGES[stage].paths()
    known: Any = {name: value for name, value in compose(stage, chosen, own).items() if name not in hidden}
    passed: list[str] = []
    for part in key.split("."):
        if not isinstance(known, dict) or part not in known:
            break
        known = known[part]
        passed.append(part)
    where = f"{'.'.join(passed)}: " if passed else ""
    names = [str(name) for name in known if name != "name"] if isinstance(known, dict) else []
    missing = key.removeprefix(".".join(passed)).lstrip(".") or key
    if len(passed) == 1 and missing.split(".")[0] in calling.fields_of(passed[0], known):
        return f"{where}the chosen file does not hold '{missing}'; write it there, or as +{key}=value here"
    return where + calling.unknown(missing.split(".")[0], names)


def _root(stage: str, own: Sequence[Path]) -> Mapping[str, Any]:
    return configuration.load(stage, [*own, configuration.conf_folder()])


@cache
def _own_folders() -> Any:
    """Hydra's hook for more folders: paths reach it as they are, not through its override parser."""
    from hydra.core.config_search_path import ConfigSearchPath
    from hydra.core.plugins import Plugins
    from hydra.plugins.search_path_plugin import SearchPathPlugin

    class OwnFolders(SearchPathPlugin):
        folders: Sequence[Path] = ()

        def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
            for folder in reversed(self.folders):
                search_path.prepend("own", f"file://{folder}", "main")

    Plugins.instance().register(OwnFolders)
    return OwnFolders
