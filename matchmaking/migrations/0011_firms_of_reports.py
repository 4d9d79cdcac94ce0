"""A trigger: the firm of a delivery report is looked up row by row, as those of suppliers.0022 are."""

from importlib import import_module

from django.db import migrations

reports = import_module("matchmaking.migrations.0008_messages_and_contracts")
replacing = import_module("suppliers.migrations.0022_firm_by_firm").replacing

JOINED = "JOIN matchmaking_connection connection ON connection.id = touched.connection_id"
LOOKED_UP = """CROSS JOIN LATERAL (
            SELECT supplier_id FROM matchmaking_connection WHERE id = touched.connection_id OFFSET 0) AS connection"""
HEADER = "LANGUAGE plpgsql SET enable_seqscan = off AS $$"
PLAIN = "LANGUAGE plpgsql AS $$"


class Migration(migrations.Migration):
    dependencies = [
        ("matchmaking", "0010_several_files_in_a_message"),
        ("suppliers", "0022_firm_by_firm"),
    ]

    operations = [
        migrations.RunSQL(
            replacing(reports.NOTE_FIRMS.replace(JOINED, LOOKED_UP), HEADER), replacing(reports.NOTE_FIRMS, PLAIN)
        ),
    ]
