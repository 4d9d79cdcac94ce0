"""Requirements are found by words: a folded text, and the document that the database makes of it."""

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models.expressions import Func

import config.fulltext

WORDS = Func(
    "text_key",
    function="search_words",
    output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
)


class Migration(migrations.Migration):
    dependencies = [("buyers", "0001_initial"), ("taxonomy", "0003_search_words")]

    operations = [
        migrations.AddField(
            model_name="requirement",
            name="text_key",
            field=models.TextField(blank=True, db_default="", editable=False),
        ),
        migrations.AddField(
            model_name="requirement",
            name="document",
            field=models.GeneratedField(
                db_persist=True,
                expression=Func(WORDS, function="array_to_tsvector"),
                output_field=config.fulltext.DocumentField(),
            ),
        ),
    ]
