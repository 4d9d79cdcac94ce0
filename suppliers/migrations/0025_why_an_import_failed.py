"""Why an import failed is kept as a phrase, so that each officer reads it in their own language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("suppliers", "0024_changes_kept")]

    operations = [
        migrations.AddField(
            model_name="import",
            name="error_told",
            field=models.JSONField(db_default={}, default=dict, verbose_name="error"),
        ),
    ]
