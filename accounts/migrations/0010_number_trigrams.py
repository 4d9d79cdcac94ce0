"""Tax codes and telephone numbers are found by any part of them."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import F


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0009_time_zone")]

    operations = [
        AddIndexConcurrently(
            model_name="organisation",
            index=GinIndex(
                OpClass(F("tax_code"), name="gin_trgm_ops"),
                OpClass(F("contact_phone"), name="gin_trgm_ops"),
                name="organisation_number_trigrams",
            ),
        ),
    ]
