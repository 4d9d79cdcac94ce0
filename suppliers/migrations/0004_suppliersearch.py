"""What firms are found by: one narrow row beside each firm."""

import django.db.models.deletion
from django.db import migrations, models

import config.fulltext


class Migration(migrations.Migration):
    dependencies = [("suppliers", "0003_documents")]

    operations = [
        migrations.CreateModel(
            name="SupplierSearch",
            fields=[
                (
                    "supplier",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search",
                        serialize=False,
                        to="suppliers.supplier",
                    ),
                ),
                ("name_key", models.CharField(blank=True, max_length=500)),
                ("document", config.fulltext.DocumentField()),
            ],
            options={
                "verbose_name": "what a firm is found by",
                "verbose_name_plural": "what firms are found by",
                "indexes": [
                    config.fulltext.DocumentIndex(name="supplier_found_by"),
                    models.Index(fields=["name_key", "supplier"], name="supplier_by_name"),
                ],
            },
        ),
        # With the usual statistics the planner takes a word that no firm has for one that 500 of 100,000 have, and
        # reads all firms, the newest first, to find a page of them.
        migrations.RunSQL(
            "ALTER TABLE suppliers_suppliersearch ALTER COLUMN document SET STATISTICS 1000", migrations.RunSQL.noop
        ),
    ]
