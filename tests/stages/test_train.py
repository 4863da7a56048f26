"""Training: the same data gives the same bytes; nobody's id leaves the profiles; nothing is replaced in error."""

import logging
import re
from pathlib import Path

import pandas as pd
import pytest

from redlane.console import as_text
from redlane.declarations.periods import Periods
from redlane.errors import ExitCode, RedlaneError
from redlane.features.catalogue import FeatureSettings
from redlane.io.files import read_json, sha256_files
from redlane.model.bundle import read_bundle
from redlane.model.sealing import identity
from redlane.stages.result import StageResult
from tests.runs import CANARY, PARTIES, QUICK, chosen, run_score, run_train, write_csv

LEARNT = ("trees.txt", "calibration.json", "features.json", "golden.parquet")


def learnt(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in LEARNT}


def test_training_again_elsewhere_gives_the_same_bundle(trained, tmp_path):
    moved = tmp_path / "another place" / "history.parquet"
    moved.parent.mkdir()
    moved.write_bytes(trained.history_file.read_bytes())
    again = run_train(tmp_path, [moved], partner_table=trained.partners)
    assert again.numbers["bundle_id"] == trained.result.numbers["bundle_id"]
    assert again.numbers["profiles_id"] == trained.result.numbers["profiles_id"]
    assert sha256_files(again.paths["bundle"]) == sha256_files(trained.bundle)
    assert sha256_files(again.paths["profiles"]) == sha256_files(trained.profiles)


def test_order_container_and_threads_do_not_change_what_is_learnt(trained, tmp_path):
    shuffled = write_csv(trained.history.sample(frac=1, random_state=3), tmp_path / "history.csv")
    threads = chosen("model", "lightgbm", **{**QUICK, "num_threads": 2})
    again = run_train(tmp_path, [shuffled], model=threads, partner_table=trained.partners)
    assert learnt(again.paths["bundle"]) == learnt(trained.bundle)


def test_history_may_come_in_several_files(trained, tmp_path):
    half = len(trained.history) // 2
    parts = [trained.history[half:], trained.history[:half]]
    for number, part in enumerate(parts):
        (tmp_path / str(number)).mkdir()
        part.to_parquet(tmp_path / str(number) / "part.parquet")
    files = [tmp_path / "0" / "part.parquet", tmp_path / "1" / "part.parquet"]
    again = run_train(tmp_path, files, partner_table=trained.partners)
    assert learnt(again.paths["bundle"]) == learnt(trained.bundle)
    inputs = read_bundle(again.paths["bundle"]).manifest["facts"]["inputs"]
    own = [name for name in inputs if name.startswith("part.")]
    assert len(own) == 2 and all(re.fullmatch(r"part\.parquet \([0-9a-f]{8}\)", name) for name in own)


def test_bundle_and_card_say_what_kind_of_model_they_hold(trained):
    bundle = read_bundle(trained.bundle)
    assert bundle.configured("model")["name"] == bundle.manifest["facts"]["model"] == "lightgbm"
    assert "\nKind of model: lightgbm: gradient boosted trees" in (trained.bundle / "card.md").read_text()


@pytest.mark.slow
def test_a_line_trains_scores_and_gives_reasons_as_trees_do(trained, tmp_path):
    line = chosen("model", "logistic_regression", revenue=None)
    result = run_train(tmp_path, [trained.history_file], model=line, partner_table=trained.partners)
    scored = run_score(trained.new_file, result.paths["bundle"], tmp_path / "scores.parquet")
    rows = pd.read_parquet(scored.paths["scores"])
    assert len(rows) == len(trained.new) and rows["margin"].nunique() > 100
    assert rows.loc[rows["lane"] == "red", "reasons"].str.len().gt(0).all()
    facts = read_bundle(result.paths["bundle"]).manifest["facts"]
    assert facts["model"] == "logistic_regression" and facts["learner"].startswith("scikit-learn ")


