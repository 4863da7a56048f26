"""The compare stage: bundles on the same rows that none has learnt from, with a verdict in plain words."""

import json
import shutil

import pandas as pd
import pytest

from redlane.errors import ExitCode, RedlaneError
from redlane.stages import compare
from redlane.tracking.resolving import bundle_at
from tests.reports.browser import browsing, needs_browser, opened
from tests.reports.contrast import faint
from tests.runs import CANARY, chosen, run_train, write_csv


def run(files, bundles, **changes):
    standard = {
        "profiles": None,
        "out": None,
        "declarations": None,
        "evaluation": chosen("evaluation", "default", bootstrap_repeats=50, subgroup_least=60),
        "comparison": chosen("comparison", "default", timed_rows=50, explained_rows=60),
        "explanations": chosen("explanations", "reasons"),
        "tracking": chosen("tracking", "local", enabled=False),
        "language": "en",
        "as_of": None,
    }
    return compare.run(files=files, bundles=bundles, **{**standard, **changes})


@pytest.fixture(scope="module")
def weaker(trained, tmp_path_factory):
    """A bundle of the same days with a few small trees on the features redlane began with."""
    folder = tmp_path_factory.mktemp("weaker")
    features = chosen("features", "first", unavailable="leave_out")
    model = chosen(
        "model", "lightgbm", rounds=2, members=1, early_stopping_rounds=0, num_leaves=3, revenue=None
    )
    return run_train(folder, [trained.history_file], features=features, model=model).paths


@pytest.fixture(scope="module")
def compared(trained, weaker, tmp_path_factory):
    out = tmp_path_factory.mktemp("compared") / "page.html"
    stores = [trained.profiles, weaker["profiles"]]
    bundles = [trained.bundle, weaker["bundle"]]
    return run([trained.history_file], bundles, profiles=stores, out=out), out


def test_every_row_since_the_fit_is_compared_and_all_numbers_are_there(trained, compared):
    result, _ = compared
    assert result.counts["compared"] == trained.result.counts["test"]
    assert result.exit_code == ExitCode.DONE
    names = list(result.numbers["bundles"])
    other, first = names[1], names[0]
    measures = {line["measure"] for line in result.numbers["all_rows"]["differences"]}
    assert measures == {"precision", "recall", "revenue", "average_precision", "brier", "calibration_error"}
    rankings = {line["ranking"] for line in result.numbers["all_rows"]["values"]}
    assert {first, other, "random", "importer history", "goods look-up table"} <= rankings
    assert result.numbers["unseen"]["rows"] < result.numbers["all_rows"]["rows"]
    assert all(entry["rows_per_second"] > 0 for entry in result.numbers["bundles"].values())


def test_a_value_is_the_one_that_evaluation_gives(trained, compared):
    result, _ = compared
    told = {
        line["measure"]: line["value"]
        for line in result.numbers["all_rows"]["values"]
        if line["ranking"] == next(iter(result.numbers["bundles"])) and line["cut"] in ("", "5 %")
    }
    evaluated = trained.result.numbers["all_test_rows"]["redlane"]
    for measure in ("precision_at_5_pct", "revenue_at_5_pct", "average_precision", "brier"):
        assert told[measure.removesuffix("_at_5_pct")] == pytest.approx(evaluated[measure][0], rel=1e-12), (
            measure
        )


