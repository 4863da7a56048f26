"""Without each reason: told of every reason in a report, and what an independent scoring of the altered row gives."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from redlane.explanations import ExplanationSettings, reasons
from redlane.explanations.siblings import reason_keys
from redlane.explanations.without import Given, covered
from redlane.features.catalogue import FeatureSettings, build
from redlane.features.spec import Feature
from redlane.model.bundle import read_bundle
from redlane.profiles.store import open_store
from tests.reports.worlds import full
from tests.runs import write_csv


def data_of(report):
    held = re.search(r'id="data">(.*?)</script>', report.read_text(encoding="utf-8"), re.DOTALL)[1]
    return json.loads(held)


@pytest.fixture(scope="module")
def data(report):
    return data_of(report)


def test_every_reason_of_every_row_says_what_the_score_would_be_without_it(data):
    assert len(data["reasons"]["without"]) == data["reasons"]["offset"][-1] > data["rows"] > 0
    assert None not in data["reasons"]["without"]
    explained = np.diff(data["reasons"]["offset"]) > 0
    assert all(0 < share <= 1 for share, has in zip(data["covered"], explained, strict=True) if has)


def test_what_is_told_is_what_the_model_says_of_the_row_with_these_inputs_missing(data, trained):
    bundle, store = read_bundle(trained.bundle), open_store(trained.profiles)
    settings = FeatureSettings.parse(bundle.configured("features"), "features")
    every = build(trained.new, store, settings)
    table, lowered = data["reasons"], 0
    for row in range(0, data["rows"], 9):
        name, item = (data[key]["d"][data[key]["i"][row]] for key in ("declaration_id", "item_number"))
        of = (trained.new["declaration_id"] == name) & (trained.new["item_number"] == item)
        features = every[of.to_numpy()]
        for line in range(table["offset"][row], table["offset"][row + 1]):
            code = table["code"]["d"][table["code"]["i"][line]]
            (fact,) = (
                places
                for places in reason_keys(bundle.specs)
                if code in [bundle.specs[place].name for place in places]
            )
            missing = {bundle.specs[place].name: None for place in fact}
            kinds = {name: features[name].dtype for name in missing}
            altered = features.assign(**missing).astype(kinds)
            margin = bundle.model.margin(altered)
            assert table["without"][line] == pytest.approx(margin[0], rel=1e-5)
            assert table["without_probability"][line] == pytest.approx(
                bundle.model.probability(margin)[0], rel=1e-5
            )
            lowered += table["without"][line] < data["margin"][row]
    assert lowered > 0


def test_rows_that_do_not_score_as_stored_are_told_nothing(trained, night, tmp_path):
    changed = trained.new.assign(customs_value=trained.new["customs_value"] * 40)
    report = full(trained, tmp_path, scores=night, files=[write_csv(changed, tmp_path / "changed.csv")])
    other = data_of(report)
    assert None in other["reasons"]["without"]
    assert "did not score again as they are stored" in report.read_text(encoding="utf-8")


def test_reasons_that_leave_nothing_out_cover_everything():
    specs = [Feature(name, "", name, "behaviour") for name in ("a", "b", "c_30d", "c_90d", "d")]
    numbers = np.random.default_rng(0).normal(size=(50, len(specs) + 1))
    frame = pd.DataFrame(numbers[:, :-1], columns=[spec.name for spec in specs])
    for top, least in ((9, 1.0), (1, 0.0)):
        told = reasons(numbers, frame, frame, specs, ExplanationSettings(top=top, minimum_share=0))
        row = np.repeat(np.arange(50), np.diff(told.offsets))
        shares = covered(numbers, specs, Given(row, told.code.tolist(), told.contribution))
        known = shares[~np.isnan(shares)]
        assert len(known) > 40
        assert known.min() >= least - 1e-12
        assert known.max() <= 1 + 1e-12
        assert top > 1 or known.mean() < 0.9
