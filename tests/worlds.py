"""Small made-up worlds of declarations for tests, quick to build and easy to reason about."""

import numpy as np
import pandas as pd


def small_world(n: int = 600, seed: int = 0, days: int = 120) -> pd.DataFrame:
    """n declarations over *days* days with every column the default features read, a third of them inspected."""
    rng = np.random.default_rng(seed)
    day = np.sort(rng.integers(0, days, n))
    mass = np.round(rng.lognormal(3, 1, n), 2)
    frame = pd.DataFrame(
        {
            "declaration_id": [f"D{seed}{i:06d}" for i in rng.permutation(n)],
            "item_number": "1",
            "registered_on": pd.Timestamp("2024-01-01") + pd.to_timedelta(day, unit="D"),
            "office": rng.choice(["A", "B", "C"], n),
            "procedure": rng.choice(["40", "42"], n),
            "import_type": rng.choice(["11", "80"], n),
            "payment_type": rng.choice(["A", "D"], n),
            "transport_mode": rng.choice(["1", "4"], n),
            "declarant_id": rng.choice([f"B{i}" for i in range(8)], n),
            "importer_id": rng.choice([f"I{i}" for i in range(40)], n),
            "seller_id": rng.choice([f"S{i}" for i in range(25)], n),
            "hs_code": rng.choice(["010121", "620342", "620343", "870323"], n),
            "origin_country": rng.choice(["CN", "NA", "DE"], n),
            "departure_country": rng.choice(["CN", "NA", "DE"], n),
            "origin_indicator": rng.choice(["Y", "G"], n),
            "duty_rate": rng.choice([0.0, 5.0, 8.0], n),
            "tax_type": rng.choice(["MFN", "PRF"], n),
            "preference_claimed": rng.choice([0.0, 1.0], n),
            "net_mass": mass,
            "gross_mass": mass * 1.1,
            "quantity": np.round(mass, 0) + 1,
            "quantity_unit": rng.choice(["KGM", "NMB"], n),
            "customs_value": np.round(mass * rng.lognormal(1, 0.5, n), 2),
        }
    )
    inspected = rng.random(n) < 1 / 3
    frame["irregular"] = np.where(inspected, (rng.random(n) < 0.2).astype(float), np.nan)
    frame["recovered_revenue"] = np.where(frame["irregular"] == 1, rng.lognormal(5, 1, n).round(2), np.nan)
    delay = pd.to_timedelta(rng.integers(1, 40, n), unit="D")
    frame["outcome_known_on"] = (frame["registered_on"] + delay).where(inspected)
    return frame
