"""The evaluate stage: a bundle is judged only on what came after it, beside the baselines."""

import pandas as pd
import pytest

from redlane.errors import ExitCode, RedlaneError
from redlane.io.files import read_json
from redlane.stages import evaluate
from tests.runs import chosen, write_csv


def run(trained, files, **changes):
    standard = {
        "bundle": trained.bundle,
        "profiles": None,
        "out": None,
        "declarations": None,
        "evaluation": chosen("evaluation", "default", bootstrap_repeats=20),
        "as_of": None,
    }
    return evaluate.run(files=files, **{**standard, **changes})


def test_the_training_data_gives_the_numbers_of_training(trained):
    again = run(trained, [trained.history_file])
    for name in ("all_test_rows", "rows_with_an_unseen_goods_tuple"):
        for ranking in ("rows", "base_rate", "redlane", "random", "value rank", "importer history"):
            assert again.numbers[name][ranking] == trained.result.numbers[name][ranking], ranking
    assert again.counts["judged"] == trained.result.counts["test"]
    assert again.exit_code == ExitCode.DONE


def test_without_earlier_rows_the_baselines_that_learn_are_left_out(trained, tmp_path):
    test_from = trained.history["registered_on"].max() - pd.Timedelta(days=41)
    late = trained.history[trained.history["registered_on"] >= test_from]
    result = run(trained, [write_csv(late, tmp_path / "late.csv")])
    measured = result.numbers["all_test_rows"]
    assert measured["redlane"] == trained.result.numbers["all_test_rows"]["redlane"]
    assert "importer history" in measured
    assert not {"goods look-up table", "logistic regression"} & set(measured)


def test_tables_and_plots_are_written(trained, tmp_path):
    result = run(trained, [trained.history_file], out=tmp_path / "report")
    folder = result.paths["evaluation"]
    assert {"evaluation.json", "gain.png", "calibration.png", "precision_recall.png"} <= {
        path.name for path in folder.iterdir()
    }
    assert read_json(folder / "evaluation.json")["All test rows"]["n"] == trained.result.counts["test"]
    run(trained, [trained.history_file], out=tmp_path / "report")
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(RedlaneError, match="would be replaced"):
        run(trained, [trained.history_file], out=folder)
    assert (folder / "notes.txt").read_text() == "mine"


def test_rows_it_may_have_learnt_from_are_refused(trained, tmp_path):
    early = write_csv(trained.history.head(500), tmp_path / "early.csv")
    with pytest.raises(RedlaneError, match="never judged on rows it may have learnt from"):
        run(trained, [early])


def test_a_file_without_outcomes_is_refused(trained):
    with pytest.raises(RedlaneError, match="no declaration has an outcome"):
        run(trained, [trained.new_file])


def test_an_unknown_bundle_is_refused(trained, tmp_path):
    with pytest.raises(RedlaneError, match="cannot be read as a bundle"):
        run(trained, [trained.history_file], bundle=tmp_path / "nothing", profiles=trained.profiles)
