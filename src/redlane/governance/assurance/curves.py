"""Deletion and insertion: facts are taken away, or put in, one after the other, and the score is asked each time.

After V. Petsiuk, A. Das, K. Saenko: RISE (2018), for rows of a table: taken away means missing, which every feature
may be. The curves of the explanation's own order are held against one order for all rows, and against lots.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from redlane.evaluation.truth import Booleans, Floats
from redlane.governance.assurance.facts import Facts, Places
from redlane.governance.settings import AssuranceSettings

OWN, GLOBAL, RANDOM, LEAST = "own", "global", "random", "least"


@dataclass(frozen=True)
class Curves:
    """Change of the margin of n rows after 1, 2, … steps, by order of the facts: each (n, steps).

    ``deletion`` counts what is lost from the whole row, ``insertion`` what is won from a row of missing values.
    """

    deletion: Mapping[str, Floats]
    insertion: Mapping[str, Floats]


Ask = Callable[[Booleans], Floats]
"""Gives the margins (steps, n) of all rows when the facts marked (steps, n, facts) are missing."""


def curves(ask: Ask, facts: Facts, settings: AssuranceSettings, rng: np.random.Generator) -> Curves:
    """Ask for every step of every order; *rng* draws the lots."""
    whole, empty = ask(np.stack([np.full(facts.sums.shape, gone) for gone in (False, True)]))
    deletion, insertion = {}, {}
    for name, orders in _orders(facts, settings, rng).items():
        steps = [_steps(order, settings.steps) for order in orders]
        deletion[name] = np.mean([(whole - ask(done)).T for done in steps], axis=0)
        if name != LEAST:
            insertion[name] = np.mean([(ask(~done) - empty).T for done in steps], axis=0)
    return Curves(deletion, insertion)


def _orders(facts: Facts, settings: AssuranceSettings, rng: np.random.Generator) -> dict[str, list[Places]]:
    sums, own = facts.sums, facts.order()
    everywhere = np.argsort(-sums.mean(axis=0), kind="stable")
    lots = [np.argsort(rng.random(sums.shape), axis=1) for _ in range(settings.random_orders)]
    return {OWN: [own], GLOBAL: [np.tile(everywhere, (len(sums), 1))], RANDOM: lots, LEAST: [own[:, ::-1]]}


def _steps(order: Places, most: int) -> Booleans:
    """Which facts have had their turn after 1, 2, … steps: (steps, n, facts)."""
    turn = np.argsort(order, axis=1)
    return np.stack([turn < step for step in range(1, min(most, order.shape[1]) + 1)])
