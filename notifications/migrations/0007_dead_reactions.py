from django.db import migrations, models

# Ids do not collide: those of deliveries are even, those of reactions odd.
VIEW = """
CREATE VIEW notifications_deadletter AS
SELECT id * 2 AS id, public_id, event_id, channel, id AS delivery_id, NULL::bigint AS reaction_id, state, attempts,
    last_error
FROM notifications_delivery WHERE state = 'dead'
UNION ALL
SELECT id * 2 + 1, 'rea_' || id, event_id, 'reaction', NULL, id, state, attempts, last_error
FROM notifications_reaction WHERE state = 'dead'
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_dead_letters")]

    operations = [
        migrations.DeleteModel(name="DeadLetter"),
        migrations.RunSQL(VIEW, "DROP VIEW notifications_deadletter"),
        migrations.CreateModel(
            name="DeadLetter",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("public_id", models.CharField(max_length=32)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "E-mail"),
                            ("digest", "Daily e-mail"),
                            ("webhook", "Webhook"),
                            ("reaction", "Work of the product"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("due", "Due"), ("running", "Running"), ("done", "Done"), ("dead", "Given up")],
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveIntegerField()),
                ("last_error", models.CharField(max_length=500)),
            ],
            options={
                "verbose_name": "dead letter",
                "verbose_name_plural": "dead letters",
                "db_table": "notifications_deadletter",
                "managed": False,
            },
        ),
    ]
