"""An index for what readers find in the product, made beside those who write, and what may not be there twice.

No row that there is contradicts it: facts come with the migration before, and so do daily e-mails, without which the
constraint says no more than an older one.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0004_in_app_and_preferences")]

    operations = [
        AddIndexConcurrently(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("channel", "in_app")), fields=["recipient", "-id"], name="delivery_in_app"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("channel__in", ("email", "digest"))),
                fields=("event", "recipient"),
                name="delivery_mailed_once_per_event_and_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(
                condition=models.Q(("fact", ""), _negated=True), fields=("fact",), name="event_tells_a_fact_once"
            ),
        ),
    ]
