"""Events carry the id of their transaction, under which is kept what it changed."""

from django.db import migrations, models

import config.changes


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_changes"),
        ("notifications", "0008_failing_addresses"),
    ]

    operations = [
        # First without the default, which would give all former events one act.
        migrations.AddField(
            model_name="event",
            name="act",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="event",
            name="act",
            field=models.UUIDField(
                db_default=config.changes.CurrentAct(),
                editable=False,
                help_text="Of the transaction; what it changed of which row is kept under the same id.",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["act"], name="event_of_an_act"),
        ),
    ]
