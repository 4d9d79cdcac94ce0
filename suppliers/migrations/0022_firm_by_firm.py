"""Triggers that cost as much for each row whatever the planner believes of the tables.

A statement of a function is planned once for each connection. Where a table was empty when it was last looked at, it
was planned as if it still were, and wrote many firms in a time that grew with the square of their number. Firms are
now looked up row by row through an index, and what a firm is found by is gathered firm by firm: no other plan is left.
"""

from importlib import import_module

from django.db import migrations

feed = import_module("suppliers.migrations.0002_change_feed")
names = import_module("suppliers.migrations.0012_names_in_change_feed")
search = import_module("suppliers.migrations.0005_search_triggers")
lists = import_module("suppliers.migrations.0008_listed_below")

REFRESH = """
CREATE OR REPLACE FUNCTION suppliers_refresh_search(firms bigint[]) RETURNS void
LANGUAGE plpgsql SET enable_seqscan = off SET enable_nestloop = on AS $$
BEGIN
    PERFORM 1 FROM suppliers_suppliersearch WHERE supplier_id = ANY(firms) ORDER BY supplier_id FOR UPDATE;
    UPDATE suppliers_suppliersearch search
    SET (name_key, document, process_codes, material_codes, sector_codes, province_references, standards_held) = (
        WITH RECURSIVE
        named AS (
            SELECT name_key FROM accounts_organisation
            WHERE id = (SELECT organisation_id FROM suppliers_supplier WHERE id = search.supplier_id)
        ),
        site AS (
            SELECT id, province_id AS today, old_province_id AS old
            FROM suppliers_site WHERE supplier_id = search.supplier_id
        ),
        capability AS (
            SELECT its.id, its.process_id FROM site CROSS JOIN LATERAL (
                SELECT id, process_id FROM suppliers_capability WHERE site_id = site.id OFFSET 0) AS its
        ),
        run AS (SELECT DISTINCT process_id AS id FROM capability),
        used AS (
            SELECT DISTINCT its.material_id AS id FROM capability CROSS JOIN LATERAL (
                SELECT material_id FROM suppliers_capability_materials WHERE capability_id = capability.id OFFSET 0) AS its
        ),
        processes (id) AS (
            SELECT id FROM run
            UNION SELECT above.parent_id FROM processes CROSS JOIN LATERAL (
                SELECT parent_id FROM taxonomy_process WHERE id = processes.id OFFSET 0) AS above
            WHERE above.parent_id IS NOT NULL
        ),
        materials (id) AS (
            SELECT id FROM used
            UNION SELECT above.parent_id FROM materials CROSS JOIN LATERAL (
                SELECT parent_id FROM taxonomy_material WHERE id = materials.id OFFSET 0) AS above
            WHERE above.parent_id IS NOT NULL
        ),
        sector AS (
            SELECT (SELECT code FROM taxonomy_sector WHERE id = sector_id) AS code
            FROM suppliers_supplier_sectors WHERE supplier_id = search.supplier_id
        ),
        held AS (
            SELECT standard.code, certificate.id, jsonb_build_object(
                'standard', standard.code, 'state', state, 'level', level, 'valid_from', valid_from,
                'expires_on', expires_on, 'never_expires', never_expires) AS certificate
            FROM suppliers_certificate certificate JOIN taxonomy_standard standard ON standard.id = standard_id
            WHERE supplier_id = search.supplier_id AND state IN ('declared', 'checked')
        ),
        told (word) AS (
            SELECT unnest(search_words(name_key)) FROM named
            UNION SELECT '/p:' || code FROM processes JOIN taxonomy_process USING (id)
            UNION SELECT '/m:' || code FROM materials JOIN taxonomy_material USING (id)
            UNION SELECT '/s:' || code FROM held
            UNION SELECT '/f:' || code FROM sector
            UNION SELECT '/r:' || edition || ':' || code FROM site JOIN taxonomy_province ON taxonomy_province.id = today
            UNION SELECT '/r:' || edition || ':' || code FROM site JOIN taxonomy_province ON taxonomy_province.id = old
            UNION SELECT '/c:' || edition || ':' || code
                FROM site JOIN taxonomy_province ON taxonomy_province.id = coalesce(old, today)
        )
        SELECT
            (SELECT name_key FROM named),
            array_to_tsvector(ARRAY(SELECT word FROM told)),
            ARRAY(SELECT code FROM run JOIN taxonomy_process USING (id) ORDER BY code),
            ARRAY(SELECT code FROM used JOIN taxonomy_material USING (id) ORDER BY code),
            ARRAY(SELECT code FROM sector ORDER BY code),
            ARRAY(SELECT DISTINCT edition || ':' || code AS reference
                FROM site JOIN taxonomy_province ON taxonomy_province.id = today ORDER BY reference),
            coalesce((SELECT jsonb_agg(certificate ORDER BY code, id) FROM held), '[]')
    )
    WHERE search.supplier_id = ANY(firms)
        AND EXISTS (SELECT FROM suppliers_supplier WHERE id = search.supplier_id);
END $$;
"""


