"""The promote stage: the champion moves only if every gate holds; each decision joins the chain."""

import json
import shutil

import pytest

from redlane.errors import ExitCode, RedlaneError
from redlane.governance.chain import CHAIN, CHAMPION, read_chain
from redlane.stages import promote
from tests.runs import CANARY, chosen

OPEN = {"calibration_error": 1.0, "subgroup_difference": 1.0, "documents": []}


def run(files, bundle, asked=None, **changes):
    standard = {
        "profiles": None,
        "by": "head of risk",
        "reason": None,
        "verify": False,
        "declarations": None,
        "evaluation": chosen("evaluation", "default", bootstrap_repeats=30),
        "comparison": chosen("comparison", "default", explained_rows=40),
        "explanations": chosen("explanations", "reasons"),
        "promotion": chosen("promotion", "default", **(OPEN if asked is None else asked)),
        "tracking": chosen("tracking", "local", enabled=False),
        "as_of": None,
    }
    return promote.run(files=files, bundle=bundle, **{**standard, **changes})


@pytest.fixture
def models(trained, tmp_path):
    for name in ("a", "b"):
        shutil.copytree(trained.bundle, tmp_path / "models" / name)
    return tmp_path / "models"


def test_the_first_champion_is_held_to_the_gates_that_need_no_other(trained, models):
    result = run([trained.history_file], models / "a", profiles=[trained.profiles])
    outcomes = {gate["code"]: gate["outcome"] for gate in result.numbers["gates"]}
    assert outcomes["PG01"] == outcomes["PG04"] == "not_applicable"
    assert outcomes["PG06"] == "passed" and result.exit_code == ExitCode.DONE
    assert json.loads((models / CHAMPION).read_text())["champion"]["bundle"] == "a"
    assert CANARY not in (models / CHAIN).read_text()


def test_a_refusal_says_which_gate_and_by_how_much_and_moves_nothing(trained, models):
    run([trained.history_file], models / "a", profiles=[trained.profiles])
    asked = {**OPEN, "calibration_error": 0.0, "documents": ["checks"]}
    result = run([trained.history_file], models / "b", asked, profiles=[trained.profiles])
    assert result.exit_code == ExitCode.NOT_PASSED
    assert any("PG02" in note and "above the 0.0000 allowed" in note for note in result.notes)
    assert any("holds no checks.json" in note for note in result.notes)
    chain = read_chain(models)
    assert [entry["promoted"] for entry in chain.entries] == [True, False]
    assert chain.champion["bundle"] == "a" and chain.entries[1]["by"] == "head of risk"
    verified = run(None, models / "b", verify=True, by=None)
    assert verified.counts == {"decisions": 2} and verified.numbers["head"] == chain.head


def test_only_an_earlier_champion_comes_back_for_a_reason(trained, models):
    with pytest.raises(RedlaneError, match="was never champion"):
        run(
            [trained.history_file],
            models / "a",
            profiles=[trained.profiles],
            reason="the new one fails at night",
        )
    run([trained.history_file], models / "a", profiles=[trained.profiles])
    result = run(
        [trained.history_file], models / "a", profiles=[trained.profiles], reason="it failed at night"
    )
    assert "it failed at night" in result.numbers["gates"][0]["sentence"]


def test_what_is_needed_is_asked_for(trained, models):
    with pytest.raises(RedlaneError, match="the name of who asks"):
        run([trained.history_file], models / "a", by=None)
    with pytest.raises(RedlaneError, match="declarations to be judged on"):
        run(None, models / "a")


def test_a_champion_that_was_exchanged_is_refused(trained, models):
    run([trained.history_file], models / "a", profiles=[trained.profiles])
    told = read_chain(models).entries[0]
    (models / CHAIN).unlink(), (models / CHAMPION).unlink()
    bare = {key: value for key, value in told.items() if key not in ("hash", "sequence", "previous")}
    read_chain(models).add({**bare, "bundle_id": "0" * 64})
    with pytest.raises(RedlaneError, match="is not the bundle that was made champion"):
        run([trained.history_file], models / "b", profiles=[trained.profiles])


@pytest.mark.slow
def test_the_registry_names_the_champion(trained, models, monkeypatch):
    from redlane.model.bundle import read_bundle
    from redlane.tracking.resolving import bundle_at

    monkeypatch.chdir(models.parent)
    tracking = chosen("tracking", "local")
    run([trained.history_file], models / "a", profiles=[trained.profiles], tracking=tracking)
    with bundle_at("models:/redlane@champion", tracking) as folder:
        assert read_bundle(folder).id == read_bundle(models / "a").id
