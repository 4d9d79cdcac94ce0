"""Two firms, the merge of them, and how rows stand."""

from typing import Any

from django.db.models import Model
from django.forms.models import model_to_dict

from accounts.principals import Principal
from suppliers import services
from suppliers.merging.rows import everything
from suppliers.models import Supplier, SupplierMerge
from tests.factories import matchmaking as make
from tests.factories.accounts import OrganisationFactory, member
from tests.factories.suppliers import SupplierFactory


def firm(**fields: Any) -> Supplier:
    """One without a tax code, so that nothing says it is another than its duplicate."""
    return SupplierFactory.create(**{"organisation__tax_code": "", **fields})


def published_firm() -> Supplier:
    """Another such, on whose behalf things go on between firms."""
    return make.published_supplier(OrganisationFactory.create(kind="supplier", tax_code=""))


def merge(survivor: Supplier, merged: Supplier, by: Principal | None = None, **fields: Any) -> SupplierMerge:
    asked = {"survivor_id": survivor.pk, "merged_id": merged.pk, "reason": "The same firm.", **fields}
    return services.merge_suppliers(**asked, by=by or member("agency"))


def undo(made: SupplierMerge) -> int:
    return services.undo_merge(merge_id=made.pk, reason="Two firms.", by=member("agency"))


def picture(*rows: Model) -> list[dict[str, Any]]:
    """How rows stand, without versions and times."""
    fresh = [everything(type(row)).get(pk=row.pk) for row in rows]
    return [{**model_to_dict(row), "id": row.pk} for row in fresh]
