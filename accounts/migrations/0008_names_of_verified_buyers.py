"""Names under which staff have vouched for buyers already."""

from django.db import migrations

NOTE = "UPDATE accounts_organisation SET names_checked_at = verified_at WHERE verified_at IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_proposed_trade_names")]

    operations = [migrations.RunSQL(NOTE, migrations.RunSQL.noop)]
