"""Mirror statistics alone, without any learning, find goods that were not made where they are said to be made."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from redlane.analysis.evasion_elasticity import duty_rates, evasion_elasticity
from redlane.analysis.mirror_gaps import gaps_by, mirror_gaps
from redlane.declarations.synthetic import SyntheticSettings
from redlane.declarations.synthetic.tables import SCHEMES
from redlane.features.catalogue import FeatureSettings
from redlane.features.catalogue import build as build_features
from redlane.profiles.build import build
from tests.mirror_worlds import mirrored

SIZE = {"weeks": 18, "declarations_per_week": 700, "importers": 400, "sellers": 300, "brokers": 40}
QUIET = {"honest_mistakes": 0.0, "false_findings": 0.0, "opportunists": 0.0, "starts": {}}
MIRROR = FeatureSettings.parse({"families": [{"family": "mirror"}]})


def computed(folder, **shares):
    """Declarations of a world with only these schemes, their profiles, and their mirror features."""
    typologies = dict.fromkeys(SCHEMES, 0.0) | shares
    settings = SyntheticSettings.parse({**SIZE, **QUIET, "typologies": typologies})
    declared, partners = mirrored(settings, folder)
    profiles = build(declared, MIRROR.needs(), references={"partner_exports": partners.frame})
    return declared, profiles, build_features(declared, profiles, MIRROR)


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    return computed(tmp_path_factory.mktemp("honest"))


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """Worlds in which nothing but the origin is false."""
    schemes = ("false_origin", "transshipment")
    return {scheme: computed(tmp_path_factory.mktemp(scheme), **{scheme: 0.05}) for scheme in schemes}


@pytest.mark.parametrize("scheme", ["false_origin", "transshipment"])
def test_the_origins_share_in_recorded_exports_ranks_planted_origins(planted, scheme):
    declared, _, features = planted[scheme]
    known = features["mirror_origin_share"].notna().to_numpy()
    false = (declared["typology"] == scheme).to_numpy()
    assert false.sum() > 20 and known.mean() > 0.95
    assert roc_auc_score(false[known], -features["mirror_origin_share"][known]) >= 0.9
    none = features["mirror_without_exports"]
    assert none[false].mean() > 0.6 and none[~false].mean() < 0.06


def test_undervaluation_shows_in_the_price_the_partner_recorded(tmp_path):
    declared, _, features = computed(tmp_path, undervaluation=0.05)
    planted = (declared["typology"] == "undervaluation").to_numpy()
    known = features["mirror_price_log_ratio"].notna().to_numpy()
    assert roc_auc_score(planted[known], -features["mirror_price_log_ratio"][known]) > 0.8


def test_an_honest_world_raises_no_more_than_nominal(honest):
    declared, _, features = honest
    assert (declared["truly_irregular"] == 0).all()
    assert features["mirror_without_exports"].mean() < 0.06
    assert features["mirror_orphan"].mean() < 0.06
    assert features["mirror_departure_instead"].mean() < 0.02
    assert abs(features["mirror_log_gap"].median()) < 0.1
    assert abs(features["mirror_price_log_ratio"].median()) < 0.1
    assert features["mirror_relative_gap"].abs().median() < 0.2


def test_an_honest_world_has_no_evasion_elasticity_and_balanced_partners(honest):
    declared, profiles, _ = honest
    gaps = mirror_gaps(declared, profiles, 2023)
    found = evasion_elasticity(gaps, duty_rates(declared))
    assert abs(found.tax) < 3.5 * found.tax_error and abs(found.similar) < 3.5 * found.similar_error
    large = gaps_by(gaps, "country").nlargest(10, "imports")
    assert np.abs(large["relative_gap"]).median() < 0.15
    assert (gaps["reading"] == "agreement").mean() > 0.6


def test_false_origins_make_orphans(honest, planted):
    declared, profiles, _ = planted["false_origin"]
    orphans = (mirror_gaps(declared, profiles, 2023)["pair"] == "orphan").sum()
    assert orphans > 2 * (mirror_gaps(honest[0], honest[1], 2023)["pair"] == "orphan").sum()
