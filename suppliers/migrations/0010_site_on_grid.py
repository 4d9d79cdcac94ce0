"""Places of sites on a grid, by which distances go: exact ones would tell where a firm is."""

import django.contrib.postgres.indexes
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("suppliers", "0009_fill_lists"),
        ("taxonomy", "0003_search_words"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="site",
            name="site_of_production_on_map",
        ),
        migrations.AddField(
            model_name="site",
            name="grid_latitude",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.ExpressionWrapper(
                    django.db.models.expressions.CombinedExpression(
                        models.Func(
                            django.db.models.expressions.CombinedExpression(
                                models.F("latitude"), "*", models.Value(100.0)
                            ),
                            function="ROUND",
                            output_field=models.FloatField(),
                        ),
                        "/",
                        models.Value(100.0),
                    ),
                    output_field=models.FloatField(),
                ),
                output_field=models.FloatField(null=True),
            ),
        ),
        migrations.AddField(
            model_name="site",
            name="grid_longitude",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.ExpressionWrapper(
                    django.db.models.expressions.CombinedExpression(
                        models.Func(
                            django.db.models.expressions.CombinedExpression(
                                models.F("longitude"), "*", models.Value(100.0)
                            ),
                            function="ROUND",
                            output_field=models.FloatField(),
                        ),
                        "/",
                        models.Value(100.0),
                    ),
                    output_field=models.FloatField(),
                ),
                output_field=models.FloatField(null=True),
            ),
        ),
        migrations.AddIndex(
            model_name="site",
            index=django.contrib.postgres.indexes.GistIndex(
                condition=models.Q(("role", "production")),
                fields=["grid_latitude", "grid_longitude"],
                name="site_of_production_on_grid",
            ),
        ),
    ]
