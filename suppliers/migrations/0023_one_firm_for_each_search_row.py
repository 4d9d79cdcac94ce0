"""What a firm is found by is gathered in a time that grows with the number of firms, also where a table was counted
while none of its rows counted: during a first list, or after the preview of one. There each row to be written was
compared with all firms; `OFFSET 0` makes PostgreSQL look its one firm up."""

from importlib import import_module

from django.db import migrations

earlier = import_module("suppliers.migrations.0022_firm_by_firm")

ANY_FIRM = "EXISTS (SELECT FROM suppliers_supplier WHERE id = search.supplier_id)"
ITS_FIRM = "EXISTS (SELECT FROM suppliers_supplier WHERE id = search.supplier_id OFFSET 0)"


class Migration(migrations.Migration):
    dependencies = [("suppliers", "0022_firm_by_firm")]

    operations = [migrations.RunSQL(earlier.REFRESH.replace(ANY_FIRM, ITS_FIRM), earlier.REFRESH)]
