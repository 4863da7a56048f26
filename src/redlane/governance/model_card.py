"""The model card: what a model is for, what it learnt from, how good it is, and where it should not be used.

The sections follow Mitchell et al., *Model Cards for Model Reporting* (2019), as far as they apply to customs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from redlane.declarations.periods import Split
from redlane.evaluation.comparison import Comparison
from redlane.evaluation.result import Evaluation
from redlane.features.spec import Feature


@dataclass(frozen=True)
class CardFacts:
    """What the card tells: the model's name and kind, its data by file, its periods, features and evaluation."""

    name: str
    kind: str
    inputs: Mapping[str, str]
    split: Split
    features: Sequence[Feature]
    comparison: Comparison
    notes: Sequence[str]


def model_card(facts: CardFacts) -> str:
    """The card as Markdown text."""
    sections = [
        f"# Model card: {facts.name}",
        _purpose(facts.kind),
        _data(facts),
        _evaluation(facts.comparison),
        _features(facts.features),
        _limits(facts.notes),
    ]
    return "\n\n".join(sections) + "\n"


def markdown_table(frame: pd.DataFrame) -> str:
    """A frame as a Markdown table; bars inside cells are escaped.

    >>> print(markdown_table(pd.DataFrame({"lane": ["red"], "n": [5]})))
    | lane | n |
    | --- | --- |
    | red | 5 |
    """
    lines = [list(map(str, frame.columns)), ["---"] * len(frame.columns)]
    lines += [[_cell(value) for value in row] for row in frame.itertuples(index=False)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value: object) -> str:
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")


def _purpose(kind: str) -> str:
    return (
        "## Intended use\n\n"
        "Ranks import declarations by how likely an inspection is to find an irregularity, so that officers "
        "can choose which to examine, with a stated random share beside the ranking. An officer decides; the "
        "score is one input. It is no proof against a trader, no customs value, and not to be used on persons."
        f"\n\nKind of model: {kind}."
    )


def _data(facts: CardFacts) -> str:
    split = facts.split
    files = pd.DataFrame({"file": list(facts.inputs), "SHA-256": list(facts.inputs.values())})
    periods = pd.DataFrame(
        {
            "period": ["training", "tuning (stops the growing, calibrates)", "test"],
            "declarations with a known outcome": [
                int(split.train.sum()),
                int(split.tune.sum()),
                int(split.test.sum()),
            ],
        }
    )
    return (
        f"## Data and periods\n\n{markdown_table(files)}\n\nTuning from {split.tune_from}, testing from "
        f"{split.test_from}. Only outcomes known before {split.test_from} were used to fit.\n\n"
        f"{markdown_table(periods)}"
    )


def _evaluation(comparison: Comparison) -> str:
    parts = [f"## Evaluation\n\n### All test rows\n\n{_measures(comparison.whole)}"]
    if comparison.unseen is not None:
        parts.append(
            f"### The honest slice: rows whose exact goods tuple was not in training\n\n"
            f"{comparison.seen_share:.1%} of the test rows repeat a goods tuple of the training rows. "
            f"A look-up table profits from that; the rows below do not allow it.\n\n{_measures(comparison.unseen)}"
        )
    return "\n\n".join(parts)


def _measures(evaluation: Evaluation) -> str:
    base = evaluation.base_rate
    head = (
        f"{evaluation.n} rows, of which {base.value:.1%} irregular; intervals at {evaluation.confidence:.0%} by "
        f"block bootstrap over {evaluation.blocks} weeks."
    )
    cuts = [cut for cut in evaluation.measures["cut"].unique() if cut]
    tables = [f"At {cut}:\n\n{markdown_table(evaluation.table(cut))}" for cut in cuts]
    return "\n\n".join([head, *tables, *evaluation.notes])


def _features(features: Sequence[Feature]) -> str:
    listed = pd.DataFrame(
        [{"feature": f.name, "meaning": f.meaning, "unit": f.unit, "group": f.group} for f in features]
    )
    return f"## Features\n\n{markdown_table(listed)}"


def _limits(notes: Sequence[str]) -> str:
    always = [
        "Trained on inspected declarations only: what was never inspected is not in it, and patterns of past "
        "selection remain in it. The random share exists to correct this over time.",
        "An irregularity means that an inspection recorded one; honest mistakes are among them.",
        "Origin and office are lawful risk factors and at the same time stand-ins for people and places: "
        "differences between groups are to be looked at, not explained away.",
    ]
    return "## Limits\n\n" + "\n".join(f"* {note}" for note in [*always, *notes])
