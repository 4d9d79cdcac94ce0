"""Triggers: every change of the taxonomy renews its version, and parents never form a circle."""

from django.db import migrations

WATCHED = (
    "taxonomy_process",
    "taxonomy_material",
    "taxonomy_standard",
    "taxonomy_standard_implies",
    "taxonomy_province",
    "taxonomy_corridor",
    "taxonomy_corridor_provinces",
    "taxonomy_industrialpark",
    "taxonomy_industry",
    "taxonomy_sector",
    "taxonomy_term",
)
TREES = ("taxonomy_process", "taxonomy_material", "taxonomy_industry")

# The sequence never gives a number twice, not even after a rollback or a TRUNCATE: a process that has read
# the vocabulary of a change that was undone reads again.
RENEW_VERSION = """
CREATE SEQUENCE taxonomy_version_numbers;
CREATE FUNCTION taxonomy_renew_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO taxonomy_taxonomyversion (id, number, changed_at)
    VALUES (1, nextval('taxonomy_version_numbers'), statement_timestamp())
    ON CONFLICT (id) DO UPDATE SET number = EXCLUDED.number, changed_at = EXCLUDED.changed_at;
    RETURN NULL;
END $$;
"""

# Runs after the version's row is locked (triggers of one event run in the order of their names), so that two
# transactions cannot each add half a circle.
REFUSE_CIRCLES = """
CREATE FUNCTION taxonomy_refuse_circles() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    code text;
BEGIN
    EXECUTE format(
        'WITH RECURSIVE rooted AS (
             SELECT id FROM %1$I WHERE parent_id IS NULL
             UNION ALL SELECT child.id FROM %1$I child JOIN rooted ON child.parent_id = rooted.id)
         SELECT min(code) FROM %1$I WHERE id NOT IN (SELECT id FROM rooted)', TG_TABLE_NAME) INTO code;
    IF code IS NOT NULL THEN
        RAISE EXCEPTION 'the parents of % form a circle', code
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_TABLE_NAME || '_has_no_circle';
    END IF;
    RETURN NULL;
END $$;
"""

ADD_RENEWAL = """
CREATE TRIGGER a_renew_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION taxonomy_renew_version();
"""
ADD_REFUSAL = """
CREATE TRIGGER b_refuse_circles AFTER INSERT OR UPDATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION taxonomy_refuse_circles();
"""


def add_and_drop(name: str, add: str, table: str) -> migrations.RunSQL:
    """The operation that adds a trigger to a table, and its way back."""
    return migrations.RunSQL(add.format(table=table), f"DROP TRIGGER {name} ON {table};")


class Migration(migrations.Migration):
    dependencies = [("taxonomy", "0001_initial")]

    operations = [
        migrations.RunSQL(
            RENEW_VERSION, "DROP FUNCTION taxonomy_renew_version(); DROP SEQUENCE taxonomy_version_numbers;"
        ),
        migrations.RunSQL(REFUSE_CIRCLES, "DROP FUNCTION taxonomy_refuse_circles();"),
        *[add_and_drop("a_renew_version", ADD_RENEWAL, table) for table in WATCHED],
        *[add_and_drop("b_refuse_circles", ADD_REFUSAL, table) for table in TREES],
    ]
