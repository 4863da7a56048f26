"""Results by subgroup: counted by hand, paired with all rows, planted differences found and luck called luck."""

import numpy as np
import pandas as pd
import pytest

from redlane.errors import RedlaneError
from redlane.evaluation import EvaluationSettings, Truth
from redlane.evaluation.evaluating import evaluate
from redlane.evaluation.group_values import MEASURES, group_values
from redlane.evaluation.partitions import partitions
from redlane.evaluation.subgroups import judge_subgroups

SETTINGS = EvaluationSettings(
    bootstrap_repeats=200, subgroups=("office",), subgroup_rate=0.2, subgroup_least=10, rates=(0.2,)
)
EARLIER = pd.DataFrame({"importer_id": ["a"] * 12 + ["b"] * 3})


def world(n=4000, seed=0, harder=None, noise=1.0):
    """Declarations of four offices; in *harder* the model sees nothing."""
    rng = np.random.default_rng(seed)
    office = rng.choice(list("ABCD"), n)
    risk = rng.normal(-2, 1.5, n)
    irregular = (rng.random(n) < 1 / (1 + np.exp(-risk))).astype(float)
    score = np.where(office == harder, rng.normal(-2, 1.5, n), risk + rng.normal(0, noise, n))
    truth = Truth(
        irregular,
        None,
        False,
        18_267 + rng.integers(0, 140, n),
        rng.permutation(n).astype(np.uint64) + np.uint64(1),
    )
    return pd.DataFrame({"office": office}), score, 1 / (1 + np.exp(-score)), truth


def judged(declarations, score, probability, truth, settings=SETTINGS):
    parts = partitions(declarations, EARLIER, settings)
    return judge_subgroups(score, probability, truth, parts, settings)


def row(found, group, measure):
    table = found.table
    return table[(table["group"] == group) & (table["measure"] == measure)].iloc[0]


def test_every_measure_is_counted_among_the_rows_of_its_group():
    declarations = pd.DataFrame({"office": list("AAAAABBBBB")})
    irregular = np.array([1, 0, 1, 0, 0, 1, 0, 0, 0, 0], float)
    score = np.array([9, 8, 7, 1, 0, 6, 5, 4, 3, 2], float)
    truth = Truth(irregular, None, False, np.arange(10), np.arange(10, dtype=np.uint64))
    settings = SETTINGS.model_copy(update={"subgroup_rate": 0.4, "subgroup_least": 5})
    values = group_values(
        score, np.full(10, 0.3), truth, partitions(declarations, EARLIER, settings), settings
    )
    a, b, whole = values.value.T.round(6).tolist()
    assert dict(zip(MEASURES, a, strict=True)) == {
        "base_rate": 0.4,
        "selection_rate": 0.6,
        "precision": 0.666667,
        "recall": 1.0,
        "false_positive_share": 0.333333,
        "calibration_gap": -0.1,
    }
    assert b == [0.2, 0.2, 1.0, 1.0, 0.0, 0.1]
    assert whole == [0.3, 0.4, 0.75, 1.0, round(1 / 7, 6), 0.0]


def test_all_rows_together_are_what_the_evaluation_says():
    declarations, score, probability, truth = world()
    found = judged(declarations, score, probability, truth)
    same = evaluate({"model": score}, truth, SETTINGS)
    for name in ("precision", "recall"):
        assert tuple(found.overall[name]) == pytest.approx(tuple(same.get("model", name, 0.2)), abs=1e-12)
    assert tuple(found.overall["base_rate"]) == pytest.approx(tuple(same.base_rate), abs=1e-12)


def test_the_parts_add_up_to_the_whole_on_every_resample():
    declarations, score, probability, truth = world(600)
    values = group_values(score, probability, truth, partitions(declarations, EARLIER, SETTINGS), SETTINGS)
    assert values.counts[:, :-1].sum(axis=1) == pytest.approx(values.counts[:, -1])
    assert values.draws.shape == (200, 6, 5)
    selected = values.draws[:, 1, -1]
    assert np.all((selected >= 0.2) & (selected < 0.2 + 1 / 300))


