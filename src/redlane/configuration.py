"""Where the settings files are, and what they say: found from a checkout and from an installed package.

Nothing here needs Hydra, so that ``--help`` stays quick; values are shown as written, not interpolated.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from redlane.errors import RedlaneError

_WIDEST, _LONGEST = 60, 24


def conf_folder() -> Path:
    """The settings that redlane brings along: inside the installed package, else the checkout's ``conf/``.

    Raises:
        RedlaneError: neither is there.
    """
    here = Path(__file__).resolve().parent
    for folder in (here / "conf", here.parents[1] / "conf"):
        if folder.is_dir():
            return folder
    raise RedlaneError(
        f"redlane's settings are missing: there is no folder {here / 'conf'}; install redlane again"
    )


def own_folders(config_dir: Path | None) -> list[Path]:
    """The user's folders, searched before redlane's own: ``--config-dir``, then ``conf/local``.

    Raises:
        RedlaneError: *config_dir* is not a folder.
    """
    if config_dir is not None and not config_dir.is_dir():
        raise RedlaneError(f"--config-dir {config_dir} is not a folder")
    local = conf_folder() / "local"
    return [folder.resolve() for folder in (config_dir, local) if folder is not None and folder.is_dir()]


def search_folders(config_dir: Path | None = None) -> list[Path]:
    """Every folder of settings, the first one that has a file wins."""
    return [*own_folders(config_dir), conf_folder()]


def choices(group: str, folders: Sequence[Path]) -> list[str]:
    """The names that ``group=`` may take.

    >>> "default" in choices("evaluation", search_folders())
    True
    """
    return sorted({file.stem for folder in folders for file in (folder / group).glob("*.yaml")})


def load(name: str, folders: Sequence[Path]) -> dict[str, Any]:
    """One settings file as plain data, without composing anything.

    Raises:
        RedlaneError: there is no such file, or it is not YAML with keys at its root.
    """
    import yaml

    for file in (folder / f"{name}.yaml" for folder in folders):
        if file.is_file():
            try:
                text = file.read_text(encoding="utf-8")
                loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, ten times as fast
                values = yaml.load(text, Loader=loader) or {}  # noqa: S506
            except (yaml.YAMLError, UnicodeDecodeError) as error:
                raise RedlaneError(f"{file} is not readable YAML: {' '.join(str(error).split())}") from None
            if isinstance(values, dict):
                return values
            raise RedlaneError(f"{file} must hold keys and values, not {type(values).__name__}")
    raise RedlaneError(f"there is no settings file {name}.yaml in {', '.join(map(str, folders))}")


def groups(root: Mapping[str, Any]) -> dict[str, str | None]:
    """Group and default choice, as listed under ``defaults`` of a stage's file.

    >>> groups({"defaults": ["_self_", {"lanes": "asycuda"}, {"optional experiment": None}]})
    {'lanes': 'asycuda', 'experiment': None}
    """
    entries = [entry for entry in root.get("defaults", []) if isinstance(entry, dict)]
    return {str(key).split()[-1].lstrip("/"): choice for entry in entries for key, choice in entry.items()}


def flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested settings by dotted key; long tables stay whole.

    >>> flat({"lanes": {"capacity": "5%", "shares": {"red": 1}}})
    {'lanes.capacity': '5%', 'lanes.shares.red': 1}
    """
    found: dict[str, Any] = {}
    for key, value in values.items():
        nested = isinstance(value, dict) and value and (not prefix or len(value) <= _LONGEST)
        found.update(flat(value, f"{prefix}{key}.") if nested else {f"{prefix}{key}": value})
    return found


def settings_help(stage: str, hidden: Sequence[str], folders: Sequence[Path]) -> str:
    """A stage's settings with their defaults and choices, as lines for ``--help``, without *hidden* keys."""
    root = load(stage, folders)
    lines = ["settings, with their defaults:"]
    for key, value in root.items():
        if key not in ("defaults", *hidden, *groups(root)):
            lines += [f"  {each}={_shown(setting)}" for each, setting in flat({key: value}).items()]
    for group, choice in groups(root).items():
        lines += [
            "",
            f"  {group}={_shown(choice)}    choices: {', '.join(choices(group, folders)) or 'none'}",
        ]
        if choice is not None and group != "experiment":
            chosen = {
                key: value for key, value in load(f"{group}/{choice}", folders).items() if key != "name"
            }
            lines += [f"    {key}={_shown(value)}" for key, value in flat({group: chosen}).items()]
    return "\n".join([*lines, "", f"Each is explained in {folders[-1]}."])


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    if len(text) <= _WIDEST:
        return text
    return f"({len(value)} entries)" if isinstance(value, dict | list) else text[: _WIDEST - 1] + "…"
