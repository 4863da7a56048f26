"""Card payments with planted fraud, made as the simulator of the Fraud Detection Handbook makes them (chapter 3)."""

from pathlib import Path

import numpy as np
import pandas as pd

RECIPE = Path(__file__).parents[1] / "docs" / "examples" / "payments"
DAYS, CUSTOMERS, TERMINALS = 120, 160, 60
DEAR = 220.0
"""Every payment above this amount is fraud (scenario 1)."""


def payments(seed: int = 0) -> pd.DataFrame:
    """Payments of all customers over all days, in order of time.

    Scenario 2: a terminal is compromised for four weeks, and every payment there is fraud. Scenario 3: somebody knows a
    customer's card for two weeks and makes every third payment, for five times the amount.
    """
    rng = np.random.default_rng(seed)
    mean = rng.uniform(5, 100, CUSTOMERS)
    near = np.array([rng.choice(TERMINALS, 8, replace=False) for _ in range(CUSTOMERS)])
    daily = rng.poisson(rng.uniform(0.3, 2.0, CUSTOMERS), (DAYS, CUSTOMERS))
    day, customer = np.repeat(np.indices(daily.shape).reshape(2, -1), daily.ravel(), axis=1)
    n = len(day)
    amount = np.abs(rng.normal(mean[customer], mean[customer] / 2)).round(2)
    terminal = near[customer, rng.integers(0, 8, n)]
    second = np.clip(rng.normal(43_200, 20_000, n), 0, 86_399).astype(int)
    scenario = _planted(rng, day, customer, terminal)
    amount = np.where(scenario == 3, amount * 5, amount).round(2)
    scenario = np.where(amount > DEAR, np.where(scenario == 0, 1, scenario), scenario)
    order = np.lexsort((second, day))
    moment = pd.Timestamp("2025-01-01") + pd.to_timedelta(day * 86_400 + second, unit="s")
    frame = pd.DataFrame(
        {
            "TX_DATETIME": moment.strftime("%Y-%m-%d %H:%M:%S"),
            "CUSTOMER_ID": customer,
            "TERMINAL_ID": terminal,
            "TX_AMOUNT": amount,
            "TX_FRAUD": (scenario > 0).astype(int),
            "TX_FRAUD_SCENARIO": scenario,
        }
    ).iloc[order]
    frame.insert(0, "TRANSACTION_ID", np.arange(n))
    return frame.reset_index(drop=True)


def _planted(rng: np.random.Generator, *columns: np.ndarray) -> np.ndarray:
    day, customer, terminal = columns
    scenario = np.zeros(len(day), int)
    for start in range(0, DAYS, 7):
        where = rng.integers(TERMINALS)
        scenario[(terminal == where) & (day >= start) & (day < start + 28)] = 2
    for start in range(0, DAYS, 3):
        who = rng.integers(CUSTOMERS)
        mine = (customer == who) & (day >= start) & (day < start + 14) & (rng.random(len(day)) < 1 / 3)
        scenario[mine] = 3
    return scenario
