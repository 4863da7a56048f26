"""One model of several: sets of LightGBM trees grown from different seeds, as the mean of what they say.

Few labels make a set of boosted trees a matter of luck: which rows and features each tree happened to draw decides
among many that explain the inspected declarations alike. The mean of several is as good as the best on average, and
a little better (bagging; Breiman 1996). It is one text of all trees, each leaf divided by the number of sets, so that
scoring, explaining and reading it stay what they are.
"""

import re
from collections.abc import Sequence

from redlane.model.trees import Trees

_TREE = re.compile(r"^Tree=\d+$", re.M)
_VALUES = re.compile(r"^(leaf_value|internal_value|shrinkage)=(.*)$", re.M)
_SIZES = re.compile(r"^tree_sizes=.*$", re.M)
_END = "end of trees\n"
_IMPORTANCES, _PARAMETERS = "feature_importances:\n", "\nparameters:\n"


def averaged(members: Sequence[Trees]) -> Trees:
    """Trees that say the mean of *members*: sets over the same features and rows, grown to any length.

    The mean is that of the margins. What LightGBM notes beside the trees is that of the first member; how often
    features were split on is added up.
    """
    if len(members) == 1:
        return members[0]
    texts = [member.text for member in members]
    blocks = [block for text in texts for block in _blocks(text)]
    shared = [
        _share(_TREE.sub(f"Tree={place}", block, count=1), len(texts)) for place, block in enumerate(blocks)
    ]
    head = texts[0][: _first_tree(texts[0])]
    sizes = " ".join(str(len(block.encode())) for block in shared)
    after = texts[0][texts[0].index(_PARAMETERS) :]
    importances = "".join(f"{name}={count}\n" for name, count in _splits(texts))
    head = _SIZES.sub(f"tree_sizes={sizes}", head)
    return Trees(f"{head}{''.join(shared)}{_END}\n{_IMPORTANCES}{importances}{after}")


def _first_tree(text: str) -> int:
    found = _TREE.search(text)
    return found.start() if found else text.index(_END)


def _blocks(text: str) -> list[str]:
    """The text of each tree, with the empty lines after it."""
    body = text[_first_tree(text) : text.index(_END)]
    starts = [found.start() for found in _TREE.finditer(body)]
    return [body[start:end] for start, end in zip(starts, [*starts[1:], len(body)], strict=True)]


def _share(block: str, members: int) -> str:
    """A tree that says one *members*-th of what it said."""

    def divided(found: re.Match[str]) -> str:
        values = (repr(float(value) / members) for value in found[2].split())
        return f"{found[1]}={' '.join(values)}"

    return _VALUES.sub(divided, block)


def _splits(texts: Sequence[str]) -> list[tuple[str, int]]:
    """How often all members split on each feature, the most used first."""
    total: dict[str, int] = {}
    for text in texts:
        start = text.index(_IMPORTANCES) + len(_IMPORTANCES)
        for line in text[start : text.index(_PARAMETERS)].split():
            name, count = line.split("=")
            total[name] = total.get(name, 0) + int(count)
    return sorted(total.items(), key=lambda item: -item[1])
