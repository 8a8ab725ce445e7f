"""Who did what to accounts: entries that nobody changes or takes away, and the refusals that are counted first."""

from alembic import op

from shared.db.migrate import hold_to_tenant

revision = "g009"
down_revision = "g008"


def upgrade() -> None:
    op.execute(
        """CREATE TABLE audit_entry (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            at timestamptz NOT NULL,
            actor text NOT NULL,
            actor_name text NOT NULL,
            action text NOT NULL,
            subject_kind text,
            subject_id uuid,
            subject_name text,
            address text,
            agent text,
            reason text,
            changes jsonb NOT NULL,
            times integer NOT NULL,
            PRIMARY KEY (org_id, id)
        )"""
    )
    # The list is read newest first, whole or by one of these.
    op.execute("CREATE INDEX ix_audit_entry_at ON audit_entry (org_id, at, id)")
    op.execute("CREATE INDEX ix_audit_entry_actor ON audit_entry (org_id, actor, at, id)")
    op.execute("CREATE INDEX ix_audit_entry_action ON audit_entry (org_id, action, at, id)")
    op.execute("CREATE INDEX ix_audit_entry_subject ON audit_entry (org_id, subject_id, at, id)")
    op.execute(
        """CREATE TABLE audit_tally (
            org_id uuid NOT NULL,
            key text NOT NULL,
            queue text NOT NULL,
            closes_at timestamptz NOT NULL,
            last_at timestamptz NOT NULL,
            actor text NOT NULL,
            actor_name text NOT NULL,
            action text NOT NULL,
            subject_kind text,
            subject_id uuid,
            subject_name text,
            address text,
            agent text,
            reason text,
            times integer NOT NULL,
            PRIMARY KEY (org_id, key)
        )"""
    )
    op.execute("CREATE INDEX ix_audit_tally_closes_at ON audit_tally (closes_at)")
    op.execute("CREATE INDEX ix_audit_tally_subject ON audit_tally (org_id, subject_id)")
    hold_to_tenant("audit_entry")
    hold_to_tenant("audit_tally", lookup="queue")
    # Against everybody, the owner too: nothing changes, and nothing goes before it is a year old.
    op.execute(
        """CREATE FUNCTION audit_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                IF old.at < now() - interval '365 days' THEN
                    RETURN old;
                END IF;
            END IF;
            RAISE EXCEPTION 'audit_entry is only ever added to' USING ERRCODE = 'insufficient_privilege';
        END $$"""
    )
    op.execute(
        "CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_stays()"
    )
    op.execute(
        "CREATE TRIGGER stays_whole BEFORE TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_stays()"
    )
    # The working role was given what it has on every table; what it is called differs from place to place.
    op.execute(
        """DO $$
        DECLARE other regrole;
        BEGIN
            FOR other IN
                SELECT DISTINCT acl.grantee FROM pg_class c CROSS JOIN aclexplode(c.relacl) acl
                WHERE c.oid = 'audit_entry'::regclass AND acl.grantee NOT IN (0, c.relowner)
            LOOP
                EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry FROM %s', other);
            END LOOP;
        END $$"""
    )
    # The one way out. With its owner's rights, and held to the caller's organisation by the policy as everybody is.
    op.execute(
        """CREATE FUNCTION forget_audit_entries(before timestamptz, most integer) RETURNS integer
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            WITH old AS (
                SELECT org_id, id FROM audit_entry
                WHERE org_id = nullif(current_setting('app.org_id', true), '')::uuid
                    AND at < least(before, now() - interval '365 days')
                ORDER BY at LIMIT most
            ), gone AS (
                DELETE FROM audit_entry e USING old WHERE e.org_id = old.org_id AND e.id = old.id RETURNING 1
            )
            SELECT count(*)::integer FROM gone
        $$"""
    )
