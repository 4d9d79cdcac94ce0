"""A trigger: a firm that is called something else is one that has changed, for whoever keeps what was told of it."""

from django.db import migrations

# In the order of ids, so that two large statements cannot wait for each other in a circle.
FUNCTION = """
CREATE FUNCTION accounts_organisation_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO suppliers_supplierchange (supplier_id, changed_in)
    SELECT supplier.id, pg_current_xact_id()::text::bigint
    FROM touched JOIN former USING (id) JOIN suppliers_supplier supplier ON supplier.organisation_id = touched.id
    WHERE (touched.legal_name, touched.trade_name) IS DISTINCT FROM (former.legal_name, former.trade_name)
    ORDER BY supplier.id
    ON CONFLICT (supplier_id) DO UPDATE SET changed_in = EXCLUDED.changed_in
    WHERE suppliers_supplierchange.changed_in <> EXCLUDED.changed_in;
    RETURN NULL;
END $$;
CREATE TRIGGER note_update AFTER UPDATE ON accounts_organisation
REFERENCING NEW TABLE AS touched OLD TABLE AS former
FOR EACH STATEMENT EXECUTE FUNCTION accounts_organisation_note_change();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("suppliers", "0011_names_of_published_firms")]

    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION accounts_organisation_note_change() CASCADE;")]
