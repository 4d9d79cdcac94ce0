"""Very many firms and requirements, made inside the database in seconds: skewed as real ones are, the same every time.

Triggers are off while rows go in; what they would have written is written once at the end. Needs the shipped taxonomy
and a superuser.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction

from accounts.names import name_key

TRADES = [
    "Cơ khí chính xác", "Khuôn mẫu", "Nhựa kỹ thuật", "Đúc Đông Anh", "Linh kiện điện tử", "Xử lý bề mặt", "Cao su",
    "Dập kim loại", "Bao bì", "Gia công CNC", "Nhiệt luyện", "Thép", "Dây cáp", "Thiết bị", "Chế tạo máy",
]  # fmt: skip
NAMES = [
    "Phú Tùng", "Hoàng Long", "Minh Đức", "Thành Công", "Việt Nhật", "An Phát", "Hồng Hà", "Đại Việt", "Tân Tiến",
    "Quang Minh", "Bắc Hà", "Trường Sơn", "Sao Mai", "Thăng Long", "Hà Nội", "Kim Sơn", "Nam Hải", "Tiến Đạt",
    "Đông Á", "Hưng Thịnh", "Toàn Cầu", "Ngọc Linh", "Vĩnh Phúc", "Thái Bình", "Lộc Phát", "Cửu Long", "Mê Linh",
]  # fmt: skip
TRADE_NAMES = ["Seiko", "Nikko", "Vina", "Hanel", "Denko", "Tech", "Precision", "Mold", "Plastics", "精機", "工業"]

NUMBERS = "SELECT setseed(0.25); CREATE TEMPORARY TABLE n AS SELECT generate_series(1, %(count)s) AS i;"

WORDS = """
CREATE TEMPORARY TABLE spoken (kind text, place int, text text, key text, PRIMARY KEY (kind, place));
"""

# u ^ 3 takes the first of a list far more often than the last.
ORGANISATIONS = """
CREATE TEMPORARY TABLE named AS
SELECT i, floor(15 * random() ^ 2)::int AS a, floor(27 * random())::int AS b, floor(27 * random() ^ 2)::int AS c,
    floor(11 * random() ^ 2)::int AS d, floor(900 * random())::int AS e
FROM n;
INSERT INTO accounts_organisation (id, public_id, version, created_at, updated_at, kind, legal_name, trade_name,
    name_key, country, tax_code, tax_code_override, address, website, contact_name, contact_email, contact_phone)
SELECT {base} + i, 'org_' || left(md5('o' || i), 20), 1, now(), now(), 'supplier',
    'Công ty TNHH ' || a.text || ' ' || b.text || ' ' || c.text || ' ' || e, b.text || ' ' || d.text,
    a.key || ' ' || b.key || ' ' || c.key || ' ' || e || ' ' || b.key || ' ' || d.key,
    'VN', lpad(i::text, 10, '0'), '', '', '', '', '', ''
FROM named
JOIN spoken a ON a.kind = 'trade' AND a.place = a JOIN spoken b ON b.kind = 'name' AND b.place = b
JOIN spoken c ON c.kind = 'name' AND c.place = c JOIN spoken d ON d.kind = 'trade name' AND d.place = d;
"""

SUPPLIERS = """
INSERT INTO suppliers_supplier (id, public_id, version, created_at, updated_at, organisation_id, state, state_reason,
    published_at, description_vi, description_en, ownership, employees_total, revenue_band, languages, languages_level,
    languages_observed_on, export_share_pct_level, certificates_stated_on, certificates_stated_level, withdrawn,
    source, source_ref)
SELECT {base} + i, 'sup_' || left(md5('s' || i), 20), 1, now() - i * interval '1 minute',
    now() - random() * interval '300 days', {base} + i, 'published', '', now() - i * interval '1 minute',
    repeat('Gia công cơ khí chính xác theo bản vẽ. ', 5), '', 'private', (10 + 2000 * random() ^ 4)::int, '',
    ARRAY['vi', 'en'], 0, current_date - 30, 0, current_date - 30, 0, '{{}}', '', ''
