"""Which features share a reason."""

from redlane.explanations.siblings import reason_keys
from redlane.features.spec import Feature


def make_spec(name, sentence, family="f"):
    return Feature(name, "", sentence, "behaviour", family=family)


def test_every_feature_belongs_to_exactly_one_reason():
    specs = [make_spec(f"x{i}", f"sentence {i % 3}") for i in range(9)]
    assert sorted(place for places in reason_keys(specs) for place in places) == list(range(9))


def test_families_never_share_a_reason():
    assert reason_keys([make_spec("n", "{value}", "a"), make_spec("n_90d", "{value}", "b")]) == [[0], [1]]


def test_windows_of_features_with_one_sentence_all_belong_together():
    specs = [
        make_spec("ratio", "price {p}"),
        make_spec("z", "price {p}"),
        make_spec("ratio_90d", "price {p} in 90 days"),
        make_spec("z_90d", "price {p} in 90 days"),
    ]
    assert reason_keys(specs) == [[0, 1, 2, 3]]


def test_different_measures_of_one_history_stay_apart():
    specs = [
        make_spec("importer_count", "{value} declarations"),
        make_spec("importer_hit_rate", "{value} hits"),
    ]
    assert reason_keys(specs) == [[0], [1]]


def test_a_flag_joins_the_feature_that_tells_its_fact_as_a_number():
    specs = [
        make_spec("z", "price {p}"),
        make_spec("rate", "{value} %"),
        Feature("flag_A", "", "far below", "origin", family="flags", same_fact_as="z"),
        Feature("flag_B", "", "far above", "origin", family="flags", same_fact_as="z"),
        Feature("flag_C", "", "elsewhere", "origin", family="flags", same_fact_as="nobody has this"),
    ]
    assert reason_keys(specs) == [[0, 2, 3], [1], [4]]
