"""Triggers: whatever changes what a firm is found by writes its document anew, in the same transaction."""

from django.db import migrations

# The whole document of some firms. Rows are locked first and read in a second statement: whoever waited reads what
# the other transaction wrote. Only existing rows are written, so that nothing is found again while it is deleted.
REFRESH = """
CREATE FUNCTION suppliers_refresh_search(firms bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM suppliers_suppliersearch WHERE supplier_id = ANY(firms) ORDER BY supplier_id FOR UPDATE;
    WITH RECURSIVE
    firm AS (
        SELECT supplier.id, organisation.name_key
        FROM suppliers_supplier supplier JOIN accounts_organisation organisation
            ON organisation.id = supplier.organisation_id
        WHERE supplier.id = ANY(firms)
    ),
    capability AS (
        SELECT site.supplier_id AS firm, capability.id, capability.process_id
        FROM suppliers_site site JOIN suppliers_capability capability ON capability.site_id = site.id
        WHERE site.supplier_id = ANY(firms)
    ),
    run AS (SELECT DISTINCT firm, process_id AS id FROM capability),
    used AS (
        SELECT DISTINCT capability.firm, made_of.material_id AS id
        FROM capability JOIN suppliers_capability_materials made_of ON made_of.capability_id = capability.id
    ),
    processes (id, above) AS (
        SELECT DISTINCT id, id FROM run
        UNION ALL
        SELECT processes.id, process.parent_id FROM processes JOIN taxonomy_process process ON process.id = above
        WHERE process.parent_id IS NOT NULL
    ),
    materials (id, above) AS (
        SELECT DISTINCT id, id FROM used
        UNION ALL
        SELECT materials.id, material.parent_id FROM materials JOIN taxonomy_material material ON material.id = above
        WHERE material.parent_id IS NOT NULL
    ),
    place AS (
        SELECT supplier_id AS firm, province_id AS today, old_province_id AS old
        FROM suppliers_site WHERE supplier_id = ANY(firms)
    ),
    told (firm, word) AS (
        SELECT id, unnest(search_words(name_key)) FROM firm
        UNION ALL
        SELECT firm, '/p:' || process.code FROM run
            JOIN processes ON processes.id = run.id JOIN taxonomy_process process ON process.id = processes.above
        UNION ALL
        SELECT firm, '/m:' || material.code FROM used
            JOIN materials ON materials.id = used.id JOIN taxonomy_material material ON material.id = materials.above
        UNION ALL
        SELECT supplier_id, '/s:' || standard.code
        FROM suppliers_certificate certificate JOIN taxonomy_standard standard ON standard.id = standard_id
        WHERE supplier_id = ANY(firms) AND state IN ('declared', 'checked')
        UNION ALL
        SELECT supplier_id, '/f:' || sector.code
        FROM suppliers_supplier_sectors JOIN taxonomy_sector sector ON sector.id = sector_id
        WHERE supplier_id = ANY(firms)
        UNION ALL
        SELECT firm, '/r:' || province.edition || ':' || province.code
        FROM place JOIN taxonomy_province province ON province.id IN (today, old)
        UNION ALL
        SELECT firm, '/c:' || province.edition || ':' || province.code
        FROM place JOIN taxonomy_province province ON province.id = coalesce(old, today)
    ),
    document AS (SELECT firm, array_to_tsvector(array_agg(DISTINCT word)) AS words FROM told GROUP BY firm)
    UPDATE suppliers_suppliersearch search
    SET name_key = firm.name_key, document = coalesce(document.words, '')
    FROM firm LEFT JOIN document ON document.firm = firm.id
    WHERE search.supplier_id = firm.id;
END $$;
"""

# By table: the firm of one of its rows, and the columns on which the document rests.
WATCHED = {
    "suppliers_site": ("row.supplier_id", "supplier_id, province_id, old_province_id"),
    "suppliers_capability": (
        "(SELECT supplier_id FROM suppliers_site WHERE id = row.site_id)",
        "site_id, process_id",
    ),
    "suppliers_capability_materials": (
        """(SELECT site.supplier_id FROM suppliers_capability capability
            JOIN suppliers_site site ON site.id = capability.site_id WHERE capability.id = row.capability_id)""",
        "capability_id, material_id",
    ),
    "suppliers_certificate": ("row.supplier_id", "supplier_id, standard_id, state"),
    "suppliers_supplier_sectors": ("row.supplier_id", "supplier_id, sector_id"),
}