FROM n;
INSERT INTO suppliers_supplier_sectors (supplier_id, sector_id)
SELECT {base} + i, (SELECT array_agg(id ORDER BY code) FROM taxonomy_sector)[1 + floor(3 * random() ^ 2)::int] FROM n;
"""

SITES = """
CREATE TEMPORARY TABLE provinces AS
SELECT province.*, row_number() OVER (ORDER BY code <> '01', md5(code)) - 1 AS place
FROM taxonomy_province province WHERE edition = '2025';
INSERT INTO suppliers_site (public_id, version, created_at, updated_at, address, latitude, longitude,
    supplier_id, name, role, coordinates_from, province_id, old_province_id)
SELECT 'sit_' || left(md5(i || '-' || k), 20), 1, now(), now(), 'Lô ' || i,
    CASE WHEN w < 0.8 THEN latitude + 0.3 * (x - 0.5) END, CASE WHEN w < 0.8 THEN longitude + 0.3 * (y - 0.5) END,
    {base} + i, 'Plant ' || k, CASE WHEN k = 1 THEN 'production' ELSE 'office' END,
    CASE WHEN w < 0.8 THEN 'given' ELSE '' END, id,
    CASE WHEN w < 0.3 THEN (SELECT min(old.id) FROM taxonomy_province old WHERE old.successor_id = provinces.id) END
FROM (SELECT i, k, floor(34 * random() ^ 3) AS place, random() AS w, random() AS x, random() AS y
      FROM n, generate_series(1, 2) k WHERE k = 1 OR i % 4 = 0) AS site JOIN provinces USING (place);
"""

CAPABILITIES = """
CREATE TEMPORARY TABLE leaves AS SELECT id, row_number() OVER (ORDER BY md5(code)) - 1 AS place
FROM taxonomy_process process WHERE NOT EXISTS (SELECT FROM taxonomy_process WHERE parent_id = process.id);
CREATE TEMPORARY TABLE grades AS SELECT id, row_number() OVER (ORDER BY md5(code)) - 1 AS place
FROM taxonomy_material material WHERE NOT EXISTS (SELECT FROM taxonomy_material WHERE parent_id = material.id);
INSERT INTO suppliers_capability (public_id, version, created_at, updated_at, site_id, process_id, process_level,
    process_observed_on, role, materials_level, materials_observed_on, tolerance_mm, tolerance_mm_level,
    tolerance_mm_observed_on, roughness_um_level, envelope_mm_level, max_mass_kg_level, monthly_capacity,
    capacity_unit, monthly_capacity_level, monthly_capacity_observed_on, utilisation_pct, utilisation_pct_level,
    utilisation_pct_observed_on, lead_time_days_level, moq_level, withdrawn)
SELECT 'cap_' || left(md5('c' || made.i || '-' || made.k), 20), 1, now(), now(), site.id, leaves.id, 0,
    current_date - 20, 'core', 0, current_date - 20, 0.01 + random() ^ 3, 0, current_date - 20, 0, 0, 0,
    round((100000 * random() ^ 5)::numeric, 0),
    (ARRAY['pcs', 'pcs', 'pcs', 'kg', 't', 'set'])[1 + floor(6 * random())::int],
    0, current_date - 20, 50, 0, current_date - 20, 0, 0, '{{}}'
FROM (SELECT i, k, floor((SELECT count(*) FROM leaves) * random() ^ 3) AS place
      FROM (SELECT i, 1 + floor(11 * random() ^ 2.2)::int AS many FROM n) AS firm, generate_series(1, many) k) AS made
JOIN leaves USING (place)
JOIN suppliers_site site ON site.supplier_id = {base} + made.i AND site.role = 'production';
INSERT INTO suppliers_capability_materials (capability_id, material_id)
SELECT DISTINCT made.id, grades.id
FROM (SELECT capability.id, floor((SELECT count(*) FROM grades) * random() ^ 3) AS place
      FROM suppliers_capability capability, generate_series(1, 2)) AS made JOIN grades USING (place);
"""

CERTIFICATES = """
CREATE TEMPORARY TABLE standards AS
SELECT id, row_number() OVER (ORDER BY code <> 'ISO9001', code <> 'IATF16949', md5(code)) - 1 AS place
FROM taxonomy_standard;
INSERT INTO suppliers_certificate (public_id, version, created_at, updated_at, supplier_id, standard_id, number,
    issuing_body, accreditation_body, scope, valid_from, expires_on, never_expires, state, state_reason, level,
    observed_on)
