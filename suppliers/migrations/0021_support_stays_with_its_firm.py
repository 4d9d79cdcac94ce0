from django.db import migrations, models
from django.db.models.deletion import PROTECT


class Migration(migrations.Migration):
    dependencies = [("suppliers", "0020_search_in_order")]

    operations = [
        migrations.AlterField(
            model_name="supportapplication",
            name="supplier",
            field=models.ForeignKey(
                on_delete=PROTECT,
                related_name="support_applications",
                to="suppliers.supplier",
                verbose_name="supplier",
            ),
        ),
    ]
