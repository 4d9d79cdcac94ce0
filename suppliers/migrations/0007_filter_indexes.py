"""Indexes for what lists are filtered by. Made beside those who write."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently, BtreeGistExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("suppliers", "0006_fill_search")]

    operations = [
        BtreeGistExtension(),
        AddIndexConcurrently(
            model_name="capability",
            index=models.Index(
                condition=models.Q(("monthly_capacity__isnull", False)),
                fields=["capacity_unit", "monthly_capacity"],
                name="capability_by_capacity",
            ),
        ),
        AddIndexConcurrently(
            model_name="certificate",
            index=models.Index(fields=["standard", "supplier"], name="certificate_by_standard"),
        ),
        AddIndexConcurrently(
            model_name="site",
            index=django.contrib.postgres.indexes.GistIndex(
                condition=models.Q(("role", "production")),
                fields=["latitude", "longitude"],
                name="site_of_production_on_map",
            ),
        ),
        AddIndexConcurrently(
            model_name="supplier", index=models.Index(fields=["state", "id"], name="supplier_by_state")
        ),
    ]
