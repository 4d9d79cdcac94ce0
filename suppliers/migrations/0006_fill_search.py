"""Rows for the firms that there are, apart from the triggers: locks on the watched tables are gone by now."""

from django.db import migrations

FILL = """
SET LOCAL statement_timeout = 0;
INSERT INTO suppliers_suppliersearch (supplier_id, name_key, document) SELECT id, '', '' FROM suppliers_supplier
ON CONFLICT DO NOTHING;
SELECT suppliers_refresh_search(array_agg(supplier_id)) FROM suppliers_suppliersearch;
"""


class Migration(migrations.Migration):
    dependencies = [("suppliers", "0005_search_triggers")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
