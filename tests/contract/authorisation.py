"""Who may do what, as data: `authorisation.csv`, and who is turned away before anybody looks at what they ask for.

A row of the table says for one operation on one kind of target (see `tests.fixtures.world.World`) which status each
caller gets. A dot: there is no such thing for this caller, or the door is shut to it already.
"""

import csv
from functools import cache
from pathlib import Path

from tests.fixtures.routes import Operation
from tests.fixtures.world import TARGETS

TABLE = Path(__file__).with_name("authorisation.csv")
HERE = "tests/contract/authorisation.csv"
INSIDE = (
    *("person", "supplier_owner", "supplier_editor", "supplier_viewer", "suspended_supplier"),
    *("buyer_owner", "buyer_editor", "buyer_viewer", "unverified_buyer", "suspended_buyer"),
    *("staff_owner", "staff_editor", "staff_viewer"),
    *("supplier_key_write", "buyer_key_write", "supplier_key_read", "buyer_key_read", "staff_key_read"),
)
"""The table's columns: callers that are let in."""
ONLY_READ = ("supplier_key_read", "buyer_key_read", "staff_key_read")
LESSER = {
    f"{party}_{lesser}": f"{party}_owner"
    for party in ("supplier", "buyer", "staff")
    for lesser in ("editor", "viewer", "key_write", "key_read")
}
"""Callers who see no more than somebody else."""
NONE_SUCH = "."
EXISTING = tuple(target for target in TARGETS if target not in ("deleted", "never", "crossed"))
"""Targets with rows of their own. The others are nothing to anybody: a 404 to all who are let in."""

OPEN = ("schema", "api_docs", "taxonomy_")
"""How the names of operations begin that ask nobody who they are."""
PUBLISHED = frozenset(
    {
        *(
            "consent_texts_list",
            "search_list",
            "suppliers_facets",
            "suppliers_list",
            "suppliers_retrieve",
            "suppliers_evidence",
            "suppliers_history",
        ),
        *(
            f"suppliers_{part}_{act}"
            for part in ("sites", "capabilities", "certificates")
            for act in ("list", "retrieve")
        ),
    }
)
"""What nobody need sign in for, though who does is asked for scope and second factor."""
OF_THE_FIRM = frozenset({"suppliers_evidence", "suppliers_history"})
"""Of those, what only a firm itself and staff find there."""
READING_POSTS = frozenset(
    {
        *("match_preview", "jobs_cancel", "exports_request", "requirements_draft_from_text"),
        "programme_plan_upgrades",
    }
)
"""POSTs that change nothing of the domain, for which a key needs only the scope `read`."""

WEBHOOKS = ("webhook_endpoints_", "deliveries_")
"""How the names of operations begin for which a key needs the scope `webhooks`, and no other."""

NO_CREDENTIALS = ("inactive_supplier", "supplier_key_expired", "supplier_key_revoked")
"""Whose credentials are worth nothing: 401 everywhere, also where none are needed; a person's session is then over."""
TURNED_AWAY = ("anonymous", *NO_CREDENTIALS, "supplier_key_webhooks", "staff_without_second_factor", *ONLY_READ)


def status_at_the_door(who: str, operation: Operation) -> int | None:
    """The status with which a caller is turned away, whatever the target; None where it is let in."""
    if who in NO_CREDENTIALS:
        return 401
    if who == "staff_without_second_factor":
        return 403
    if operation.operation_id.startswith(OPEN):
        return None
    if who == "anonymous":
        return None if operation.operation_id in PUBLISHED else 401
    if operation.operation_id.startswith(WEBHOOKS) and "_key_" in who:
        return None if who == "supplier_key_webhooks" else 403
    if who in ONLY_READ:
        return None if operation.is_safe or operation.operation_id in READING_POSTS else 403
    return 403 if who in TURNED_AWAY else None


@cache
def table() -> dict[tuple[str, str], dict[str, str]]:
    """The cells by operation and target, then by caller."""
    with TABLE.open(newline="") as lines:
        rows = csv.DictReader(lines, skipinitialspace=True)
        if rows.fieldnames != ["operation", "target", *INSIDE]:
            raise ValueError(f"{HERE}: the columns are {rows.fieldnames}")
        return {(row.pop("operation").strip(), row.pop("target").strip()): _stripped(row) for row in rows}


def _stripped(row: dict[str, str]) -> dict[str, str]:
    return {name: cell.strip() for name, cell in row.items()}


def row_to_write(key: tuple[str, str], cells: list[str]) -> str:
    """A row as the file has it."""
    operation, target = key
    return f"{operation + ',':33} {target + ',':9}" + ", ".join(f"{cell:>3}" for cell in cells)