FUNCTION = """
CREATE FUNCTION {table}_refresh_search() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    firms bigint[];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        WITH before AS (SELECT id, ({columns}) AS told FROM former),
        after AS (SELECT id, ({columns}) AS told FROM touched),
        changed AS (SELECT id FROM before JOIN after USING (id) WHERE before.told IS DISTINCT FROM after.told)
        SELECT array_agg(firm) INTO firms FROM (
            SELECT {firm} AS firm FROM touched AS row JOIN changed USING (id)
            UNION SELECT {firm} FROM former AS row JOIN changed USING (id)) AS both_firms;
    ELSE
        SELECT array_agg(DISTINCT {firm}) INTO firms FROM touched AS row;
    END IF;
    IF firms IS NOT NULL THEN PERFORM suppliers_refresh_search(firms); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER search_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS touched
FOR EACH STATEMENT EXECUTE FUNCTION {table}_refresh_search();
CREATE TRIGGER search_update AFTER UPDATE ON {table} REFERENCING NEW TABLE AS touched OLD TABLE AS former
FOR EACH STATEMENT EXECUTE FUNCTION {table}_refresh_search();
CREATE TRIGGER search_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS touched
FOR EACH STATEMENT EXECUTE FUNCTION {table}_refresh_search();
"""

NEW_FIRMS = """
CREATE FUNCTION suppliers_supplier_add_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO suppliers_suppliersearch (supplier_id, name_key, document) SELECT id, '', '' FROM touched
    ON CONFLICT DO NOTHING;
    PERFORM suppliers_refresh_search(array_agg(id)) FROM touched;
    RETURN NULL;
END $$;
CREATE TRIGGER search_insert AFTER INSERT ON suppliers_supplier REFERENCING NEW TABLE AS touched
FOR EACH STATEMENT EXECUTE FUNCTION suppliers_supplier_add_search();
"""

NEW_NAMES = """
CREATE FUNCTION accounts_organisation_refresh_search() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    firms bigint[];
BEGIN
    SELECT array_agg(supplier.id) INTO firms
    FROM touched JOIN former USING (id) JOIN suppliers_supplier supplier ON supplier.organisation_id = touched.id
    WHERE touched.name_key IS DISTINCT FROM former.name_key;
    IF firms IS NOT NULL THEN PERFORM suppliers_refresh_search(firms); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER search_update AFTER UPDATE ON accounts_organisation
REFERENCING NEW TABLE AS touched OLD TABLE AS former
FOR EACH STATEMENT EXECUTE FUNCTION accounts_organisation_refresh_search();
"""

# An entry that moves in its tree takes along all below it; firms that use none of these keep their documents.
NEW_TREE = """
CREATE FUNCTION taxonomy_{kind}_refresh_search() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    firms bigint[];
BEGIN
    WITH RECURSIVE moved (id) AS (
        SELECT id FROM touched JOIN former USING (id)
        WHERE (touched.code, touched.parent_id) IS DISTINCT FROM (former.code, former.parent_id)
        UNION
        SELECT child.id FROM taxonomy_{kind} child JOIN moved ON child.parent_id = moved.id
    )
    SELECT array_agg(DISTINCT site.supplier_id) INTO firms
    FROM suppliers_site site JOIN suppliers_capability capability ON capability.site_id = site.id {join}
    WHERE {column} IN (SELECT id FROM moved);
    IF firms IS NOT NULL THEN PERFORM suppliers_refresh_search(firms); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER search_update AFTER UPDATE ON taxonomy_{kind} REFERENCING NEW TABLE AS touched OLD TABLE AS former
FOR EACH STATEMENT EXECUTE FUNCTION taxonomy_{kind}_refresh_search();
"""
TREES = {
    "process": ("", "capability.process_id"),
    "material": (
        "JOIN suppliers_capability_materials made_of ON made_of.capability_id = capability.id",
        "made_of.material_id",
    ),
}


def function(sql: str, name: str) -> migrations.RunSQL:
    """The operation that makes a function with its triggers, and its way back."""
    return migrations.RunSQL(sql, f"DROP FUNCTION {name} CASCADE;")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("suppliers", "0004_suppliersearch"),
        ("taxonomy", "0003_search_words"),
    ]

    operations = [
        function(REFRESH, "suppliers_refresh_search(bigint[])"),
        function(NEW_FIRMS, "suppliers_supplier_add_search()"),
        function(NEW_NAMES, "accounts_organisation_refresh_search()"),
        *[
            function(FUNCTION.format(table=table, firm=firm, columns=columns), f"{table}_refresh_search()")
            for table, (firm, columns) in WATCHED.items()
        ],
        *[
            function(NEW_TREE.format(kind=kind, join=join, column=column), f"taxonomy_{kind}_refresh_search()")
            for kind, (join, column) in TREES.items()
        ],
    ]
