"""The structure of a model text: what LightGBM wrote passes; what would trip its reader does not."""

import os
import random
import re

import pytest

from redlane.errors import RedlaneError
from redlane.model.tree_check import check_trees
from redlane.model.trees import Trees


def test_what_was_trained_passes(model):
    check_trees(model.trees.text, model.features)
    check_trees(model.revenue.trees.text, model.features)


def edited(pattern, replacement):
    return lambda text: re.sub(pattern, replacement, text, count=1, flags=re.M)


def resized(edit):
    """Keep one tree, with *edit* applied and its size stated anew, as a careful forger would."""

    def forge(text):
        trees = re.split(r"^(?=Tree=|end of trees)", text, flags=re.M)[1:-1]
        number = next(number for number, tree in enumerate(trees) if "num_cat=1" in tree)
        changed = edit(trees[number]).replace(f"Tree={number}", "Tree=0", 1)
        head = re.sub(
            r"^tree_sizes=.*", f"tree_sizes={len(changed)}", text[: text.index("Tree=0")], flags=re.M
        )
        return head + changed + text[text.index("end of trees") :]

    return forge


@pytest.mark.parametrize(
    ("forge", "sentence"),
    [
        (lambda text: "", "does not begin"),
        (lambda text: text[: len(text) // 2], "does not begin"),
        (lambda text: text[10:], "does not begin"),
        (lambda text: text + "more", "what follows its trees"),
        (edited(r"^\[monotone_constraints: \]", "[monotone"), "what follows its trees"),
        (edited(r"^label_index=", "label_indep="), "first lines"),
        (edited(r"version=v4", "version=v9"), "does not begin"),
        (edited(r"^objective=.*", "objective=custom"), "none of redlane's"),
        (edited(r"^num_class=1", "num_class=2"), "more than one score"),
        (edited(r"^max_feature_idx=\d+", "max_feature_idx=99"), "number of features"),
        (edited(r"^feature_names=.*", "feature_names=a b c d"), "not those of the bundle"),
        (edited(r"^feature_infos=.*", "feature_infos=none none"), "ranges are broken"),
        (edited(r"^tree_sizes=\d+", "tree_sizes=7"), "sizes it states"),
        (edited(r"^leaf_value=", "leaf_value=1"), "sizes it states"),
        (resized(edited(r"^leaf_value=\S+", "leaf_value=nan")), "tree 0: leaf_value holds what is no number"),
        (resized(edited(r"^leaf_value=\S+", "leaf_value=1e308")), "number too large"),
        (resized(edited(r"^leaf_value=\S+ ", "leaf_value=")), "leaf_value has 6 entries instead of 7"),
        (resized(edited(r"^num_leaves=\d+", "num_leaves=900")), "entries instead of 899"),
        (resized(edited(r"^split_feature=\d+", "split_feature=99")), "splits on no feature"),
        (resized(edited(r"^left_child=\S+", "left_child=0")), "does not hang together"),
        (resized(edited(r"^right_child=\S+", "right_child=99")), "does not hang together"),
        (resized(edited(r"^decision_type=\d+", "decision_type=77")), "decides in no known way"),
        (resized(edited(r"^cat_boundaries=0 1", "cat_boundaries=0 9")), "cat_threshold has"),
        (resized(edited(r"^num_cat=\d+", "num_cat=0")), "not a tree's"),
        (resized(edited(r"^is_linear=0", "is_linear=1")), "another kind"),
        (resized(edited(r"^shrinkage=", "shrinkage=0\nshrinkage=")), "states something twice"),
    ],
)
def test_a_forged_text_is_refused_with_its_fault(forge, sentence, model):
    with pytest.raises(RedlaneError, match=f"the model text is damaged: .*{sentence}"):
        check_trees(forge(model.trees.text), model.features)


def test_a_tree_whose_splits_run_in_a_circle_is_refused(model):
    circle = "left_child=2 -1 1 -3 -4 -5\nright_child=-2 3 4 5 -6 -7"
    forge = resized(edited(r"^left_child=.*\nright_child=.*", circle))
    with pytest.raises(RedlaneError, match=r"tree 0: it (runs in a circle|does not hang together)"):
        check_trees(forge(model.trees.text), model.features)


def damaged(text, chance):
    """One random edit, mostly where it hurts."""
    at = chance.randrange(chance.choice([text.index("Tree=0"), len(text)]))
    length = chance.choice([1, 1, 1, chance.randrange(1, 200)])
    return text[:at] + chance.choice("0123456789 .-e\n=xN") + text[at + length :]


def test_no_damage_that_passes_ends_the_process(model, later):
    chance = random.Random(8)
    columns = model.columns(later.features.iloc[:50])
    passed = []
    for _ in range(400):
        text = damaged(model.trees.text, chance)
        try:
            check_trees(text, model.features)
        except RedlaneError:
            continue
        passed.append(text)
    child = os.fork()
    if child == 0:
        os._exit(_read_all(passed, columns))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _read_all(texts, columns):
    try:
        for text in texts:
            try:
                Trees(text).raw(columns, threads=1)
            except RedlaneError:
                continue
        return 0
    except BaseException:
        return 1
