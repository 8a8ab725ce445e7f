"""Northwind's tables as the bodies of API requests. Pure: files in, plain values out.

Order dates are moved so that the last order (6 May 1998) is today. Purchases are derived, since Northwind has
none: for each supplier and month, one invoice for what was sold of its products, at 60 % of the sales unit price.
"""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Any

import phonenumbers
import pycountry

LAST_ORDER = date(1998, 5, 6)
PURCHASE_SHARE = Decimal("0.6")
PAID_AFTER = timedelta(days=60)
RECENT = timedelta(days=63)
"""Reaches far enough back that some of it is paid."""
_YEAR = timedelta(days=365)
TIME_ZONE = "Europe/Madrid"
ORGANIZATION = {
    "tax_id": "B85955367",
    "email": "administracion@northwind.example",
    "phone": "+34910000000",
    "website": "https://northwind.example",
    "address": {"street": "Calle de Alcalá 45", "city": "Madrid", "postal_code": "28014", "country": "ES"},
    "iban": "ES9121000418450200051332",
    "bic": "CAIXESBBXXX",
    "color": "#0f5c8c",
    "time_zone": TIME_ZONE,
}
"""Made up, with identifiers that pass their check digits."""
_COUNTRIES = {"UK": "GB", "Venezuela": "VE"}

Row = dict[str, str]
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Company:
    """`key` is `customer:ALFKI` or `supplier:1`."""

    key: str
    body: Body
    person: Body
    country: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """`lines` name products by `product_key`, contacts by `company_key`; both are resolved while loading."""

    key: str
    type: str
    company_key: str
    issue_date: date
    supplier_number: str | None
    lines: list[Body]


def companies() -> Iterator[Company]:
    for row in _read("customers"):
        yield _company(f"customer:{row['customer_id']}", row, "client")
    for row in _read("suppliers"):
        yield _company(f"supplier:{row['supplier_id']}", row, "supplier")


def products() -> Iterator[tuple[str, Body]]:
    """Product key and body. Those still sold are in the catalogue."""
    categories = {row["category_id"]: row["category_name"] for row in _read("categories")}
    for row in _read("products"):
        yield (
            f"product:{row['product_id']}",
            {
                "name": row["product_name"],
                "sku": f"NW-{int(row['product_id']):03}",
                "description": row["quantity_per_unit"],
                "category": categories[row["category_id"]],
                "unit_price": row["unit_price"],
                "currency": "EUR",
                "taxes": ["iva_10"],
                "in_catalogue": row["discontinued"] == "0",
            },
        )


def sales(today: date, *, recent: bool = False) -> list[Invoice]:
    """Every order as an invoice, oldest first: its lines, and the freight as one more without discount.

    `recent`: only what was ordered lately, and on the same days a year before.
    """
    lines: dict[str, list[Body]] = defaultdict(list)
    names = {key: body["name"] for key, body in products()}
    countries = {company.key: company.country for company in companies()}
    for row in _read("order_details"):
        key = f"product:{row['product_id']}"
        lines[row["order_id"]].append(
            {
                "product_key": key,
                "description": names[key],
                "quantity": row["quantity"],
                "unit_price": row["unit_price"],
                "discount_pct": str(Decimal(row["discount"]) * 100),
            }
        )
    invoices = []
    for row in _read("orders"):
        company_key = f"customer:{row['customer_id']}"
        freight = {"description": "Portes", "quantity": "1", "unit_price": row["freight"]}
        invoices.append(
            Invoice(
                key=f"invoice:{row['order_id']}",
                type="invoice",
                company_key=company_key,
                issue_date=_moved(row["order_date"], today),
                supplier_number=None,
                lines=_taxed([*lines[row["order_id"]], freight], countries[company_key]),
            )
        )
    chosen = (invoice for invoice in invoices if not recent or _is_recent(invoice, today))
    return sorted(chosen, key=lambda invoice: (invoice.issue_date, invoice.key))


def _is_recent(invoice: Invoice, today: date) -> bool:
    ago = today - invoice.issue_date
    return any(timedelta() <= ago - back <= RECENT for back in (timedelta(), _YEAR))


