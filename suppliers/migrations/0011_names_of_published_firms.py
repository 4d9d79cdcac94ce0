"""Names under which staff have vouched for firms already."""

from django.db import migrations

NOTE = """
UPDATE accounts_organisation SET names_checked_at = supplier.published_at FROM suppliers_supplier AS supplier
WHERE supplier.organisation_id = accounts_organisation.id AND supplier.published_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("suppliers", "0010_site_on_grid"), ("accounts", "0007_proposed_trade_names")]

    operations = [migrations.RunSQL(NOTE, migrations.RunSQL.noop)]
