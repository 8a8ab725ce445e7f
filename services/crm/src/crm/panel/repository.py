"""The one SQL statement of the panel. Its items have the fields of ActivityOut, OpportunityOut and NoteOut."""

from uuid import UUID

from shared.currencies import decimals_sql
from shared.db.reading import JsonReader
from shared.db.tenancy import Scope


async def read_panel_part(reader: JsonReader, scope: Scope, contact_id: UUID) -> bytes:
    part = await reader.read(scope, PANEL_PART, scope.org_id, contact_id)
    assert part
    return part


# Every list reads its own partial index from one end, and counts are kept as they change:
# what a contact has behind it costs nothing. At most 20 pinned notes.
PANEL_PART = f"""
WITH contact AS MATERIALIZED (SELECT name FROM contact_copy WHERE org_id = $1 AND id = $2),
home AS MATERIALIZED (
    SELECT coalesce((SELECT currency FROM organization WHERE org_id = $1), 'EUR') AS currency)
SELECT json_build_object(
    'activities', json_build_object(
        'items', coalesce((
            SELECT json_agg(json_build_object(
                'id', a.id, 'version', a.version, 'contact_id', a.contact_id,
                'contact_name', (SELECT name FROM contact), 'kind', a.kind, 'title', a.title,
                'starts_at', a.starts_at, 'ends_at', a.ends_at, 'reminder_minutes', a.reminder_minutes,
                'notes', a.notes, 'owner', a.owner, 'owner_name', a.owner_name, 'completed_at', a.completed_at,
                'created_at', a.created_at, 'updated_at', a.updated_at) ORDER BY a.starts_at, a.id)
            FROM (
                SELECT * FROM activity
                WHERE org_id = $1 AND contact_id = $2 AND completed_at IS NULL AND deleted_at IS NULL
                ORDER BY starts_at, id LIMIT 10
            ) a
        ), '[]'::json),
        'count', coalesce((SELECT count FROM open_activities WHERE org_id = $1 AND contact_id = $2), 0)),
    'opportunities', json_build_object(
        'items', coalesce((
            SELECT json_agg(json_build_object(
                'id', o.id, 'version', o.version, 'contact_id', o.contact_id,
                'contact_name', (SELECT name FROM contact), 'title', o.title, 'pipeline_id', o.pipeline_id,
                'stage_id', o.stage_id, 'stage_name', s.name,
                'value', round(o.value, {decimals_sql("o.currency")})::text, 'currency', o.currency,
                'probability', o.probability, 'expected_close', o.expected_close, 'status', o.status,
                'lost_reason', o.lost_reason, 'closed_at', o.closed_at,
                'created_at', o.created_at, 'updated_at', o.updated_at) ORDER BY o.expected_close, o.id)
            FROM (
                SELECT * FROM opportunity
                WHERE org_id = $1 AND contact_id = $2 AND status = 'open' AND deleted_at IS NULL
                ORDER BY expected_close, id LIMIT 10
            ) o
            JOIN stage s ON s.org_id = $1 AND s.id = o.stage_id
        ), '[]'::json),
        'count', (
            SELECT coalesce(sum(count), 0) FROM open_opportunities WHERE org_id = $1 AND contact_id = $2),
        'value_total', round(coalesce((
            SELECT value FROM open_opportunities
            WHERE org_id = $1 AND contact_id = $2 AND currency = home.currency), 0),
            {decimals_sql("home.currency")})::text,
        'currency', home.currency),
    'notes', json_build_object(
        'items', coalesce((
            SELECT json_agg(json_build_object(
                'id', n.id, 'version', n.version, 'contact_id', n.contact_id,
                'contact_name', (SELECT name FROM contact), 'body', n.body, 'pinned', n.pinned,
                'author', n.author, 'author_name', n.author_name,
                'created_at', n.created_at, 'updated_at', n.updated_at) ORDER BY n.pinned DESC, n.id DESC)
            FROM (
                (SELECT * FROM note
                 WHERE org_id = $1 AND contact_id = $2 AND pinned AND deleted_at IS NULL
                 ORDER BY id DESC LIMIT 20)
                UNION ALL
                (SELECT * FROM note
                 WHERE org_id = $1 AND contact_id = $2 AND NOT pinned AND deleted_at IS NULL
                 ORDER BY id DESC LIMIT 10)
            ) n
        ), '[]'::json),
        'count', coalesce((SELECT count FROM note_count WHERE org_id = $1 AND contact_id = $2), 0)))::text
FROM home
"""  # noqa: S608 - codes of the currency table
