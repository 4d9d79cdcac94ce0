"""A message may come with several files, each with an id.

The database gives ids and times to the files that are there, and to those that a release adds which knows of none.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Func
from django.db.models.functions import Now

SOME_ID = Func(
    template="'att_' || left(replace(gen_random_uuid()::text, '-', ''), 20)", output_field=models.CharField()
)
# The new columns write each row anew, so that its foreign key is checked again: at once, as an index, which is still to
# be made, cannot be while checks wait.
AT_ONCE = "SET CONSTRAINTS ALL IMMEDIATE"
AS_SENT = """
UPDATE matchmaking_attachment AS file SET created_at = sent.created_at, updated_at = sent.created_at
FROM matchmaking_message AS sent WHERE sent.id = file.message_id
"""


def fields(*, in_database: bool) -> "dict[str, models.Field[Any, Any]]":
    """Those that are added: as the database has them, with its defaults, or as the model knows them."""

    def default(value: Any) -> dict[str, Any]:
        return {"db_default": value} if in_database else {}

    return {
        "public_id": models.CharField(editable=False, max_length=32, unique=True, **default(SOME_ID)),
        "version": models.PositiveIntegerField(default=1, editable=False, **default(1)),
        "created_at": models.DateTimeField(auto_now_add=True, **default(Now())),
        "updated_at": models.DateTimeField(auto_now=True, **default(Now())),
    }


class Migration(migrations.Migration):
    dependencies = [("matchmaking", "0009_programme_reports")]

    operations = [
        migrations.AlterField(
            model_name="attachment",
            name="message",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="attachments", to="matchmaking.message"
            ),
        ),
        *(
            migrations.AddField(model_name="attachment", name=name, field=field)
            for name, field in fields(in_database=True).items()
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(model_name="attachment", name=name, field=field)
                for name, field in fields(in_database=False).items()
            ]
        ),
        migrations.RunSQL([AT_ONCE, AS_SENT], migrations.RunSQL.noop),
    ]
