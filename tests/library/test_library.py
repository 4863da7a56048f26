"""The functions of a notebook: pandas in and out, and the same numbers that the stages give."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import redlane
from redlane.errors import RedlaneError
from tests.runs import QUICK, Trained

FEATURES = {
    "families": [
        {"family": "history", "key": ["importer_id"], "windows": ["all"], "measures": ["count", "hit_rate"]},
        {"family": "history", "key": ["seller_id"], "windows": ["all"], "measures": ["hit_rate"]},
        {"family": "amounts", "amounts": ["customs_value", "net_mass"]},
    ]
}


@pytest.fixture(scope="module")
def data(trained: Trained) -> redlane.Declarations:
    return redlane.read(trained.history_file)


@pytest.fixture(scope="module")
def profiles(data, tmp_path_factory):
    out = tmp_path_factory.mktemp("library") / "profiles"
    return redlane.build_profiles(data, redlane.choose("features/first", **FEATURES), out=out)


@pytest.fixture(scope="module")
def learned(data, profiles):
    parts = redlane.split(data, burn_in_days=28, tune_days=35, test_days=42)
    features = redlane.choose("features/first", **FEATURES)
    return redlane.fit(data, profiles, parts, features, redlane.choose("model/lightgbm", **QUICK))


@pytest.fixture(scope="module")
def judged(learned, data, profiles):
    return redlane.evaluate(
        learned, data, profiles, redlane.choose("evaluation/default", bootstrap_repeats=20)
    )


def test_everything_that_is_offered_is_there_and_written_in_the_stub() -> None:
    stub = (Path(redlane.__file__).parent / "__init__.pyi").read_text()
    for name in redlane.__all__:
        assert getattr(redlane, name)
        assert f" as {name}\n" in stub or name == "__version__"
        assert name in dir(redlane)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = redlane.nonsense


def test_importing_it_loads_nothing_heavy() -> None:
    code = (
        "import redlane, sys; print(sorted({'pandas', 'numpy', 'lightgbm', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_scores_keep_the_index_and_need_no_company(data, profiles, learned) -> None:
    few = data.frame.sample(50, random_state=0)
    scores = redlane.score(few, profiles, learned)
    whole = redlane.score(data, profiles, learned)
    assert scores.index.equals(few.index)
    assert scores["margin"].equals(whole.loc[few.index, "margin"])
    assert scores.sort_values("rank")["margin"].is_monotonic_decreasing
    assert sorted(scores["rank"]) == list(range(1, 51))


def test_contributions_add_up_and_reasons_are_among_them(data, profiles, learned) -> None:
    few = data.frame.tail(20)
    parts = redlane.contributions(few, profiles, learned)
    margin = redlane.score(few, profiles, learned)["margin"]
    np.testing.assert_allclose(parts.sum(axis=1), margin, atol=1e-9)
    told = redlane.explain(few, profiles, learned)
    assert set(told["code"]) <= set(parts)
    assert (told["contribution"] > 0).all()
    assert set(told["declaration_id"]) <= set(few["declaration_id"])


def test_a_bundle_from_a_notebook_scores_a_file(judged, data, profiles, trained, tmp_path) -> None:
    store = tmp_path / "profiles" / "own"
    features = judged.learned.features
    written = redlane.build_profiles(data, features, out=store)
    bundle = redlane.write_bundle(tmp_path / "models" / "own", judged, written, data, caution="Only a test.")
    assert redlane.features_of(bundle) == features
    out = tmp_path / "scores.parquet"
    redlane.score_file_with(trained.new_file, out, bundle.folder, store, capacity=10)
    key = ["declaration_id", "item_number"]
    stored = pd.read_parquet(out).set_index(key)
    mine = redlane.score(redlane.read(trained.new_file), written, judged.learned).set_index(key)
    assert stored["margin"].equals(mine.loc[stored.index, "margin"])
    assert "Only a test." in (bundle.folder / "card.md").read_text()


def test_profiles_that_were_not_written_make_no_bundle(judged, data, tmp_path) -> None:
    loose = redlane.build_profiles(data, judged.learned.features)
    with pytest.raises(RedlaneError, match="never written"):
        redlane.write_bundle(tmp_path / "own", judged, loose, data)


def test_a_model_does_not_differ_from_itself_and_needs_another(data, profiles, learned) -> None:
    quick = redlane.choose("evaluation/default", bootstrap_repeats=50)
    same = redlane.compare({"a": learned, "b": learned}, data, profiles, quick)
    assert (same[["value", "low", "high"]].to_numpy() == 0).all()
    with pytest.raises(RedlaneError, match="two models"):
        redlane.compare({"a": learned}, data, profiles, quick)


def test_results_show_themselves_with_everything_escaped(judged, learned, data) -> None:
    page = judged._repr_html_()
    assert "importer history" in page and "goods look-up table" in page and "random" in page
    assert "fitted on" in learned._repr_html_()
    bad = redlane.Declarations(data.frame.head(1).assign(office="<script>"), data.format, read=1)
    assert "<script>" not in bad._repr_html_()


def test_a_case_file_is_the_stored_score_recomputed(trained: Trained, tmp_path: Path) -> None:
    out = tmp_path / "scores.parquet"
    trained.score(out)
    stored = pd.read_parquet(out)
    who = stored.loc[stored["rank"] == 1, "declaration_id"].iloc[0]
    case = redlane.case_file(
        who, scores=out, declarations=trained.new_file, bundle=trained.bundle, profiles=trained.profiles
    )
    assert case.holds
    assert who in case.html
    assert case._repr_html_().count("<iframe") == 1
    assert case.write(tmp_path / "case.html").read_text() == case.html


def test_choices_are_checked_by_name() -> None:
    assert redlane.choose("lanes/asycuda", capacity=12).capacity == 12
    nested = redlane.choose("declarations/canonical", policies={"hs_format": "missing"}).policies
    assert (nested.hs_format, nested.flag_format) == ("missing", "reject")
    for wrong, said in (("lanes", "is no choice"), ("lanes/none", "lanes has asycuda")):
        with pytest.raises(RedlaneError, match=said):
            redlane.choose(wrong)
    with pytest.raises(RedlaneError, match="unknown key 'capcity'"):
        redlane.choose("lanes/asycuda", capcity=1)


def test_a_choice_of_ones_own_lies_over_the_one_it_names(tmp_path: Path) -> None:
    (tmp_path / "lanes").mkdir()
    (tmp_path / "lanes" / "mine.yaml").write_text("defaults: [asycuda, _self_]\ncapacity: 7\n")
    mine = redlane.choose("lanes/mine", config_dir=tmp_path)
    assert mine == redlane.choose("lanes/asycuda", capacity=7)


def test_features_that_cannot_be_fed_are_left_out_with_a_warning(data) -> None:
    frame = data.frame.drop(columns="seller_id")
    with pytest.warns(UserWarning, match="no seller_id"):
        fed = redlane.features_for(frame, redlane.choose("features/first", **FEATURES))
    assert [feature.name for feature in fed.features()][:2] == ["importer_count", "importer_hit_rate"]
    assert "seller_hit_rate" not in {feature.name for feature in fed.features()}