def test_selections_of_equal_size_part_alike(compared):
    result, _ = compared
    (parted,) = result.numbers["parted"].values()
    both, first, other = parted["selected"]
    assert first["rows"] == other["rows"] > 0
    size = both["rows"] + first["rows"]
    assert size == -(-result.counts["compared"] // 20)


def test_the_page_says_the_verdict_and_runs_nothing(compared):
    result, out = compared
    page = out.read_text()
    assert result.notes[0].split(":")[0] in page
    assert "script-src &#39;none&#39;" in page and "<script" not in page and "http://" not in page
    assert CANARY not in page
    rare = result.numbers["seen_goods_tuple_share"] <= 0.2  # then the honest slice is nearly the whole
    assert page.count("<details><summary>Show the numbers") == 2 * rare


@needs_browser
def test_the_page_can_be_read(compared):
    with browsing() as browser, opened(browser, compared[1]) as page:
        assert faint(page) == []
        assert page.locator("table:not(:has(caption)), thead th:not([scope])").count() == 0
        links = page.locator("nav a").evaluate_all("(all) => all.map((link) => link.hash)")
        assert len(links) >= 4
        assert all(page.locator(place).count() == 1 for place in links)


def test_a_copy_is_called_the_same(trained, tmp_path):
    copy = tmp_path / "models" / "copy"
    shutil.copytree(trained.bundle, copy)
    result = run([trained.history_file], [trained.bundle, copy], profiles=[trained.profiles])
    assert set(result.numbers["verdicts"].values()) == {"same"}
    assert "select the same" in result.notes[0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"bundles": 1}, "at least two bundles, found 1"),
        ({"profiles": 3}, "3 profiles stores were given for 2 bundles"),
    ],
)
def test_what_cannot_be_compared_is_refused(trained, change, sentence):
    bundles = [trained.bundle] * change.get("bundles", 2)
    with pytest.raises(RedlaneError, match=sentence):
        run([trained.history_file], bundles, profiles=[trained.profiles] * change.get("profiles", 1))


def test_rows_one_may_have_learnt_from_are_refused(trained, tmp_path):
    early = write_csv(trained.history.head(400), tmp_path / "early.csv")
    with pytest.raises(RedlaneError, match="never compared on rows that one of them may have learnt from"):
        run([early], [trained.bundle, trained.bundle], profiles=[trained.profiles])


def test_a_store_that_ends_before_the_rows_is_refused(trained, tmp_path):
    later = trained.history.tail(300).copy()
    for name in ("registered_on", "outcome_known_on"):
        later[name] += pd.Timedelta(days=60)
    later["declaration_id"] = "N" + later["declaration_id"]
    file = write_csv(later, tmp_path / "later.csv")
    with pytest.raises(RedlaneError, match=r"end on .*, but the rows compared need what was known by"):
        run(
            [file],
            [trained.bundle, trained.bundle],
            profiles=[trained.profiles],
            as_of=pd.Timestamp("2099-01-01").date(),
        )


@pytest.mark.slow
def test_it_is_recorded_without_a_declaration_and_bundles_are_found_by_address(
    trained, weaker, tmp_path, monkeypatch
):
    import mlflow

    from redlane.model.bundle import read_bundle
    from redlane.tracking.run import track

    monkeypatch.chdir(tmp_path)
    settings = chosen("tracking", "local")
    bundle = read_bundle(weaker["bundle"])
    golden = pd.read_parquet(weaker["bundle"] / "golden.parquet")[list(bundle.model.features)]
    with track(settings, "one") as record:
        record.log_bundle(weaker["bundle"], golden)
    address = trained.bundle.parent / "models:" / "redlane@candidate"
    with bundle_at("models:/redlane@candidate", settings) as folder:
        assert read_bundle(folder).id == bundle.id
    client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{tmp_path / 'mlflow.db'}")
    run_id = client.search_runs(["1"])[0].info.run_id
    with bundle_at(run_id, settings) as folder:
        assert read_bundle(folder).id == bundle.id
    with pytest.raises(RedlaneError), bundle_at("models:/redlane@nobody", settings):
        pass
    addresses = [trained.bundle, type(address)("models:/redlane@candidate")]
    result = run(
        [trained.history_file], addresses, profiles=[trained.profiles, weaker["profiles"]], tracking=settings
    )
    assert "models:/redlane@candidate" in result.numbers["bundles"]
    recorded = next(each for each in client.search_runs(["1"]) if each.info.run_name.startswith("compare"))
    assert any(name.startswith("difference_precision") for name in recorded.data.metrics)
    table = next((tmp_path / "mlruns").rglob("comparison.json"))
    assert json.loads(table.read_text())["primary"] == "precision"
    assert CANARY not in table.read_text()
    assert not any(name in table.read_text() for name in trained.history["declaration_id"].tail(500))
