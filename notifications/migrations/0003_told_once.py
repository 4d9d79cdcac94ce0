from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_webhooks")]

    operations = [
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("event", "endpoint"), name="delivery_once_per_event_and_endpoint"
            ),
        ),
    ]