PLAIN = "LANGUAGE plpgsql AS $$"
# The rows of a table that were there before and after are joined by hashing; other tables are looked up.
BY_HASH = "LANGUAGE plpgsql SET enable_seqscan = off SET enable_nestloop = off AS $$"

FIRM_OF_CAPABILITY = """(SELECT supplier_id FROM suppliers_site WHERE id = (
    SELECT site_id FROM suppliers_capability WHERE id = {rows}.capability_id))"""
FIRMS = {
    "suppliers_capability": "SELECT (SELECT supplier_id FROM suppliers_site WHERE id = {rows}.site_id) FROM {rows}",
    "suppliers_capability_materials": f"SELECT {FIRM_OF_CAPABILITY} FROM {{rows}}",  # noqa: S608
}
FOUND_OF = {"suppliers_capability_materials": FIRM_OF_CAPABILITY.format(rows="row")}
OF_ORGANISATION = "JOIN suppliers_supplier supplier ON supplier.organisation_id = touched.id"
LOOKED_UP = """
    CROSS JOIN LATERAL (SELECT id FROM suppliers_supplier WHERE organisation_id = touched.id OFFSET 0) AS supplier"""


def replacing(function: str, header: str) -> str:
    """The function alone, as its triggers are there already, with its settings."""
    body = function.partition("CREATE TRIGGER")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    return body.replace(PLAIN, header)


def noting(table: str, firms: str, header: str) -> str:
    """What notes a change of rows of these firms; there may be none left while a firm is deleted."""
    touched, former = firms.format(rows="touched"), firms.format(rows="former")
    note = feed.NOTE.replace("GROUP BY", "WHERE firm.id IS NOT NULL GROUP BY")
    both = note.format(firms=f"{touched} UNION {former}")
    return replacing(feed.FUNCTION.format(table=table, note=note.format(firms=touched), note_both=both), header)


def finding(table: str, firm: str, header: str) -> str:
    """What gathers anew what the firms of changed rows are found by."""
    columns = lists.SHOWN if table == "suppliers_certificate" else search.WATCHED[table][1]
    return replacing(search.FUNCTION.format(table=table, firm=firm, columns=columns), header)


class Migration(migrations.Migration):
    dependencies = [("suppliers", "0021_support_stays_with_its_firm")]

    operations = [
        migrations.RunSQL(REFRESH, lists.replacing(lists.REFRESH)),
        *[
            migrations.RunSQL(noting(table, firms, BY_HASH), noting(table, feed.FIRMS[table], PLAIN))
            for table, firms in FIRMS.items()
        ],
        *[
            migrations.RunSQL(finding(table, FOUND_OF.get(table, firm), BY_HASH), finding(table, firm, PLAIN))
            for table, (firm, _columns) in search.WATCHED.items()
        ],
        *[
            migrations.RunSQL(
                replacing(function.replace(OF_ORGANISATION, LOOKED_UP), BY_HASH), replacing(function, PLAIN)
            )
            for function in (names.FUNCTION, search.NEW_NAMES)
        ],
    ]
