"""Triggers: what changed, so that saved searches look at it. Whatever wrote it, and exactly as it commits."""

from django.db import migrations

NOTE = """
CREATE FUNCTION {table}_note_for_searches() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO matchmaking_searchnote (thing, thing_id) VALUES ('{thing}', NEW.{key});
    RETURN NULL;
END $$;
CREATE TRIGGER note_for_searches AFTER {events} ON {table}
FOR EACH ROW {condition} EXECUTE FUNCTION {table}_note_for_searches();
"""


def note(
    table: str, *, thing: str, key: str, events: str = "INSERT OR UPDATE", condition: str = ""
) -> migrations.RunSQL:
    """The operation that notes what a row of a table is about, and its way back."""
    return migrations.RunSQL(
        NOTE.format(table=table, thing=thing, key=key, events=events, condition=condition),
        f"DROP FUNCTION {table}_note_for_searches() CASCADE;",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("matchmaking", "0002_shortlists_and_saved_searches"),
        ("suppliers", "0002_change_feed"),
        ("buyers", "0001_initial"),
    ]

    operations = [
        # One row of the feed for each firm and transaction, whatever of the firm was touched.
        note("suppliers_supplierchange", thing="supplier", key="supplier_id"),
        note("buyers_requirement", thing="requirement", key="id", condition="WHEN (NEW.state = 'open')"),
        note("buyers_requirementaudience", thing="requirement", key="requirement_id", events="INSERT"),
    ]
