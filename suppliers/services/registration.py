"""Many firms at once, with all that a list says of them, in a dozen statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.models import Organisation
from accounts.principals import Principal
from accounts.services import create_organisations
from config.errors import LimitReachedError
from config.storing import give_keys, store_all
from notifications.services import publish_all
from suppliers.facts import DECLARED_TODAY, Origin
from suppliers.limits import MOST_CAPABILITIES
from suppliers.models import Capability, Certificate, Evidence, Site, Supplier
from suppliers.recording import evidence_row, record_new
from suppliers.services.access import require_staff
from suppliers.services.profile import check_employees, checked_profile
from suppliers.services.sites import fill_site, site_evidence
from taxonomy.models import Material, Process, Standard


@dataclass(frozen=True, kw_only=True)
class NewFirm:
    """What is said of a firm that is not stored: details of its organisation, its profile, its one site, each process
    with the same materials, and the standards that it says it holds; `states_certificates` where these are all."""

    public_id: str
    source_ref: str
    organisation: Mapping[str, Any]
    profile: Mapping[str, Any]
    site: Mapping[str, Any]
    processes: Sequence[Process] = ()
    materials: Sequence[Material] = ()
    standards: Sequence[Standard] = ()
    states_certificates: bool = False


@transaction.atomic
def register_firms(
    firms: Sequence[NewFirm], *, by: Principal, origin: Origin = DECLARED_TODAY, source: str = ""
) -> list[Supplier]:
    """Store firms that nobody has joined yet, as drafts: what `create_organisation`, `create_supplier`, `add_site`,
    `add_capability` and `add_certificate` would write of each, with the same checks.

    Args:
        origin: of all facts.
        source: name of the list that they come from.

    Raises:
        NotAllowedError: the actor is no officer of the agency who may write.
        InvalidFactError: something is not valid; of which firm is not told.
        LimitReachedError: a firm has more processes than `MOST_CAPABILITIES`.
        IntegrityError: a firm is stored already.
    """
    require_staff(by)
    if any(len(firm.processes) > MOST_CAPABILITIES for firm in firms):
        raise LimitReachedError(limit=MOST_CAPABILITIES)
    kind = Organisation.Kind.SUPPLIER
    organisations = create_organisations(kind=kind, many=[firm.organisation for firm in firms], by=by)
    suppliers = [
        Supplier(public_id=firm.public_id, organisation=organisation, source=source, source_ref=firm.source_ref)
        for firm, organisation in zip(firms, organisations, strict=True)
    ]
    give_keys(suppliers)
    _record(list(zip(firms, suppliers, strict=True)), by=by, origin=origin)
    publish_all("supplier.created", subjects=suppliers, actor=by)
    return suppliers


def _record(new: Sequence[tuple[NewFirm, Supplier]], *, by: Principal, origin: Origin) -> None:
    """The firms themselves are stored last: as they appear, triggers gather what they are found by, once."""
    below = [*_record_places(new, by=by, origin=origin), *_record_certificates(new, by=by, origin=origin)]
    store_all([*_record_profiles(new, by=by, origin=origin), *below])


def _record_profiles(new: Sequence[tuple[NewFirm, Supplier]], *, by: Principal, origin: Origin) -> list[Evidence]:
    """With the list of certificates, which is a statement as a whole."""
    lists: list[Evidence] = []
    for firm, supplier in new:
        if firm.standards or firm.states_certificates:
            supplier.certificates_stated_on, supplier.certificates_stated_level = origin.day, origin.level
            listed = sorted(standard.code for standard in firm.standards)
            act = Evidence.Act.ENTERED
            lists.append(evidence_row(supplier, "certificates", listed, act=act, by=by, origin=origin))
            lists[-1].supplier_id = supplier.pk
    history = record_new([(supplier, checked_profile(firm.profile)) for firm, supplier in new], by=by, origin=origin)
    for _firm, supplier in new:
        check_employees(supplier)
    return [*history, *lists]


def _record_places(new: Sequence[tuple[NewFirm, Supplier]], *, by: Principal, origin: Origin) -> list[Evidence]:
    """The firms' sites, and what they make there."""
    sites = []
    for firm, supplier in new:
        sites.append(Site(supplier=supplier))
        fill_site(sites[-1], firm.site)
    store_all(sites)
    capabilities: list[tuple[Any, Mapping[str, Any]]] = [
        (Capability(site=site), {"process": process, "site": site, "materials": firm.materials})
        for (firm, _supplier), site in zip(new, sites, strict=True)
        for process in firm.processes
    ]
    return [*(site_evidence(site, by=by) for site in sites), *record_new(capabilities, by=by, origin=origin)]


def _record_certificates(new: Sequence[tuple[NewFirm, Supplier]], *, by: Principal, origin: Origin) -> list[Evidence]:
    certificates: list[tuple[Any, Mapping[str, Any]]] = [
        (Certificate(supplier=supplier, standard=standard), {"standard": standard})
        for firm, supplier in new
        for standard in firm.standards
    ]
    return record_new(certificates, by=by, origin=origin)
