"""Triggers: whatever touches a firm's facts notes the firm and the transaction, once for each statement."""

from django.db import migrations

# Which firms a set of touched rows belongs to, by table.
FIRMS = {
    "suppliers_supplier": "SELECT id FROM {rows}",
    "suppliers_site": "SELECT supplier_id FROM {rows}",
    "suppliers_capability": """
        SELECT site.supplier_id FROM {rows} JOIN suppliers_site site ON site.id = {rows}.site_id""",
    "suppliers_capability_materials": """
        SELECT site.supplier_id FROM {rows}
        JOIN suppliers_capability capability ON capability.id = {rows}.capability_id
        JOIN suppliers_site site ON site.id = capability.site_id""",
    "suppliers_certificate": "SELECT supplier_id FROM {rows}",
}

# Firms are noted in the order of their ids, so that two large statements cannot wait for each other in a circle.
NOTE = """
        INSERT INTO suppliers_supplierchange (supplier_id, changed_in)
        SELECT firm.id, pg_current_xact_id()::text::bigint FROM ({firms}) AS firm (id)
        GROUP BY firm.id ORDER BY firm.id
        ON CONFLICT (supplier_id) DO UPDATE SET changed_in = EXCLUDED.changed_in
        WHERE suppliers_supplierchange.changed_in <> EXCLUDED.changed_in;
"""

# A row may move to another firm: an update touches the firms of the old rows as well.
FUNCTION = """
CREATE FUNCTION {table}_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN {note_both}
    ELSE {note}
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER note_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS touched
FOR EACH STATEMENT EXECUTE FUNCTION {table}_note_change();
CREATE TRIGGER note_update AFTER UPDATE ON {table} REFERENCING NEW TABLE AS touched OLD TABLE AS former
FOR EACH STATEMENT EXECUTE FUNCTION {table}_note_change();
CREATE TRIGGER note_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS touched
FOR EACH STATEMENT EXECUTE FUNCTION {table}_note_change();
"""


def watch(table: str, firms: str) -> migrations.RunSQL:
    """The operation that notes every change of a table, and its way back."""
    touched, former = firms.format(rows="touched"), firms.format(rows="former")
    note_both = NOTE.format(firms=f"{touched} UNION {former}")
    return migrations.RunSQL(
        FUNCTION.format(table=table, note=NOTE.format(firms=touched), note_both=note_both),
        f"DROP FUNCTION {table}_note_change() CASCADE;",
    )


class Migration(migrations.Migration):
    dependencies = [("suppliers", "0001_initial")]

    operations = [watch(table, firms) for table, firms in FIRMS.items()]