SELECT 'cer_' || left(md5('k' || i || '-' || k), 20), 1, now(), now(), {base} + i, standards.id, 'N-' || i || '-' || k,
    '', '', '', current_date - 900 + s, current_date + s - 100, false,
    (ARRAY['declared', 'checked', 'checked', 'rejected'])[1 + floor(4 * random())::int], '',
    floor(4 * random())::int, current_date - 10
FROM (SELECT i, k, floor((SELECT count(*) FROM standards) * random() ^ 4) AS place, floor(900 * random())::int AS s
      FROM n, generate_series(1, 2) k WHERE random() < 0.6) AS held JOIN standards USING (place);
"""

CHANGES = """
INSERT INTO suppliers_supplierchange (supplier_id, changed_in)
SELECT id, pg_current_xact_id()::text::bigint FROM suppliers_supplier ON CONFLICT DO NOTHING;
"""

SEARCH = """
INSERT INTO suppliers_suppliersearch (supplier_id, name_key, document) SELECT id, '', '' FROM suppliers_supplier
ON CONFLICT DO NOTHING;
SELECT suppliers_refresh_search(array_agg(id)) FROM suppliers_supplier;
"""

BUYERS = """
INSERT INTO accounts_organisation (id, public_id, version, created_at, updated_at, kind, legal_name, trade_name,
    name_key, country, tax_code, tax_code_override, address, website, contact_name, contact_email, contact_phone,
    verified_at)
SELECT {base} + i, 'org_' || left(md5('b' || i), 20), 1, now(), now(), 'buyer', 'Buyer ' || i, '', 'buyer ' || i,
    'JP', '', '', '', '', '', '', '', now()
FROM n WHERE i <= 200;
INSERT INTO buyers_buyer (id, public_id, version, created_at, updated_at, organisation_id, state, state_reason,
    parent_country, description)
SELECT {base} + i, 'buy_' || left(md5('b' || i), 20), 1, now(), now(), {base} + i, 'verified', '', 'JP', ''
FROM n WHERE i <= 200;
INSERT INTO buyers_plant (id, public_id, version, created_at, updated_at, buyer_id, name, address, latitude,
    longitude, province_id)
SELECT {base} + i, 'pla_' || left(md5('b' || i), 20), 1, now(), now(), {base} + i, 'Plant', '', 21 + random(),
    105.5 + random(), (SELECT min(id) FROM taxonomy_province WHERE edition = '2025' AND code = '01')
FROM n WHERE i <= 200;
"""

REQUIREMENTS = """
INSERT INTO buyers_requirement (id, public_id, version, created_at, updated_at, buyer_id, plant_id, state,
    state_reason, opened_at, content_version, visibility, title, description, part_family, hs_code, monthly_quantity,
    quantity_unit, needed_on, near_km, far_km, languages, nda_needed, answer_by, target_price_currency, text_key)
SELECT {base} + i, 'req_' || left(md5('r' || i), 20), 1, now(), now(), {base} + 1 + i % 200, {base} + 1 + i % 200,
    'open', '', now(), 1, CASE WHEN i % 10 = 0 THEN 'anonymous' ELSE 'public' END, a.text || ' ' || b.text || ' ' || i,
    repeat(a.text || ' theo bản vẽ. ', 20), '', '', (random() * 1000)::int + 1, 'pcs',
    current_date + (random() * 300)::int, 50, 500, ARRAY['en'], false, current_date + (random() * 100)::int, '',
    a.key || ' ' || b.key || ' ' || i || repeat(' ' || a.key || ' theo ban ve', 20)
