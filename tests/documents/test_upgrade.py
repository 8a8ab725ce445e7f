"""The step that makes paid what was approved before with nothing to be paid."""

import asyncio
from decimal import Decimal
from uuid import UUID

import orjson
from sqlalchemy import text

from documents.kinds import KINDS
from shared.db.engine import create_engine
from shared.db.migrate import upgrade
from shared.db.provision import provision
from shared.db.session import Database
from shared.events.documents import DocumentUpdated
from shared.identifiers import new_id
from tests.support.postgres import Databases

ADD = """INSERT INTO document (org_id, id, version, created_at, updated_at, type, side, status, number, contact_id,
        contact_name, issue_date, tax_date, currency, language, lines, taxes, subtotal, tax_total, total, paid_total,
        pending_total, organization_snapshot, contact_snapshot)
    VALUES (:id, :id, 2, now(), now(), :type, 'sales', :status, :number, :id,
        'Acme', current_date, current_date, 'EUR', 'es', '[]', '[]', :total, 0, :total, :paid,
        CAST(:total AS numeric) - :paid, '{}', '{}')"""
Card = tuple[str, str, Decimal, Decimal]
OTHERS: list[Card] = [
    ("invoice", "draft", Decimal(0), Decimal(0)),
    ("invoice", "voided", Decimal(0), Decimal(0)),
    ("invoice", "approved", Decimal("121.00"), Decimal(0)),
    ("invoice", "paid", Decimal("121.00"), Decimal("121.00")),
    *((kind.type, "approved", Decimal(0), Decimal(0)) for kind in KINDS.values() if not kind.payable),
]
NOTHING: list[Card] = [(kind.type, "approved", Decimal("0.00"), Decimal(0)) for kind in KINDS.values() if kind.payable]


async def test_what_asked_for_nothing_is_paid_and_told_once(databases: Databases) -> None:
    urls = await provision(databases.server.url, "documents", database="nothing_to_pay")
    await asyncio.to_thread(upgrade, "documents", urls.migrate_url, revision="d008")
    owner = Database(create_engine(urls.migrate_url, application="test", pool_size=1))
    kept: dict[UUID, Card] = {}
    async with owner.opened() as session:
        for card in [*OTHERS, *NOTHING]:
            kind, status, total, paid = card
            kept[document_id := new_id()] = card
            await session.execute(text("SELECT set_config('app.org_id', :id, true)"), {"id": str(document_id)})
            values: dict[str, object] = {
                "id": document_id,
                "type": kind,
                "status": status,
                "total": total,
                "paid": paid,
            }
            values["number"] = None if status == "draft" else "F1"
            await session.execute(text(ADD), values)
    await asyncio.to_thread(upgrade, "documents", urls.migrate_url)
    async with owner.opened() as session:  # as where it was interrupted
        await session.execute(text("UPDATE alembic_version SET version_num = 'd008'"))
    await asyncio.to_thread(upgrade, "documents", urls.migrate_url)
    async with owner.opened() as session:
        rows = (await session.execute(text("SELECT id, status, version FROM document"))).all()
        bodies = (await session.execute(text("SELECT body FROM outbox"))).scalars().all()
    await owner.close()
    paid_now = {document_id for document_id, card in kept.items() if card in NOTHING}
    expected = {(i, "paid", 3) if i in paid_now else (i, card[1], 2) for i, card in kept.items()}
    assert {tuple(row) for row in rows} == expected
    told = [DocumentUpdated.from_envelope(orjson.loads(body)) for body in bodies]
    assert sorted(event.subject for event in told) == sorted(paid_now)
    for event in told:
        assert (event.org_id, event.version, event.changed) == (event.subject, 3, ("status",))
        assert (event.data.type, event.data.status, event.data.total) == (kept[event.subject][0], "paid", Decimal(0))