def test_a_planted_difference_is_found_with_its_direction():
    found = judged(*world(harder="C"))
    assert row(found, "C", "recall").verdict == "lower"
    assert row(found, "C", "recall").difference_high < 0
    assert row(found, "C", "false_positive_share").verdict == "higher"
    assert row(found, "C", "base_rate").verdict == "luck"


def test_offices_dealt_by_chance_are_called_luck():
    wrong = 0
    for seed in range(12):
        found = judged(*world(1500, seed=seed)).table
        wrong += int((found["verdict"].isin(["higher", "lower"])).sum())
    assert wrong <= 6  # of 288 verdicts: 72 families of four, each wrong with 5 %, would be about 3.6


def test_few_irregular_rows_have_wilsons_interval_and_no_verdict_from_zero_in_five():
    _, score, probability, truth = world(400, noise=4.0)
    office = np.where(np.arange(400) < 30, "Z", "A")
    irregular = truth.irregular.copy()
    irregular[:30], irregular[:5] = 0.0, 1.0
    found = judged(
        pd.DataFrame({"office": office}),
        np.where(office == "Z", -9, score),
        probability,
        Truth(irregular, None, False, truth.registered_day, truth.tie),
    )
    recall = row(found, "Z", "recall")
    assert (recall["value"], recall["of"], recall["method"]) == (0.0, 5, "wilson")
    assert recall["high"] > 0.3
    assert recall["verdict"] == "luck"
    assert row(found, "Z", "precision")["verdict"] == "few"
    assert row(found, "Z", "selection_rate")["verdict"] == "lower"


def test_without_a_second_week_there_are_still_intervals():
    declarations, score, probability, truth = world(500)
    one = Truth(truth.irregular, None, False, np.full(500, 18_267), truth.tie)
    found = judged(declarations, score, probability, one)
    assert set(found.table["method"]) == {"wilson"}
    assert (found.table["low"] <= found.table["value"]).all()
    assert (found.table["difference_low"] <= found.table["difference"]).all()


def test_small_groups_are_pooled_and_what_stays_too_small_is_left_out_and_counted():
    offices = ["A"] * 50 + ["B"] * 40 + ["C"] * 7 + ["D"] * 6 + [None] * 4
    (part,) = partitions(pd.DataFrame({"office": offices}), EARLIER, SETTINGS)
    assert [(group.kind, group.label) for group in part.groups] == [
        ("value", "A"),
        ("value", "B"),
        ("pooled", ""),
    ]
    assert part.left_out == 4
    few = SETTINGS.model_copy(update={"subgroup_most": 1})
    (part,) = partitions(pd.DataFrame({"office": offices}), EARLIER, few)
    assert np.bincount(part.code[part.code >= 0]).tolist() == [50, 53]


def test_importers_are_sized_by_what_they_declared_before_and_named_nowhere():
    importer = ["a"] * 20 + ["b"] * 20 + ["c"] * 20
    settings = SETTINGS.model_copy(update={"subgroups": ("importer_size", "importer_known")})
    size, known = partitions(pd.DataFrame({"importer_id": importer}), EARLIER, settings)
    assert [(group.label, int((size.code == code).sum())) for code, group in enumerate(size.groups)] == [
        ("0–9", 40),
        ("10–99", 20),
    ]
    assert {group.label for group in known.groups} == {"known", "new"}


def test_absent_columns_are_passed_over():
    assert partitions(pd.DataFrame({"net_mass": [1.0]}), EARLIER, EvaluationSettings()) == []


@pytest.mark.parametrize("name", ["importer_id", "inspector_id", "assessed_origin", "typology", "net_mass"])
def test_no_party_no_outcome_and_no_amount_divides_declarations(name):
    with pytest.raises(RedlaneError, match=f"'{name}' divides nothing"):
        EvaluationSettings.parse({"subgroups": [name]})


def test_plain_data_have_no_nan():
    found = judged(*world(300)).plain()
    assert {entry["measure"] for entry in found["overall"]} == set(MEASURES)
    assert all(value == value for entry in found["groups"] for value in entry.values())
