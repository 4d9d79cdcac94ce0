"""A trigger: a firm that enters or leaves a sector is one that has changed, for whoever keeps by what firms are found."""

from importlib import import_module

from django.db import migrations

watch = import_module("suppliers.migrations.0002_change_feed").watch


class Migration(migrations.Migration):
    dependencies = [("suppliers", "0012_names_in_change_feed")]

    operations = [watch("suppliers_supplier_sectors", "SELECT supplier_id FROM {rows}")]
