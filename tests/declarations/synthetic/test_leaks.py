"""Nothing but trade may tell schemes from honest rows: not ids, not order, not decimals."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score


def _auc(frame: pd.DataFrame, values: pd.Series) -> float:
    return abs(float(roc_auc_score(frame["truly_irregular"], values)) - 0.5)


def _last_digit(values: pd.Series) -> pd.Series:
    return (values * 100).round().mod(10)


@pytest.mark.parametrize("name", ["importer_id", "declarant_id", "seller_id", "carrier_id", "declaration_id"])
def test_ids_carry_no_order(declarations, name):
    assert _auc(declarations, declarations[name].rank(method="dense")) < 0.1


def test_row_order_within_a_day_says_nothing(declarations):
    place = declarations.groupby("registered_on").cumcount()
    size = declarations.groupby("registered_on")["item_number"].transform("size")
    assert _auc(declarations, place / size) < 0.03


@pytest.mark.parametrize("name", ["net_mass", "gross_mass", "customs_value"])
def test_last_digits_say_nothing(declarations, name):
    large = declarations[(declarations[name] > 100) & (declarations["typology"] != "splitting")]
    large = large[large[name] % 10 != 0]  # some importers like round values: that is trade, not a leak
    assert _auc(large, _last_digit(large[name])) < 0.05


def test_mass_units_follow_the_mass_in_every_row(declarations):
    weighed = declarations[declarations["quantity_unit"] == "KGM"]
    assert np.allclose(weighed["quantity"], weighed["net_mass"])


def test_carriers_keep_to_one_mode(declarations):
    assert declarations.groupby("carrier_id")["transport_mode"].nunique().max() == 1


def test_seller_invoices_in_one_currency(declarations):
    assert declarations.groupby("seller_id")["invoice_currency"].nunique().max() == 1
