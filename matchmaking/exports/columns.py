"""Which columns the file of each list has. Headers name units; codes and states stay as the API tells them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.principals import Principal
from buyers import visibility as buyers
from config.tables.cells import Column, column, inner
from suppliers import visibility as suppliers

ID = _("Id")
CREATED = _("Created (UTC)")
CHANGED = _("Last changed (UTC)")
STATE = _("State")
STATE_REASON = _("Reason for the state")
TRADE_NAME = _("Trade name")
LEGAL_NAME = _("Legal name")


def standard_held(held: Mapping[str, Any]) -> str:
    """Such as “iso_9001 (checked, L2, 2024-05-01 – 2027-04-30)”."""
    days = " – ".join(held[name] or "…" for name in ("valid_from", "expires_on"))
    return f"{held['standard']} ({held['state']}, L{held['level']}, {days})"


def operation_asked(operation: Mapping[str, Any]) -> str:
    """Such as “cnc_turning [steel] ± 0.02 mm, Ra 0.8 µm, 100 × 50 × 20 mm, 3 kg”."""
    size = operation["part_size_mm"]
    figures = [
        f"± {operation['tolerance_mm']} mm" if operation["tolerance_mm"] else "",
        f"Ra {operation['roughness_um']} µm" if operation["roughness_um"] else "",
        f"{' × '.join(str(side) for side in size)} mm" if size else "",
        f"{operation['part_mass_kg']} kg" if operation["part_mass_kg"] else "",
    ]
    materials = f" [{', '.join(operation['materials'])}]" if operation["materials"] else ""
    return f"{operation['process']}{materials} {', '.join(filter(None, figures))}".strip()


def criterion_set(key: str, criterion: Mapping[str, Any]) -> str:
    """Such as “tolerance: must × 2.0, L1”; a weight or level that is not set is left out."""
    weight = f" × {criterion['weight']}" if criterion["weight"] is not None else ""
    level = f", L{criterion['min_level']}" if criterion["min_level"] else ""
    return f"{key}: {criterion['mode']}{weight}{level}"


def _level(fact: str, header: Any) -> Column:
    return column("evidence", header, lambda evidence: evidence.get(fact, {}).get("level"))


def _observed(fact: str, header: Any) -> Column:
    return column("evidence", header, lambda evidence: evidence.get(fact, {}).get("observed_on"))


SUPPLIERS: Sequence[Column] = (
    column("id", ID),
    column("legal_name", LEGAL_NAME),
    column("trade_name", TRADE_NAME),
    column("country", _("Country")),
    column("provinces", _("Provinces")),
    column("sectors", _("Sectors")),
    column("processes", _("Processes")),
    column("materials", _("Materials")),
    column("standards", _("Standards"), lambda held: [standard_held(each) for each in held]),
    column("languages", _("Languages")),
    _level("languages", _("Languages, evidence level")),
    _observed("languages", _("Languages, observed on")),
    column("employee_band", _("Employees, band")),
    column("organisation", _("Organisation")),
    column("tax_code", _("Tax code")),
    column("state", STATE),
    column("state_reason", STATE_REASON),
    column("description_vi", _("Description (vi)")),
    column("description_en", _("Description (en)")),
    column("ownership", _("Ownership")),
    column("founded_year", _("Founded in")),
    column("employees_total", _("Employees")),
    column("employees_engineers", _("Engineers")),
    column("employees_quality", _("Quality staff")),
    column("revenue_band", _("Revenue, billion VND")),
    column("export_share_pct", _("Export share, %")),
    column("source", _("Source")),
    column("submitted_at", _("Submitted (UTC)")),
    column("published_at", _("Published (UTC)")),
    column("created_at", CREATED),
    column("updated_at", CHANGED),
)

REQUIREMENTS: Sequence[Column] = (
    column("id", ID),
    column("buyer", _("Buyer")),
    column("buyer_name", _("Buyer's name")),
    column("title", _("Title")),
    column("state", STATE),
    column("state_reason", STATE_REASON),
    column("visibility", _("Visibility")),
    column("opened_at", _("Opened (UTC)")),
    column("content_version", _("Version")),
    column("description", _("Description")),
    column("part_family", _("Part family")),
    column("hs_code", _("HS code")),
    column("operations", _("Operations"), lambda asked: [operation_asked(each) for each in asked]),
    column("monthly_quantity", _("Monthly quantity")),
    column("quantity_unit", _("Unit")),
    column("needed_on", _("Start of production")),
    column("lead_time_days", _("Lead time for mass production, days")),
    column("moq", _("Accepted minimum order, units")),
    column("standards_required", _("Standards required")),
    column("standards_preferred", _("Standards preferred")),
    column("near_km", _("Near, km")),
    column("far_km", _("Far, km")),
    column("export_share_pct", _("Export share, %")),
    column("track_record_share", _("Share of good deliveries")),
    column("languages", _("Languages")),
    column("criteria", _("Criteria"), lambda asked: [criterion_set(key, asked[key]) for key in sorted(asked)]),
    column("nda_needed", _("NDA needed")),
    column("answer_by", _("Answer by")),
    column("province", _("Province")),
    inner("delivery", "name", _("Plant")),
    inner("delivery", "address", _("Address")),
    inner("delivery", "latitude", _("Latitude, °")),
    inner("delivery", "longitude", _("Longitude, °")),
    column("alert_min_score", _("Tell of matches from this score on")),
    column("target_price", _("Target price")),
    column("target_price_currency", _("Currency")),
    column("created_at", CREATED),
    column("updated_at", CHANGED),
)

CONNECTIONS: Sequence[Column] = (
    column("id", ID),
    column("state", STATE),
    column("state_reason", STATE_REASON),
    column("requirement", _("Requirement")),
    column("requirement_title", _("Title")),
    column("supplier", _("Supplier")),
    column("supplier_name", _("Supplier's name")),
    column("buyer", _("Buyer")),
    column("buyer_name", _("Buyer's name")),
    column("initiator", _("Asked by")),
    column("awaited", _("To answer")),
    column("message", _("Message")),
    column("expires_at", _("Expires (UTC)")),
    column("decided_at", _("Decided (UTC)")),
    column("state_since", _("In this state since (UTC)")),
    column("decline_reason", _("Coded reason")),
    column("decline_note", _("Reason in words")),
    column("loss_reason", _("Coded reason of the loss")),
    column("loss_note", _("Reason of the loss in words")),
    column("value_band", _("Value of the contract a year, thousand USD")),
    column("contract_starts_on", _("Start of the contract")),
    column("created_at", CREATED),
    column("updated_at", CHANGED),
)

MESSAGES: Sequence[Column] = (
    column("id", ID),
    column("connection", _("Connection")),
    column("side", _("From")),
    column("text", _("Text")),
    column("files", _("Files"), lambda files: [file["name"] for file in files]),
    column("files_withheld", _("Files withheld until both sides have agreed")),
    column("created_at", _("Sent (UTC)")),
)

DELIVERY_REPORTS: Sequence[Column] = (
    column("id", ID),
    column("connection", _("Connection")),
    column("month", _("Month")),
    column("deliveries", _("Deliveries")),
    column("good", _("On time and accepted")),
    column("note", _("Note")),
    column("state", STATE),
    column("state_reason", STATE_REASON),
    column("decided_at", _("Decided (UTC)")),
    column("created_at", CREATED),
    column("updated_at", CHANGED),
)

SHORTLIST: Sequence[Column] = (
    column("position", _("Position")),
    column("supplier", _("Supplier")),
    column("is_available", _("Published")),
    column("legal_name", LEGAL_NAME),
    column("trade_name", TRADE_NAME),
    column("note", _("Note")),
    column("added_by", _("Added by")),
    column("added_at", _("Added (UTC)")),
    column("updated_at", CHANGED),
    column("id", ID),
)


def of_suppliers(by: Principal) -> list[Column]:
    """Those of fields that the reader may see of some firm: of its own, or of others."""
    others = suppliers.reader_of(0, by)
    readers = {others, suppliers.Reader.OWN} if by.is_supplier else {others}
    return [each for each in SUPPLIERS if readers & suppliers.READERS_OF["supplier"][each.field]]


def of_requirements(by: Principal) -> list[Column]:
    """Those of fields that the reader may see of some requirement."""
    reader = buyers.Reader.SUPPLIER if by.is_supplier else buyers.Reader.OWNER
    return [each for each in REQUIREMENTS if reader in buyers.READERS_OF[each.field]]
