"""What goes on record fits MLflow's limits and holds no secret."""

import pytest
import yaml

from redlane.errors import RedlaneError
from redlane.tracking import REGISTRY, TrackingSettings
from redlane.tracking.parameters import flat_numbers, flat_parameters, metric_name


def test_long_keys_and_values_are_shortened():
    (key, value), *_ = flat_parameters({"k" * 400: "v" * 9000}).items()
    assert (len(key), len(value)) == (250, 500)
    assert value.endswith("…")


def test_empty_tables_and_missing_values_stay_visible():
    assert flat_parameters({"a": {}, "b": None, "c": {"d": True}}) == {"a": "{}", "b": "null", "c.d": "true"}


@pytest.mark.parametrize("key", ["password", "API_TOKEN", "client_secret", "credentials"])
def test_secrets_are_left_out_at_any_depth(key):
    assert flat_parameters({"a": {"b": {key: "hidden", "c": [{key: "hidden"}]}}}) == {"a.b.c": "[{}]"}


def test_an_interval_becomes_three_metrics_and_what_is_not_finite_none():
    numbers = {"precision@5%": (0.9, 0.8, float("nan")), "best": float("inf"), "none": None}
    assert flat_numbers(numbers) == {"precision_at_5pct": 0.9, "precision_at_5pct_low": 0.8}


@pytest.mark.parametrize("name", ["a:b", "a=b", "é(2)", "x\n"])
def test_metric_names_hold_only_what_mlflow_takes(name):
    from mlflow.utils.validation import _validate_metric_name

    _validate_metric_name(metric_name(name))


@pytest.mark.parametrize("choice", ["local", "server"])
def test_configuration_files_spell_out_every_setting(choice, pytestconfig):
    written = yaml.safe_load((pytestconfig.rootpath / "conf" / "tracking" / f"{choice}.yaml").read_text())
    kind = REGISTRY[written.pop("name")]
    assert set(written) == set(kind.model_fields)
    assert kind.parse(written).is_local == (choice == "local")
    assert choice != "local" or kind.parse(written) == TrackingSettings()


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"uri": "./mlruns"}, "uri"),
        ({"alias": "latest"}, "alias"),
        ({"alias": "v3"}, "alias"),
        ({"experiment": ""}, "experiment"),
    ],
)
def test_settings_mlflow_would_stumble_over_are_refused_by_name(change, key):
    with pytest.raises(RedlaneError, match=f"key '{key}' is"):
        TrackingSettings.parse(change)
