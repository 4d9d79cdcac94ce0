"""What is known of the suppliers."""

from matchmaking import catalogue
from matchmaking.engine.model import SupplierRecord
from matchmaking.engine.records import records_of
from suppliers.models import Supplier


def known() -> dict[str, SupplierRecord]:
    return {record.id: record for record in records_of(catalogue.current().columns)}


def tolerance_of(supplier: Supplier) -> float | None:
    (row,) = known()[supplier.public_id].capabilities
    return row.tolerance_mm.value if row.tolerance_mm else None