def test_the_card_is_filled_in(trained):
    card = (trained.bundle / "card.md").read_text()
    parts = re.split(r"^## ", card, flags=re.M)
    assert [part.splitlines()[0] for part in parts[1:]] == [
        "Intended use",
        "Data and periods",
        "Evaluation",
        "Features",
        "Limits",
    ]
    assert all(len(part) > 200 for part in parts[1:])
    for baseline in ("random", "value rank", "unit-price rule", "importer history", "logistic regression"):
        assert f"| {baseline} |" in card
    assert "goods look-up table" in card
    assert "honest slice" in card
    assert re.search(r"\| redlane \| 0\.\d+ \(0\.\d+–0\.\d+\)", card), "measures with their intervals"
    assert str(trained.history_file.parent) not in card


def test_counts_add_up_and_rejects_are_said(trained, tmp_path):
    frame = trained.history.astype(object)
    frame.loc[[3, 9], "hs_code"] = "chairs"
    result = run_train(tmp_path, [write_csv(frame, tmp_path / "history.csv")])
    assert result.exit_code == ExitCode.DONE_WITH_REJECTS
    assert result.counts["read"] == len(frame) == result.counts["accepted"] + result.counts["rejected"]
    assert result.counts["rejected"] == 2
    assert result.tables[-1].title == "Rejected"
    assert result.tables[-1].frame.loc[0, "first"] == "history.csv, record 4, hs_code"


@pytest.mark.slow
def test_no_party_is_named_in_the_bundle_the_record_or_the_log(trained, tmp_path, caplog, capfd, monkeypatch):
    monkeypatch.chdir(tmp_path)
    caplog.set_level(logging.DEBUG)
    result = run_train(tmp_path, [trained.history_file], tracking=chosen("tracking", "local"))
    places = [tmp_path / "models", tmp_path / "mlruns", tmp_path / "mlflow.db"]
    files = [path for place in places for path in (place, *place.rglob("*")) if path.is_file()]
    assert {"card.md", "MLmodel", "mlflow.db", "gain.png"} <= {path.name for path in files}
    named = [path for path in files if CANARY in readable(path)]
    assert not named
    assert any(CANARY in readable(path) for path in (tmp_path / "profiles").rglob("*.parquet"))
    said = "".join([caplog.text, *capfd.readouterr(), repr(result)])
    assert CANARY not in said
    assert all(trained.history[name].str.startswith(CANARY).any() for name in PARTIES)


