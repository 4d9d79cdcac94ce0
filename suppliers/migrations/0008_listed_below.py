"""What a list shows of the rows below a firm stands beside what the firm is found by, so that nothing is gathered anew
for each reader."""

from importlib import import_module

import django.contrib.postgres.fields
from django.db import migrations, models

# As in 0005, and the lists besides.
REFRESH = """
CREATE OR REPLACE FUNCTION suppliers_refresh_search(firms bigint[]) RETURNS void LANGUAGE plpgsql AS $$
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
    sector AS (
        SELECT supplier_id AS firm, sector.code
        FROM suppliers_supplier_sectors JOIN taxonomy_sector sector ON sector.id = sector_id
        WHERE supplier_id = ANY(firms)
    ),
    held AS (
        SELECT supplier_id AS firm, standard.code, certificate.id, jsonb_build_object(
            'standard', standard.code, 'state', state, 'level', level, 'valid_from', valid_from,
            'expires_on', expires_on, 'never_expires', never_expires) AS certificate
        FROM suppliers_certificate certificate JOIN taxonomy_standard standard ON standard.id = standard_id
        WHERE supplier_id = ANY(firms) AND state IN ('declared', 'checked')
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
        SELECT firm, '/s:' || code FROM held
        UNION ALL
        SELECT firm, '/f:' || code FROM sector
        UNION ALL
        SELECT firm, '/r:' || province.edition || ':' || province.code
        FROM place JOIN taxonomy_province province ON province.id IN (today, old)
        UNION ALL
        SELECT firm, '/c:' || province.edition || ':' || province.code
        FROM place JOIN taxonomy_province province ON province.id = coalesce(old, today)
    ),
    listed (firm, kind, code) AS (
        SELECT firm, 'process', process.code FROM run JOIN taxonomy_process process USING (id)
        UNION ALL
        SELECT firm, 'material', material.code FROM used JOIN taxonomy_material material USING (id)
        UNION ALL
        SELECT firm, 'sector', code FROM sector
        UNION ALL
        SELECT firm, 'province', province.edition || ':' || province.code
        FROM place JOIN taxonomy_province province ON province.id = today
    ),
    document AS (SELECT firm, array_to_tsvector(array_agg(DISTINCT word)) AS words FROM told GROUP BY firm),
    lists AS (
        SELECT firm,
            array_agg(DISTINCT code ORDER BY code) FILTER (WHERE kind = 'process') AS process_codes,
            array_agg(DISTINCT code ORDER BY code) FILTER (WHERE kind = 'material') AS material_codes,
            array_agg(DISTINCT code ORDER BY code) FILTER (WHERE kind = 'sector') AS sector_codes,
            array_agg(DISTINCT code ORDER BY code) FILTER (WHERE kind = 'province') AS province_references
        FROM listed GROUP BY firm
    ),
    standards AS (SELECT firm, jsonb_agg(certificate ORDER BY code, id) AS held FROM held GROUP BY firm)
    UPDATE suppliers_suppliersearch search
    SET name_key = firm.name_key, document = coalesce(document.words, ''),
        process_codes = coalesce(lists.process_codes, '{}'),
        material_codes = coalesce(lists.material_codes, '{}'),
        sector_codes = coalesce(lists.sector_codes, '{}'),
        province_references = coalesce(lists.province_references, '{}'),
        standards_held = coalesce(standards.held, '[]')
    FROM firm LEFT JOIN document ON document.firm = firm.id LEFT JOIN lists ON lists.firm = firm.id
        LEFT JOIN standards ON standards.firm = firm.id
    WHERE search.supplier_id = firm.id;
END $$;
"""

earlier = import_module("suppliers.migrations.0005_search_triggers")


def replacing(function: str) -> str:
    return function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


def certificates_watched(columns: str) -> str:
    """The function that writes anew where one of these columns of a certificate changes; its triggers are there."""
    function, _create, _triggers = earlier.FUNCTION.partition("CREATE TRIGGER")
    return replacing(function.format(table="suppliers_certificate", firm="row.supplier_id", columns=columns))


SHOWN = "supplier_id, standard_id, state, level, valid_from, expires_on, never_expires"
FOUND_BY = earlier.WATCHED["suppliers_certificate"][1]


class Migration(migrations.Migration):
    dependencies = [("suppliers", "0007_filter_indexes")]

    operations = [
        *[
            migrations.AddField(
                model_name="suppliersearch",
                name=name,
                field=django.contrib.postgres.fields.ArrayField(
                    base_field=models.TextField(), db_default=[], default=list, size=None
                ),
            )
            for name in ("process_codes", "material_codes", "sector_codes", "province_references")
        ],
        migrations.AddField(
            model_name="suppliersearch", name="standards_held", field=models.JSONField(db_default=[], default=list)
        ),
        migrations.RunSQL(REFRESH, replacing(earlier.REFRESH)),
        migrations.RunSQL(certificates_watched(SHOWN), certificates_watched(FOUND_BY)),
    ]