def purchases(sold: Iterable[Invoice]) -> list[Invoice]:
    """One invoice per supplier and month of what was sold, dated on its first day, oldest first."""
    supplier_of = {f"product:{row['product_id']}": f"supplier:{row['supplier_id']}" for row in _read("products")}
    countries = {company.key: company.country for company in companies()}
    bought: dict[tuple[str, date], dict[tuple[str, str, Decimal], Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for invoice in sold:
        for line in invoice.lines:
            if key := line.get("product_key"):
                price = Decimal(line["unit_price"]) * PURCHASE_SHARE
                month = invoice.issue_date.replace(day=1)
                bought[supplier_of[key], month][key, line["description"], price] += Decimal(line["quantity"])
    return [
        Invoice(
            key=f"purchase:{supplier}:{month:%Y-%m}",
            type="purchase_invoice",
            company_key=supplier,
            issue_date=month,
            supplier_number=f"NW-{supplier.removeprefix('supplier:')}-{month:%Y%m}",
            lines=_taxed(
                [
                    {
                        "product_key": key,
                        "description": name,
                        "quantity": str(quantity),
                        "unit_price": str(price),
                    }
                    for (key, name, price), quantity in sorted(lines.items())
                ],
                countries[supplier],
            ),
        )
        for (supplier, month), lines in sorted(bought.items(), key=lambda item: (item[0][1], item[0][0]))
    ]


def is_paid(invoice: Invoice, today: date) -> bool:
    return invoice.issue_date < today - PAID_AFTER


def orders_csv(customer_key: str) -> str:
    """A customer's orders as they stand in Northwind: a real file to attach."""
    customer_id = customer_key.removeprefix("customer:")
    rows = [row for row in _read("orders") if row["customer_id"] == customer_id]
    columns = ["order_id", "order_date", "shipped_date", "freight", "ship_name", "ship_city", "ship_country"]
    return "\n".join([";".join(columns), *(";".join(row[column] for column in columns) for row in rows)]) + "\n"


def _company(key: str, row: Row, role: str) -> Company:
    country = _country(row["country"])
    slug = _slug(row["company_name"])
    phones, custom = [], {"Northwind": key}
    for field, label in (("phone", "Teléfono"), ("fax", "Fax")):
        if not row[field]:
            continue
        if field == "phone" and _possible(row[field], country):
            phones.append(row[field])
        else:
            custom[label] = row[field]
    body = {
        "kind": "company",
        "name": row["company_name"],
        "roles": [role],
        "emails": [f"info@{slug}.example"],
        "phones": phones,
        "billing_address": {
            "street": " ".join(row["address"].split()),
            "city": row["city"],
            "postal_code": row["postal_code"] or None,
            "province": row["region"] or None,
            "country": country,
        },
        "defaults": {
            "language": "es",
            "currency": "EUR",
            "payment_method": "transfer",
            "payment_days": 30,
            "tax_regime": "general" if country == "ES" else "import_export",
        },
        "tags": ["northwind"],
        "custom_fields": custom,
    }
    person = {
        "person": {
            "name": row["contact_name"],
            "emails": [f"{_slug(row['contact_name'], '.')}@{slug}.example"],
        },
        "job_title": row["contact_title"],
        "is_primary": True,
    }
    return Company(key, body, person, country)


def _taxed(lines: list[Body], country: str) -> list[Body]:
    return [{**line, "taxes": ["iva_10"] if country == "ES" else []} for line in lines]


def _moved(order_date: str, today: date) -> date:
    return date.fromisoformat(order_date) + (today - LAST_ORDER)


def _country(name: str) -> str:
    return _COUNTRIES.get(name) or str(pycountry.countries.lookup(name).alpha_2)


def _possible(phone: str, country: str) -> bool:
    """Many of Northwind's numbers are too short for the country they are in: those stay as they were written."""
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(phone, country))
    except phonenumbers.NumberParseException:
        return False


def _slug(text: str, joiner: str = "-") -> str:
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ø", "o")).encode("ascii", "ignore").decode()
    return joiner.join(re.findall(r"[a-z0-9]+", plain.lower()))[:50].rstrip("-.")


def _read(table: str) -> list[Row]:
    text = (files("local.demo") / "northwind" / f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
