"""A small world, generated once, and helpers to make others."""

from collections.abc import Callable

import pandas as pd
import pytest

from redlane.declarations.synthetic import SyntheticSettings, World, build_world, generate
from redlane.declarations.synthetic.tables import SCHEMES

SIZE = {"weeks": 26, "declarations_per_week": 700, "importers": 400, "sellers": 300, "brokers": 40}


@pytest.fixture(scope="session")
def small() -> SyntheticSettings:
    return SyntheticSettings.parse(SIZE)


@pytest.fixture(scope="session")
def world(small: SyntheticSettings) -> World:
    return build_world(small)


@pytest.fixture(scope="session")
def declarations(small: SyntheticSettings) -> pd.DataFrame:
    return pd.concat(list(generate(small)), ignore_index=True)


@pytest.fixture(scope="session")
def planted_alone() -> Callable[..., SyntheticSettings]:
    """Settings of a world in which one scheme is planted, plentifully, and nothing else is irregular."""

    def settings(scheme: str, **changes: object) -> SyntheticSettings:
        shares = {name: 0.05 if name == scheme else 0.0 for name in SCHEMES}
        quiet = {"honest_mistakes": 0.0, "false_findings": 0.0, "opportunists": 0.0, "starts": {}}
        return SyntheticSettings.parse({**SIZE, "weeks": 6, **quiet, "typologies": shares, **changes})

    return settings
