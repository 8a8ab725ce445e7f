"""What Northwind has no table for: a few activities, opportunities, notes, files and open portals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from local.demo.northwind import TIME_ZONE, Body, Company, orders_csv


@dataclass(frozen=True, slots=True)
class Extra:
    """One request about one company. `path` may hold `{contact_id}`; else the body gets it."""

    key: str
    company_key: str
    path: str
    body: Body = field(default_factory=dict)
    method: str = "POST"
    file: tuple[str, str] | None = None


_ACTIVITIES = (
    ("call", "Llamar para confirmar el próximo pedido"),
    ("meeting", "Reunión de revisión de precios"),
    ("task", "Preparar la propuesta de temporada"),
    ("email", "Enviar el catálogo actualizado"),
    ("visit", "Visita al almacén"),
)
_OPPORTUNITIES = (
    ("Ampliar la gama de quesos", "4800.00"),
    ("Contrato anual de bebidas", "12500.00"),
    ("Primer pedido de repostería", "1750.50"),
    ("Cesta de Navidad para empleados", "6900.00"),
)
_NOTES = (
    "Prefiere las entregas **a primera hora**; el muelle cierra a las 12.",
    "Pide siempre albarán valorado. Las facturas, *solo por correo*.",
    "Negociado un 5 % de descuento a partir de 2.000 € por pedido.",
    "Contacto muy atento; responde antes por teléfono que por correo.",
)


def steps(clients: Sequence[Company], today: date) -> Iterator[Extra]:
    """Spread evenly, and the same on every run."""
    for index, client in enumerate(clients):
        if index % 2 == 0:
            yield _activity(client, index, today)
        if index % 3 == 0:
            yield _opportunity(client, index, today)
        if index % 2 == 1:
            note = {"body": _NOTES[index % len(_NOTES)], "pinned": index % 4 == 1}
            yield Extra(f"{client.key}:note", client.key, "/api/v1/notes", note)
        if index % 5 == 0:
            name = f"pedidos-{client.key.removeprefix('customer:').lower()}.csv"
            path = "/api/v1/contacts/{contact_id}/files"
            yield Extra(f"{client.key}:file", client.key, path, file=(name, orders_csv(client.key)))
        if index % 10 == 0:
            settings = {"enabled": True, "payment_methods": ["transfer"], "catalogue": True}
            yield Extra(
                f"{client.key}:portal", client.key, "/api/v1/contacts/{contact_id}/portal", settings, method="PUT"
            )


def _activity(client: Company, index: int, today: date) -> Extra:
    kind, title = _ACTIVITIES[index // 2 % len(_ACTIVITIES)]
    starts_at = datetime.combine(today + timedelta(days=1 + index % 20), time(9 + index % 8), ZoneInfo(TIME_ZONE))
    body = {"kind": kind, "title": title, "starts_at": starts_at.isoformat(), "reminder_minutes": 30}
    return Extra(f"{client.key}:activity", client.key, "/api/v1/activities", body)


def _opportunity(client: Company, index: int, today: date) -> Extra:
    title, value = _OPPORTUNITIES[index // 3 % len(_OPPORTUNITIES)]
    expected_close = (today + timedelta(days=15 + index)).isoformat()
    body = {"title": title, "value": value, "currency": "EUR", "expected_close": expected_close}
    return Extra(f"{client.key}:opportunity", client.key, "/api/v1/opportunities", body)
