"""Every settings file is an object, written down: it composes, its keys are known, nothing is left unsaid."""

import copy
import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from redlane import calling, cli, configuration, registry
from redlane.errors import RedlaneError
from redlane.settings import Settings
from redlane.stage_table import STAGES as TABLE

CONF = configuration.conf_folder()
GROUPS = sorted(
    (folder.name, file.stem)
    for folder in CONF.iterdir()
    if folder.name in registry.ROOMS
    for file in folder.glob("*.yaml")
)
STAGES = sorted(file.stem for file in CONF.glob("*.yaml"))
RECIPES = sorted(file.stem for file in (CONF / "experiment").glob("*.yaml"))
ANYWHERE = Path("somewhere")


once = functools.cache(lambda file: cli.compose(file, []))
"""A file composed without overrides: several tests look at the same."""


def composed(room: str, choice: str) -> dict[str, Any]:
    values: dict[str, Any] = copy.deepcopy(once(f"{room}/{choice}")[room])
    return values


def unsaid(settings: Settings, values: Mapping[str, Any]) -> list[str]:
    """Fields of *settings*, at any depth, that *values* leave to their defaults."""
    missing = [name for name in type(settings).model_fields if name not in values and name != "name"]
    for name, value in values.items():
        nested = getattr(settings, name, None)
        if isinstance(nested, Settings) and isinstance(value, Mapping):
            missing += [f"{name}.{each}" for each in unsaid(nested, value)]
    return missing


def call(stage: str, overrides: list[str]) -> dict[str, Any]:
    """The arguments that the command line would call *stage* with, had every path been given."""
    row = TABLE[stage]
    run = calling.function_of(stage)
    values = cli.compose(stage, overrides) if overrides else copy.deepcopy(once(stage))
    given: dict[str, Any] = {}
    several = {"files", *(option.parameter for option in row.options if option.kind in ("paths", "several"))}
    for key in row.paths():
        given[key] = [ANYWHERE] if key in several else ANYWHERE
    given |= {"overrides": []} if "overrides" in row.asks else {}
    for option in row.options:
        if option.kind in ("switch", "text"):
            given[option.parameter] = True if option.kind == "switch" else "words"
    return calling.arguments_for(row, run, {**values, **given})


def test_every_stage_has_its_file_its_function_and_its_row() -> None:
    modules = {
        file.stem
        for file in Path(calling.__file__).parent.joinpath("stages").glob("*.py")
        if re.search(r"^def run\(", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert set(STAGES) == set(TABLE) == modules


@pytest.mark.parametrize("stage", STAGES)
def test_root_keys_are_the_stage_functions_parameters(stage: str) -> None:
    assert set(once(stage)) == set(calling.parameters_of(calling.function_of(stage)))


@pytest.mark.parametrize("stage", STAGES)
def test_the_paths_of_a_stage_are_parameters_of_its_function(stage: str) -> None:
    assert set(TABLE[stage].paths()) <= set(calling.parameters_of(calling.function_of(stage)))


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_can_be_called_with_its_defaults(stage: str) -> None:
    assert call(stage, [])


@pytest.mark.parametrize("stage", STAGES)
def test_an_unknown_key_of_a_stage_is_refused_by_name(stage: str) -> None:
    with pytest.raises(RedlaneError, match="unknown setting 'nonsense'"):
        cli.compose(stage, ["nonsense=1"])
    with pytest.raises(RedlaneError, match="unknown setting 'nonsense'"):
        call(stage, ["+nonsense=1"])


@pytest.mark.parametrize(("room", "choice"), GROUPS)
def test_every_choice_becomes_the_settings_its_name_says(room: str, choice: str) -> None:
    values = composed(room, choice)
    settings = registry.settings_of(room, values)
    assert unsaid(settings, values) == []
    assert type(settings).parse(settings.plain()) == settings


@pytest.mark.parametrize(("room", "choice"), GROUPS)
def test_an_unknown_key_of_a_choice_is_refused_by_name(room: str, choice: str) -> None:
    with pytest.raises(RedlaneError, match="nonsense"):
        registry.settings_of(room, {**composed(room, choice), "nonsense": 1})


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(RedlaneError, match=r"lanes: there is no 'os\.system'; known names: .*asycuda"):
        registry.settings_of("lanes", {"name": "os.system"})


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_composes_and_says_why(recipe: str) -> None:
    assert call("train", [f"experiment={recipe}"])
    text = (CONF / "experiment" / f"{recipe}.yaml").read_text(encoding="utf-8")
    assert text.startswith("# @package _global_\n# ")


@pytest.mark.parametrize("file", sorted(CONF.rglob("*.yaml")), ids=lambda file: str(file.relative_to(CONF)))
def test_no_file_names_code_or_reads_the_environment(file: Path) -> None:
    if "local" in file.relative_to(CONF).parts:
        pytest.skip("a person's own settings")
    text = file.read_text(encoding="utf-8")
    assert "_target_" not in text
    assert "${oc." not in text
    assert text.startswith("#"), "a settings file opens with a sentence about itself"


@pytest.mark.parametrize("stage", STAGES)
def test_help_can_be_shown(stage: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([stage, "--help"]) == 0
    assert "settings, with their defaults:" in capsys.readouterr().out
