"""What of the database the catalogue reads, column by column."""

from typing import Final

from matchmaking.catalogue.copying import DAY, EPOCH, FIGURE, FLAG, GRADE, ID, KEY, LEVELS, SMALL, Kind, Names, Query
from matchmaking.engine.columns import ROLE_NAMES
from matchmaking.models.contract import COUNTED_OF_A_BUYER
from suppliers.models import Certificate, Site, Supplier
from taxonomy.units import UNITS

Columns = dict[str, tuple[Kind, str]]
FIGURES: Final = (
    *("tolerance_mm", "roughness_um", "max_mass_kg", "monthly_capacity"),
    *("utilisation_pct", "lead_time_days", "moq"),
)
SIDES: Final = ("envelope_1", "envelope_2", "envelope_3")
FACTS_OF_SUPPLIER: Final = ("languages", "export_share_pct")
FACTS_OF_CAPABILITY: Final = ("materials", "envelope_mm", *FIGURES)
"""Facts with evidence beside them, which can be taken back."""
OF_SUPPLIER: Final = "{} = ANY(%(keys)s::bigint[])"
OF_CAPABILITY: Final = "site_id IN (SELECT id FROM suppliers_site WHERE supplier_id = ANY(%(keys)s::bigint[]))"


def _evidence(*facts: str) -> Columns:
    ordinal = f"({{0}}_observed_on - date '2000-01-01' + {EPOCH})"
    return {f"{fact}_grade": (GRADE, f"{ordinal} * {LEVELS} + {{0}}_level".format(fact)) for fact in facts}


def _place(expression: str, names: tuple[str, ...]) -> tuple[Kind, str]:
    """Where a text stands among some; -1 for any other."""
    cases = " ".join(f"WHEN '{name}' THEN {place}" for place, name in enumerate(names))
    return SMALL, f"CASE {expression} {cases} END"