FROM (SELECT i, floor(15 * random() ^ 2)::int AS a, floor(27 * random())::int AS b FROM n) AS said
JOIN spoken a ON a.kind = 'trade' AND a.place = a JOIN spoken b ON b.kind = 'name' AND b.place = b;
CREATE TEMPORARY TABLE steps AS SELECT id, row_number() OVER (ORDER BY md5(code)) - 1 AS place FROM taxonomy_process;
CREATE TEMPORARY TABLE stuffs AS SELECT id, row_number() OVER (ORDER BY md5(code)) - 1 AS place FROM taxonomy_material;
INSERT INTO buyers_operation (requirement_id, position, process_id)
SELECT {base} + i, k, steps.id
FROM (SELECT i, k, floor((SELECT count(*) FROM steps) * random() ^ 3) AS place FROM n, generate_series(0, 1) k) AS made
JOIN steps USING (place);
INSERT INTO buyers_operation_materials (operation_id, material_id)
SELECT made.id, stuffs.id FROM (SELECT id, floor((SELECT count(*) FROM stuffs) * random() ^ 3) AS place
FROM buyers_operation) AS made JOIN stuffs USING (place);
INSERT INTO buyers_requirement_standards_required (requirement_id, standard_id)
SELECT {base} + i, (SELECT id FROM taxonomy_standard WHERE code = 'ISO9001') FROM n WHERE i % 3 = 0;
"""
TABLES = ("accounts_organisation", "suppliers_supplier", "buyers_buyer", "buyers_plant", "buyers_requirement")
SEQUENCES = """
SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}));
"""


FILLED = (
    *("accounts_organisation", "suppliers_supplier", "suppliers_supplier_sectors", "suppliers_site"),
    *("suppliers_capability", "suppliers_capability_materials", "suppliers_certificate"),
)
INDEXES = """
SELECT CASE WHEN conname IS NULL THEN format('DROP INDEX %%s', indexrelid::regclass)
            ELSE format('ALTER TABLE %%s DROP CONSTRAINT %%I', indrelid::regclass, conname) END,
       CASE WHEN conname IS NULL THEN pg_get_indexdef(indexrelid)
            ELSE format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', indrelid::regclass, conname,
                        pg_get_constraintdef(pg_constraint.oid)) END
FROM pg_index LEFT JOIN pg_constraint ON conindid = indexrelid AND contype = 'u'
WHERE indrelid = ANY(%s::text[]::regclass[]) AND NOT indisprimary
"""
"""Of some tables all indexes but those of primary keys: how to drop each, and how to make it again."""


@transaction.atomic
def add_suppliers(count: int, *, searchable: bool = True) -> None:
    """Add so many published firms, with four capabilities each on average. Filling the search takes longest."""
    with _without_indexes(FILLED):
        _carry_out(count, ORGANISATIONS, SUPPLIERS, SITES, CAPABILITIES, CERTIFICATES, CHANGES)
    if searchable:
        with _without_indexes(("suppliers_suppliersearch",)), connection.cursor() as cursor:
            cursor.execute(SEARCH)


@transaction.atomic
def add_requirements(count: int) -> None:
    """Add so many open requirements of 200 verified buyers, one in ten anonymous."""
    _carry_out(count, BUYERS, REQUIREMENTS)


@contextmanager
def _without_indexes(tables: Sequence[str]) -> Iterator[None]:
    """They are quicker to build at once than row by row."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute(INDEXES, [list(tables)])
        indexes = cursor.fetchall()
        for drop, _ in indexes:
            cursor.execute(drop)
        yield
        for _, make in indexes:
            cursor.execute(make)


def _carry_out(count: int, *parts: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL work_mem = '256MB'; DROP TABLE IF EXISTS n, spoken")
        cursor.execute(NUMBERS, {"count": count})
        cursor.execute(WORDS)
        rows = [(kind, *row) for kind, texts in _spoken().items() for row in texts]
        cursor.executemany("INSERT INTO spoken VALUES (%s, %s, %s, %s)", rows)
        cursor.execute("SELECT coalesce(max(id), 0) + 1000 FROM accounts_organisation")
        base = cursor.fetchone()[0]
        for part in parts:
            cursor.execute(part.format(base=base))
        for table in TABLES:
            cursor.execute(SEQUENCES.format(table=table))


def _spoken() -> dict[str, list[tuple[int, str, str]]]:
    lists = {"trade": TRADES, "name": NAMES, "trade name": TRADE_NAMES}
    return {kind: [(at, text, name_key(text)) for at, text in enumerate(texts)] for kind, texts in lists.items()}
