"""Folds follow one another in time; nothing is used before it was known, and nothing from the test period ever."""

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from redlane.declarations.folds import FoldSettings
from redlane.declarations.periods import NEVER, day_date, day_number
from redlane.errors import RedlaneError

FIRST = 19723  # 2024-01-01


def declared(seed: int, n: int = 900, span: int = 400):
    """Registered, known (some never) and labelled of made-up declarations."""
    rng = np.random.default_rng(seed)
    registered = FIRST + rng.integers(0, span, n)
    known = np.where(rng.random(n) < 0.05, NEVER, registered + rng.integers(0, 90, n))
    return registered, known, rng.random(n) < 0.8


settings = st.builds(
    lambda count, test, step, tune, window, maturity, burn: FoldSettings(
        count=count, test_days=test, step_days=step, tune_days=tune, maturity_days=maturity, burn_in_days=burn,
        window="sliding" if window else "expanding", window_days=window, min_rows=1,
    ),
    st.one_of(st.none(), st.integers(1, 6)), st.integers(5, 60), st.one_of(st.none(), st.integers(5, 60)),
    st.integers(5, 60), st.one_of(st.none(), st.integers(20, 120)), st.integers(0, 40), st.integers(0, 60),
)  # fmt: skip


def made(chosen, rows, before=None):
    try:
        return chosen.make(*rows, before)
    except RedlaneError:
        assume(False)
        raise


@examples(max_examples=40)
@given(settings, st.integers(0, 5))
def test_nothing_known_later_is_used_to_learn(chosen, seed):
    registered, known, labelled = rows = declared(seed)
    for fold in made(chosen, rows):
        fitted = day_number(fold.test_from)
        learnt = fold.train | fold.tune
        assert (known[learnt] < fitted).all()
        assert (registered[learnt] < fitted - chosen.maturity_days).all()
        assert (registered[fold.test] >= fitted).all() and labelled[learnt | fold.test].all()
        assert registered[fold.train].max() < day_number(fold.tune_from) <= registered[fold.tune].min()
        assert registered[fold.train].min() >= max(day_number(fold.train_from), FIRST + chosen.burn_in_days)
        assert chosen.window_days is None or np.ptp(registered[fold.train]) < chosen.window_days


@examples(max_examples=40)
@given(settings, st.integers(0, 5), st.integers(150, 390))
def test_what_comes_later_changes_no_fold(chosen, seed, border):
    """Outcomes not known by the eve and rows of the test period may be anything, or absent."""
    registered, known, labelled = rows = declared(seed)
    eve = FIRST + border
    folds = made(chosen, rows, day_date(eve))
    late = (known >= eve) | (registered >= eve)
    other = labelled ^ late
    shifted = np.where(registered >= eve, registered + 500, registered)
    again = chosen.make(shifted, np.where(late, eve + 7, known), other, day_date(eve))
    for fold, same in zip(folds, again, strict=True):
        for part in ("train", "tune", "test"):
            assert np.array_equal(getattr(fold, part), getattr(same, part))
            assert not (getattr(fold, part) & late).any()


@examples(max_examples=40)
@given(settings, st.integers(0, 5))
def test_folds_go_forward_step_by_step_and_parts_never_overlap(chosen, seed):
    folds = made(chosen, declared(seed))
    assert [fold.number for fold in folds] == list(range(1, len(folds) + 1))
    assert len(folds) == (chosen.count or len(folds))
    for fold in folds:
        assert (fold.train.astype(int) + fold.tune + fold.test).max() == 1
        assert fold.test_until - fold.test_from == timedelta(days=chosen.test_days - 1)
    starts = [fold.test_from for fold in folds]
    assert {b - a for a, b in pairwise(starts)} <= {timedelta(days=chosen.step)}


def test_expanding_windows_grow_and_sliding_ones_do_not():
    rows = declared(1, n=4000)
    growing = FoldSettings(count=4, test_days=40, tune_days=30).make(*rows)
    sliding = FoldSettings(count=4, test_days=40, tune_days=30, window="sliding", window_days=80).make(*rows)
    sizes = [fold.rows["train"] for fold in growing]
    assert sizes == sorted(sizes) and sizes[-1] > 1.5 * sizes[0]
    assert [fold.train_from for fold in sliding][-1] > sliding[0].train_from
    assert np.ptp([fold.rows["train"] for fold in sliding]) < 0.3 * sliding[0].rows["train"]


def test_with_count_empty_the_history_decides_how_many():
    rows = declared(2, n=4000)
    folds = FoldSettings(count=None, test_days=30, tune_days=30, min_rows=20).make(*rows)
    assert len(folds) > 5
    with pytest.raises(RedlaneError, match=rf"\({len(folds)} later ones of {len(folds) + 1} have enough\)"):
        FoldSettings(count=len(folds) + 1, test_days=30, tune_days=30, min_rows=20).make(*rows)


def test_a_sliding_window_without_days_is_refused():
    with pytest.raises(RedlaneError, match="a sliding window needs window_days"):
        FoldSettings.parse({"window": "sliding"})
    with pytest.raises(RedlaneError, match="no declarations"):
        FoldSettings().make(*(array[:0] for array in declared(0)))