def readable(path: Path) -> str:
    """What stands in a file, Parquet unpacked."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path).to_csv()
    return path.read_bytes().decode("latin-1")


def test_a_place_for_runs_that_cannot_be_used_shows_before_anything_is_written(
    trained, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mlflow.db").write_text("not a database, " * 100)
    with pytest.raises(RedlaneError, match=r"mlflow\.db"):
        run_train(tmp_path, [trained.history_file], tracking=chosen("tracking", "local"))
    assert not (tmp_path / "models").exists()
    assert not (tmp_path / "profiles").exists()


@pytest.fixture
def earlier(trained, tmp_path):
    """A bundle and profiles of an earlier training on a shorter history, and their hashes."""
    run_train(tmp_path, [write_csv(trained.history.iloc[40:], tmp_path / "shorter.csv")])
    return {name: dict(sha256_files(tmp_path / name)) for name in ("models", "profiles")}


def test_a_training_that_fails_leaves_the_earlier_one_as_it_was(trained, tmp_path, earlier, monkeypatch):
    def fails(*args, **kwargs):
        raise RedlaneError("the evaluation was not possible")

    monkeypatch.setattr("redlane.evaluation.splitting.compare", fails)
    with pytest.raises(RedlaneError, match="not possible"):
        run_train(
            tmp_path, [trained.history_file], model=chosen("model", "lightgbm", **{**QUICK, "rounds": 5})
        )
    assert {name: dict(sha256_files(tmp_path / name)) for name in ("models", "profiles")} == earlier
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["small"]
    assert [path.name for path in (tmp_path / "profiles").iterdir()] == ["small"]


@pytest.mark.slow
def test_when_only_the_record_fails_the_sentence_says_so(trained, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def fails(*args, **kwargs):
        raise RedlaneError("the server went away")

    monkeypatch.setattr("redlane.tracking.mlflow_run.log_model", fails)
    monkeypatch.setattr("redlane.stages.learning.write_evaluation", lambda *_: [])
    with pytest.raises(RedlaneError, match=r"server went away; .*small are written, only the record is not"):
        run_train(tmp_path, [trained.history_file], tracking=chosen("tracking", "local"))
    read_bundle(tmp_path / "models" / "small")


def test_folders_of_something_else_are_not_replaced(trained, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    history = data / "history.parquet"
    history.write_bytes(trained.history_file.read_bytes())
    for changes in ({"bundle": data}, {"profiles": data}, {"bundle": tmp_path}, {"bundle": trained.profiles}):
        with pytest.raises(RedlaneError, match="would be replaced"):
            run_train(tmp_path, [history], **changes)
    same = tmp_path / "same"
    with pytest.raises(RedlaneError, match="would be replaced"):
        run_train(tmp_path, [history], bundle=same, profiles=same)
    assert history.read_bytes() == trained.history_file.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (
            ["irregular", "outcome_known_on", "recovered_revenue", "inspected"],
            "no declaration has an outcome",
        ),
        (["customs_value"], "'customs_value'"),
    ],
)
def test_files_that_cannot_teach_are_refused(trained, tmp_path, columns, sentence):
    lean = write_csv(trained.history.drop(columns=columns), tmp_path / "lean.csv")
    with pytest.raises(RedlaneError, match=sentence) as caught:
        run_train(tmp_path, [lean], features=chosen("features", "default"))
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["lean.csv"]


def test_periods_that_hold_nothing_are_refused(trained, tmp_path):
    with pytest.raises(RedlaneError, match="period"):
        run_train(tmp_path, [trained.history_file], periods=Periods(burn_in_days=5000))
    assert not list(tmp_path.iterdir())


def test_a_bundle_trained_on_other_features_is_refused(trained, tmp_path):
    """As another version of redlane might make one: its feature list says other names than the settings give."""
    bundle = read_bundle(trained.bundle)
    families = FeatureSettings.parse(bundle.configuration["features"]).plain()["families"]
    others = {**bundle.configuration, "features": {"families": families[1:]}}
    altered = tmp_path / "models" / "small"
    altered.mkdir(parents=True)
    for path in trained.bundle.iterdir():
        (altered / path.name).write_bytes(path.read_bytes())
    reseal(altered, others)
    with pytest.raises(RedlaneError, match="trained on other features"):
        run_score(trained.new_file, altered, tmp_path / "x.csv", profiles=trained.profiles)
    assert not (tmp_path / "x.csv").exists()


def reseal(folder: Path, configuration: dict) -> None:
    """Put another configuration into a bundle, manifest included."""
    from redlane.io.files import write_json
    from redlane.model.sealing import MANIFEST, seal

    write_json(folder / "configuration.json", configuration)
    manifest = read_json(folder / MANIFEST)
    about = {key: manifest[key] for key in manifest if key not in ("files", "format", "id")}
    assert seal(folder, about) == identity(read_json(folder / MANIFEST))


def test_a_file_of_which_no_row_is_accepted_is_refused_with_the_reason(trained, tmp_path):
    wrong = write_csv(trained.history.assign(registered_on="31/12/2024"), tmp_path / "history.csv")
    with pytest.raises(RedlaneError, match=r"all [\d,]+ rows were rejected.*'date-format'.*31/12/2024"):
        run_train(tmp_path, [wrong])


def test_a_misspelt_label_is_named(trained, tmp_path):
    renamed = write_csv(
        trained.history.rename(columns={"importer_id": "importers"}), tmp_path / "history.csv"
    )
    with pytest.raises(RedlaneError, match=r"'importer_id'.*no column 'importer_id': correct the label"):
        run_train(tmp_path, [renamed], features=chosen("features", "default"))


def test_no_table_is_wider_than_a_terminal(trained):
    widths = [
        max(map(len, as_text(StageResult("", tables=[table])).splitlines()))
        for table in trained.result.tables
    ]
    assert max(widths) <= 120
