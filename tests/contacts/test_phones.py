"""A phone is kept whole, or refused: nothing of what was given is left behind."""

import httpx
import pytest

from contacts.fiscal import normalise_phones
from shared.errors import Invalid


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("912345678", "+34912345678"),
        ("(91) 234 56 78", "+34912345678"),
        ("0034 912.34.56.78", "+34912345678"),
        ("+49 30 123456", "+4930123456"),
        ("+39 06 1234 5678", "+390612345678"),
        ("tel:+34912345678", "+34912345678"),
        ("９１２３４５６７８", "+34912345678"),
        ("912 34 56 78 ext. 12", "+34912345678;ext=12"),
        ("912345678 x12", "+34912345678;ext=12"),
        ("912345678 extensión 007", "+34912345678;ext=007"),
        ("+34912345678;ext=12", "+34912345678;ext=12"),
        ("912345678#12", "+34912345678;ext=12"),
    ],
)
def test_a_phone_is_kept_whole(written: str, kept: str) -> None:
    assert normalise_phones([written], "ES") == [kept]
    assert normalise_phones([kept], "DE") == [kept]


@pytest.mark.parametrize(
    "written",
    [
        "912345678, 612345678",
        "912345678,612345678",
        "912345678; 612345678",
        "912345678 / 612345678",
        "912345678 - 612345678",
        "912345678 y 612345678",
        "912345678\n612345678",
        "912345678 (casa)",
        "912345678 Ana",
        "+34 612345678 +34 612345679",
        "912345678 ext. 12 / 612345678",
        "912345678 ext 12, 13",
        "912345678 ext 12345678",
        "912345678;ext=12;phone-context=+44",
        "Ana",
    ],
)
@pytest.mark.parametrize("country", ["ES", "DE", "IT", "US"])
def test_what_is_not_one_phone_is_refused_at_its_place(written: str, country: str) -> None:
    with pytest.raises(Invalid) as refused:
        normalise_phones(["+34912345678", written], country)
    assert [error.field for error in refused.value.errors] == ["phones.1"]


async def test_blank_is_null_and_doubles_are_one(client: httpx.AsyncClient) -> None:
    card = {
        "kind": "company",
        "name": "Acme\r\nNorte",
        "trade_name": "",
        "tax_id": " ",
        "website": "",
        "emails": ["Ana@Straße.example", "ana@xn--strae-oqa.example", "eva@x.example"],
        "phones": ["912345678 ext 12", "\u202a912 34 56 78\u202c"],
        "billing_address": {
            "street": "Mayor 1",
            "city": "Ávila",
            "postal_code": "",
            "province": "\u200b",
            "country": "ES",
        },
        "defaults": {"payment_method": "", "currency": ""},
        "custom_fields": {"Zona": "", "Nota": "a\u200bb"},
    }
    made = (await client.post("/api/v1/contacts", json=card)).json()
    assert (made["name"], made["trade_name"], made["tax_id"], made["website"]) == ("Acme Norte", None, None, None)
    assert made["emails"] == ["Ana@straße.example", "eva@x.example"]
    assert made["phones"] == ["+34912345678;ext=12", "+34912345678"]
    assert (made["billing_address"]["postal_code"], made["billing_address"]["province"]) == (None, None)
    assert (made["defaults"], made["custom_fields"]) == ({}, {"Zona": None, "Nota": "ab"})
    path = f"/api/v1/contacts/{made['id']}"
    assert (await client.patch(path, json={"trade_name": "Norte"})).json()["trade_name"] == "Norte"
    assert (await client.patch(path, json={"trade_name": "\u3164"})).json()["trade_name"] is None
    refused = await client.patch(path, json={"custom_fields": {"Zona": "1", "Zo\u200bna": "2"}})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "custom_fields")
    assert (await client.patch(path, json={"name": "\u200b"})).status_code == 422
