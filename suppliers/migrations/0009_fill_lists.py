"""The lists of the firms that there are, apart from the functions that keep them."""

from django.db import migrations

FILL = """
SET LOCAL statement_timeout = 0;
SELECT suppliers_refresh_search(array_agg(supplier_id)) FROM suppliers_suppliersearch;
"""


class Migration(migrations.Migration):
    dependencies = [("suppliers", "0008_listed_below")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
