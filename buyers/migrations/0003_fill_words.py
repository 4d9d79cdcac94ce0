"""Words for the requirements that there are, then the index, neither of which keeps anybody waiting."""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

import config.fulltext
from config.text import fold


def fill(apps: Any, _schema_editor: Any) -> None:
    requirements = apps.get_model("buyers", "Requirement").objects
    texts = ("title", "part_family", "description")
    for pk, *said in requirements.filter(text_key="").values_list("pk", *texts).iterator(chunk_size=500):
        requirements.filter(pk=pk).update(text_key=fold(" ".join(said)))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("buyers", "0002_requirement_words")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexConcurrently(
            model_name="requirement", index=config.fulltext.DocumentIndex(name="requirement_found_by")
        ),
    ]
