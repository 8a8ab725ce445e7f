"""The tax table and which taxes a line carries when it names none."""

from datetime import date
from itertools import pairwise

import httpx
import pytest

from documents.taxes.defaults import default_taxes
from shared.events.contacts import DefaultsState
from shared.events.documents import Side
from shared.events.taxes import TAXES, TaxesWrong, check_taxes
from tests.documents.world import Json

ON = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("defaults", "side", "product", "expected"),
    [
        ({}, "sales", None, ["iva_21"]),
        ({}, "sales", ["iva_10"], ["iva_10"]),
        ({"tax_regime": "general", "irpf": "irpf_15"}, "sales", None, ["iva_21", "irpf_15"]),
        ({"tax_regime": "equivalence_surcharge"}, "sales", None, ["iva_21", "re_5_2"]),
        ({"tax_regime": "equivalence_surcharge"}, "sales", ["iva_4"], ["iva_4", "re_0_5"]),
        ({"tax_regime": "equivalence_surcharge"}, "purchases", ["iva_10"], ["iva_10"]),
        ({"tax_regime": "intra_eu"}, "sales", ["iva_10"], ["intra_eu"]),
        ({"tax_regime": "import_export"}, "sales", None, ["export"]),
        ({"tax_regime": "not_subject"}, "sales", None, ["not_subject"]),
        ({"tax_regime": "exempt"}, "purchases", ["iva_21"], ["exempt"]),
        ({"taxes": ["iva_4"]}, "sales", ["iva_21"], ["iva_4"]),
        ({"taxes": []}, "sales", ["iva_21"], []),
        ({"irpf": "nothing_known"}, "sales", None, ["iva_21"]),
    ],
)
def test_a_line_without_taxes_takes_them_from_contact_and_product(
    defaults: Json, side: Side, product: list[str] | None, expected: list[str]
) -> None:
    found = default_taxes(DefaultsState.model_validate(defaults), side=side, product_taxes=product, on=ON)
    assert found == expected


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        (["iva_99"], "tax_unknown"),
        (["iva_18"], "tax_not_in_force"),
        (["iva_21", "iva_10"], "taxes_exclude"),
        (["iva_21", "iva_21"], "taxes_exclude"),
        (["irpf_15", "irpf_7"], "taxes_exclude"),
        (["re_5_2"], "surcharge_without_vat"),
        (["iva_10", "re_5_2"], "surcharge_without_vat"),
    ],
)
def test_taxes_that_do_not_go_together_are_refused(codes: list[str], code: str) -> None:
    with pytest.raises(TaxesWrong) as caught:
        check_taxes(codes, ON)
    assert caught.value.code == code


def test_no_tax_has_two_rates_on_one_day() -> None:
    for tax in TAXES.values():
        for earlier, later in pairwise(tax.rates):
            assert earlier.valid_to is not None
            assert earlier.valid_to < later.valid_from
        assert tax.surcharge is None or TAXES[tax.surcharge].kind == "surcharge"


async def test_the_list_shows_what_is_in_force_on_a_day(client: httpx.AsyncClient) -> None:
    now = {tax["code"]: tax for tax in (await client.get("/api/v1/taxes")).json()["items"]}
    assert {"iva_21", "iva_10", "iva_4", "iva_0", "re_5_2", "re_1_4", "re_0_5"} <= now.keys()
    assert {"irpf_15", "irpf_7", "irpf_19", "irpf_1", "irpf_2"} <= now.keys()
    assert (now["irpf_15"]["rate"], now["irpf_15"]["kind"]) == ("-15.00", "retention")
    assert now["iva_21"]["surcharge"] == "re_5_2"
    before = {tax["code"] for tax in (await client.get("/api/v1/taxes?on=2011-01-01")).json()["items"]}
    assert "iva_18" in before
    assert "iva_21" not in before
    assert (await client.get("/api/v1/taxes?on=0001-01-01")).status_code == 422
