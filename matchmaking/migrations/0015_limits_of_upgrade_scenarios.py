from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matchmaking", "0014_weighings")]

    operations = [
        migrations.AddField(
            model_name="upgradescenario",
            name="province",
            field=models.CharField(blank=True, db_default="", max_length=7, verbose_name="only firms with a site in"),
        ),
        migrations.AddField(
            model_name="upgradescenario",
            name="sector",
            field=models.CharField(blank=True, db_default="", max_length=40, verbose_name="only firms of the sector"),
        ),
    ]
