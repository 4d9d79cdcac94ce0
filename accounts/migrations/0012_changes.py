"""What stood in rows before they were changed, and the functions by which triggers keep it."""

from django.db import migrations, models

# The same for all that one transaction writes. A setting that is local to the transaction is forgotten with it, also
# by the part of it that is rolled back; numbers of transactions would begin anew in another cluster after a restore.
CURRENT_ACT = """
CREATE FUNCTION current_act() RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    act text := current_setting('changes.act', true);
BEGIN
    IF coalesce(act, '') = '' THEN
        act := set_config('changes.act', gen_random_uuid()::text, true);
    END IF;
    RETURN act::uuid;
END $$;
"""

# Arguments: label of the model; column that leads to the row whose history it is, and query for the public id of that
# row by it, both empty for a history of its own; columns that are kept, and those of which only the change is kept,
# with commas between them.
KEEP_CHANGE = """
CREATE FUNCTION keep_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    former jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    present jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    seen jsonb := coalesce(present, former);
    told jsonb;
    subject text;
BEGIN
    IF current_setting('changes.unnoted', true) = 'on' THEN
        RETURN NULL;
    END IF;
    SELECT jsonb_object_agg(name, CASE WHEN is_kept THEN jsonb_build_array(former -> name, present -> name) END)
    INTO told
    FROM (
        SELECT unnest(string_to_array(TG_ARGV[3], ',')) AS name, true AS is_kept
        UNION ALL
        SELECT unnest(string_to_array(TG_ARGV[4], ',')), false
    ) AS watched
    WHERE nullif(former -> name, 'null') IS DISTINCT FROM nullif(present -> name, 'null');
    IF told IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_ARGV[1] = '' THEN
        subject := seen ->> 'public_id';
    ELSE
        EXECUTE TG_ARGV[2] INTO subject USING (seen ->> TG_ARGV[1])::bigint;
    END IF;
    IF subject IS NOT NULL THEN
        INSERT INTO accounts_change (act, subject, model, "row", kind, columns, created_at)
        VALUES (
            current_act(), subject, TG_ARGV[0], coalesce(seen ->> 'public_id', seen ->> 'id'),
            CASE TG_OP WHEN 'INSERT' THEN 'added' WHEN 'UPDATE' THEN 'changed' ELSE 'removed' END,
            told, clock_timestamp()
        );
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_saved_filters"),
    ]

    operations = [
        migrations.RunSQL(CURRENT_ACT, "DROP FUNCTION current_act()"),
        migrations.RunSQL(KEEP_CHANGE, "DROP FUNCTION keep_change()"),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act", models.UUIDField(help_text="Of the transaction, which the events of the act have too.")),
                (
                    "subject",
                    models.CharField(help_text="Public id of the thing whose history it belongs to.", max_length=32),
                ),
                (
                    "model",
                    models.CharField(
                        help_text="Label of the model, or of its list, such as buyers.Plant.", max_length=100
                    ),
                ),
                (
                    "row",
                    models.CharField(help_text="Public id of the row, or its key where it has none.", max_length=32),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("added", "Added"), ("changed", "Changed"), ("removed", "Removed")], max_length=7
                    ),
                ),
                (
                    "columns",
                    models.JSONField(help_text="By column: before and after, or null where only the change is kept."),
                ),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "change",
                "verbose_name_plural": "changes",
                "indexes": [
                    models.Index(fields=["subject", "id"], name="change_history"),
                    models.Index(fields=["act"], name="change_of_an_act"),
                ],
            },
        ),
    ]