SUPPLIERS: Final = Query(
    {
        "key": (KEY, "id"),
        "id": (ID, "public_id"),
        "export_share_pct": (FIGURE, "export_share_pct"),
        **_evidence(*FACTS_OF_SUPPLIER),
        "section_level": (SMALL, "certificates_stated_level"),
        "section_observed_on": (DAY, "certificates_stated_on"),
        "has_withdrawn": (FLAG, "withdrawn <> '{}'"),
        "ownership": _place("ownership", tuple(Supplier.Ownership.values)),
    },
    f"suppliers_supplier WHERE state = '{Supplier.State.PUBLISHED}' AND {{}}",
    OF_SUPPLIER.format("id"),
)
LANGUAGES: Final = Query(
    {"supplier": (KEY, "id"), "place": (SMALL, "place"), "code": (Kind("rpad({}, 2)", "S2"), "code")},
    "suppliers_supplier, unnest(languages) WITH ORDINALITY AS spoken (code, place)"
    f" WHERE state = '{Supplier.State.PUBLISHED}' AND {{}}",
    OF_SUPPLIER.format("id"),
)
SITES: Final = Query(
    {
        "key": (KEY, "id"),
        "id": (ID, "public_id"),
        "supplier": (KEY, "supplier_id"),
        "lat": (FIGURE, "grid_latitude"),
        "lon": (FIGURE, "grid_longitude"),
        "province": (KEY, "coalesce(old_province_id, province_id)"),
        "province_today": (KEY, "province_id"),
        "is_producing": (FLAG, f"role = '{Site.Role.PRODUCTION}'"),
    },
    "suppliers_site WHERE {}",
    OF_SUPPLIER.format("supplier_id"),
)
CAPABILITIES: Final = Query(
    {
        "key": (KEY, "id"),
        "id": (ID, "public_id"),
        "site": (KEY, "site_id"),
        "process": (KEY, "process_id"),
        "role": _place("role", ROLE_NAMES),
        "unit": _place("capacity_unit", tuple(UNITS)),
        **{name: (FIGURE, name) for name in FIGURES},
        **{name: (FIGURE, f"envelope_mm[{side}]") for side, name in enumerate(SIDES, 1)},
        **_evidence("process", *FACTS_OF_CAPABILITY),
        "has_withdrawn": (FLAG, "withdrawn <> '{}'"),
    },
    "suppliers_capability WHERE {}",
    OF_CAPABILITY,
)
MATERIALS: Final = Query(
    {"capability": (KEY, "capability_id"), "material": (KEY, "material_id")},
    "suppliers_capability_materials WHERE {}",
    f"capability_id IN (SELECT id FROM suppliers_capability WHERE {OF_CAPABILITY})",  # noqa: S608
)
CERTIFICATES: Final = Query(
    {
        "id": (ID, "public_id"),
        "supplier": (KEY, "supplier_id"),
        "standard": (KEY, "standard_id"),
        "level": (SMALL, "level"),
        "observed_on": (DAY, "observed_on"),
        "valid_from": (DAY, "valid_from"),
        "expires_on": (DAY, "expires_on"),
        "never_expires": (FLAG, "never_expires"),
    },
    f"suppliers_certificate WHERE state <> '{Certificate.State.REJECTED}' AND {{}}",
    OF_SUPPLIER.format("supplier_id"),
)
SECTORS: Final = Query(
    {"supplier": (KEY, "supplier_id"), "sector": (KEY, "sector_id")},
    "suppliers_supplier_sectors WHERE {}",
    OF_SUPPLIER.format("supplier_id"),
)
DELIVERIES: Final = Query(
    {"supplier": (KEY, "supplier"), "deliveries": (FIGURE, "deliveries"), "good": (FIGURE, "good")},
    f"(SELECT supplier, sum(counted)::float8 AS deliveries, sum(good * counted / deliveries) AS good"  # noqa: S608
    f" FROM (SELECT supplier_id AS supplier, sum(deliveries)::float8 AS deliveries, sum(good)::float8 AS good,"
    f" least(sum(deliveries), {COUNTED_OF_A_BUYER})::float8 AS counted"
    f" FROM matchmaking_deliveryreport report JOIN matchmaking_connection connection ON connection.id = connection_id"
    f" JOIN buyers_requirement requirement ON requirement.id = requirement_id WHERE report.state = 'confirmed'"
    f" GROUP BY supplier_id, buyer_id) AS of_buyer GROUP BY supplier) AS record WHERE {{}}",
    OF_SUPPLIER.format("supplier"),
)
NAMES: Final = Names(
    "supplier.id",
    "name_key",
    "suppliers_supplier supplier JOIN accounts_organisation organisation ON organisation.id = organisation_id"
    f" WHERE state = '{Supplier.State.PUBLISHED}' AND {{}}",
    OF_SUPPLIER.format("supplier.id"),
)


def _withdrawn(table: str, facts: tuple[str, ...], condition: str) -> Query:
    return Query(
        {"key": (KEY, "id"), "fact": _place("fact", facts), "day": (DAY, "day::date")},
        f"{table}, jsonb_each_text(withdrawn) AS taken_back (fact, day) WHERE withdrawn <> '{{{{}}}}' AND {{}}",
        condition,
    )


WITHDRAWN_BY_SUPPLIERS: Final = _withdrawn("suppliers_supplier", FACTS_OF_SUPPLIER, OF_SUPPLIER.format("id"))
WITHDRAWN_OF_CAPABILITIES: Final = _withdrawn("suppliers_capability", FACTS_OF_CAPABILITY, OF_CAPABILITY)

ALL: Final = (
    *(SUPPLIERS, LANGUAGES, SITES, CAPABILITIES, MATERIALS, CERTIFICATES, SECTORS, DELIVERIES, NAMES),
    *(WITHDRAWN_BY_SUPPLIERS, WITHDRAWN_OF_CAPABILITIES),
)
