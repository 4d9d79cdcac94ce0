"""Facts changed within a day count for what only matches may see after a review; before it, what was said earlier."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.principals import Principal
from buyers.models import Requirement, RequirementAudience
from matchmaking import catalogue, services
from matchmaking.catalogue.settled import settled_records
from matchmaking.demo.firms import load_firms
from matchmaking.tasks import refresh_audiences
from suppliers.models import Capability, Certificate, Evidence, Site, Supplier
from suppliers.services import (
    add_capability,
    add_certificate,
    add_site,
    change_capability,
    change_certificate,
    change_site,
    change_supplier,
    check_certificate,
    publish_supplier,
    set_evidence,
    suspend_supplier,
)
from tests.factories import matchmaking as make
from tests.factories.accounts import member

pytestmark = pytest.mark.django_db

TURNING: dict[str, Any] = {"tolerance_mm": 0.03, "monthly_capacity": 1000.0, "capacity_unit": "pcs", "moq": 100.0}


@pytest.fixture
def owner() -> Principal:
    return member("supplier")


@pytest.fixture
def firm(owner: Principal) -> Supplier:
    """Published a month ago, with a site in the north, one capability and a certificate that has ended."""
    with time_machine.travel(timezone.now() - timedelta(days=30), tick=False):
        supplier = make.published_supplier(owner.organisation, state=Supplier.State.DRAFT, published_at=None)
        place = {"name": "Works", "latitude": 21.0, "longitude": 105.8}
        site = add_site(supplier_id=supplier.pk, values=place, by=owner)
        turning = {"process": make.process(), "site": site, "materials": [make.material()], "utilisation_pct": 0.0}
        add_capability(supplier_id=supplier.pk, values=turning | TURNING, by=owner)
        ended = {"standard": make.standard(), "number": "1", "expires_on": timezone.localdate() - timedelta(days=1)}
        add_certificate(supplier_id=supplier.pk, values=ended, by=owner)
        change_supplier(supplier_id=supplier.pk, values={"languages": ["vi"], "export_share_pct": 10.0}, by=owner)
        Supplier.objects.filter(pk=supplier.pk).update(state="published", published_at=timezone.now())
    supplier.refresh_from_db()
    return supplier


def requirement(*gates: str, asked: dict[str, Any] | None = None, **fields: Any) -> Requirement:
    return make.requirement(
        operations=({"process": "cnc_turning", **(asked or {})},),
        criteria={gate: {"mode": "must"} for gate in gates},
        **({"visibility": "matched"} | fields),
    )


def is_told(row: Requirement) -> bool:
    services.refresh_audience(requirement_id=row.pk)
    return RequirementAudience.objects.filter(requirement=row).exists()


def capability_of(firm: Supplier) -> Capability:
    return Capability.objects.get(site__supplier=firm)


Change = Callable[[Supplier, Principal], Any]


def figure(**values: Any) -> Change:
    return lambda firm, by: change_capability(capability_id=capability_of(firm).pk, values=values, by=by)


def materials(firm: Supplier, by: Principal) -> None:
    brass = make.material("brass")
    change_capability(capability_id=capability_of(firm).pk, values={"materials": [brass]}, by=by)


def renewed(firm: Supplier, by: Principal) -> None:
    values = {"expires_on": date(2099, 1, 1)}
    change_certificate(certificate_id=firm.certificates.get().pk, values=values, by=by)


def certified(firm: Supplier, by: Principal) -> None:
    values = {"standard": make.standard("iatf_16949"), "number": "2", "never_expires": True}
    add_certificate(supplier_id=firm.pk, values=values, by=by)


def profile(**values: Any) -> Change:
    return lambda firm, by: change_supplier(supplier_id=firm.pk, values=values, by=by)


def moved(firm: Supplier, by: Principal) -> None:
    change_site(site_id=firm.sites.get().pk, values={"latitude": 10.8, "longitude": 106.7}, by=by)


def spread(firm: Supplier, by: Principal) -> None:
    values = {"name": "South", "latitude": 10.8, "longitude": 106.7}
    add_site(supplier_id=firm.pk, values=values, by=by)


def relocated(firm: Supplier, by: Principal) -> None:
    spread(firm, by)
    south = Site.objects.get(name="South")
    change_capability(capability_id=capability_of(firm).pk, values={"site": south}, by=by)


def forging(firm: Supplier, by: Principal) -> None:
    values = {"process": make.process("forging"), "site": firm.sites.get()}
    add_capability(supplier_id=firm.pk, values=values, by=by)


SAIGON = {"latitude": 10.8, "longitude": 106.7}
CASES: dict[str, tuple[Change, Callable[[], Requirement]]] = {
    "tolerance": (figure(tolerance_mm=0.01), lambda: requirement("tolerance", asked={"tolerance_mm": 0.02})),
    "materials": (materials, lambda: requirement("material", asked={"materials": ("brass",)})),
    "capacity": (
        figure(monthly_capacity=2000.0),
        lambda: requirement("capacity", monthly_quantity=2000, quantity_unit="pcs"),
    ),
    "moq": (figure(moq=1.0), lambda: requirement("moq", moq=10, monthly_quantity=1, quantity_unit="pcs")),
    "certificate renewed": (renewed, lambda: requirement("certifications", standards=("iso_9001",))),
    "certificate added": (certified, lambda: requirement("certifications", standards=("iatf_16949",))),
    "languages": (profile(languages=["ja"]), lambda: requirement("languages", languages=["ja"])),
    "export share": (profile(export_share_pct=90.0), lambda: requirement("export_experience", export_share_pct=50)),
    "site moved": (moved, lambda: requirement("distance", plant=SAIGON)),
    "capability moved to a new site": (relocated, lambda: requirement("distance", plant=SAIGON)),
    "process": (
        forging,
        lambda: make.requirement(operations=({"process": "forging"},), visibility="matched"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_change_opens_what_only_matches_may_see_after_a_day(case: str, firm: Supplier, owner: Principal) -> None:
    change, asking = CASES[case]
    make.process("forging")
    make.standard("iatf_16949")
    row = asking()
    assert not is_told(row)

    change(firm, owner)

    assert not is_told(row)
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        assert not is_told(row)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        services.refresh_all_audiences()
        assert RequirementAudience.objects.filter(requirement=row).count() == 1
        services.refresh_all_audiences()
        assert RequirementAudience.objects.filter(requirement=row).count() == 1


def test_the_schedule_looks_anew_every_hour(settings: Any) -> None:
    entries = [entry for entry in settings.CELERY_BEAT_SCHEDULE.values() if entry["task"] == refresh_audiences.name]

    assert [entry["schedule"] for entry in entries] == [timedelta(hours=1)]


def test_a_site_that_is_new_brings_no_distance_of_its_own(firm: Supplier, owner: Principal) -> None:
    row = requirement("distance", plant=SAIGON)

    spread(firm, owner)

    assert not is_told(row)


def test_what_a_change_does_not_touch_goes_on_counting(firm: Supplier, owner: Principal) -> None:
    row = requirement("tolerance", asked={"tolerance_mm": 0.03})

    figure(lead_time_days=10.0, monthly_capacity=5.0)(firm, owner)
    profile(languages=["en", "vi"])(firm, owner)

    assert is_told(row)


def test_a_worse_figure_counts_after_a_day_too(firm: Supplier, owner: Principal) -> None:
    row = requirement("tolerance", asked={"tolerance_mm": 0.03})

    figure(tolerance_mm=0.04)(firm, owner)

    assert is_told(row)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert not is_told(row)


def test_saying_the_same_again_is_no_change(firm: Supplier, owner: Principal) -> None:
    row = requirement("tolerance", asked={"tolerance_mm": 0.03})
    figure(tolerance_mm=0.01)(firm, owner)
    figure(tolerance_mm=0.03)(firm, owner)

    assert is_told(row)
    assert not is_told(requirement("tolerance", asked={"tolerance_mm": 0.02}))


def test_taking_back_and_declaring_anew_does_not_open_either(firm: Supplier, owner: Principal) -> None:
    row = requirement("tolerance", asked={"tolerance_mm": 0.02})
    with time_machine.travel(timezone.now() - timedelta(days=3), tick=False):
        figure(tolerance_mm=None)(firm, owner)

    figure(tolerance_mm=0.01)(firm, owner)

    assert not is_told(row)


def test_a_check_of_the_fact_is_a_review(firm: Supplier, owner: Principal) -> None:
    row = requirement("tolerance", asked={"tolerance_mm": 0.02})
    figure(tolerance_mm=0.01)(firm, owner)
    assert not is_told(row)

    set_evidence(row=capability_of(firm), facts=["tolerance_mm"], level=1, by=member("agency"))
    assert not is_told(row)
    set_evidence(row=capability_of(firm), facts=["tolerance_mm"], level=2, by=member("agency"))

    assert is_told(row)


def test_a_checked_certificate_counts_at_once(firm: Supplier, owner: Principal) -> None:
    row = requirement("certifications", standards=("iatf_16949",))
    certified(firm, owner)
    assert not is_told(row)

    check_certificate(certificate_id=firm.certificates.get(number="2").pk, by=member("agency"))

    assert is_told(row)


def test_publication_is_a_review(firm: Supplier, owner: Principal) -> None:
    row = requirement("tolerance", asked={"tolerance_mm": 0.02})
    officer = member("agency")
    figure(tolerance_mm=0.01)(firm, owner)
    suspend_supplier(supplier_id=firm.pk, reason="Look at it anew", by=officer)
    assert not is_told(row)

    publish_supplier(supplier_id=firm.pk, by=officer)
    assert is_told(row)

    figure(tolerance_mm=0.001)(firm, owner)
    assert is_told(row)
    assert not is_told(requirement("tolerance", asked={"tolerance_mm": 0.005}))


def test_what_is_public_counts_at_once(firm: Supplier, owner: Principal) -> None:
    row = requirement("tolerance", asked={"tolerance_mm": 0.02}, visibility="public")
    figure(tolerance_mm=0.01)(firm, owner)

    assert services.match_requirement(row).ranking.counts == {"eligible": 1, "unconfirmed": 0, "near_miss": 0}


def test_the_demo_s_certificates_can_be_renewed() -> None:
    call_command("load_taxonomy", verbosity=0)
    load_firms(timezone.localdate())
    row = Evidence.objects.filter(fact="certificate", supplier__state="published", level=0).earliest("pk")
    assert set(Evidence.objects.values_list("act", flat=True)) == {"entered"}
    certificate = Certificate.objects.get(public_id=row.subject)
    owner = member(organisation=certificate.supplier.organisation)
    change_certificate(certificate_id=certificate.pk, values={"number": "NEW-1"}, by=owner)

    before = settled_records(catalogue.current())[certificate.supplier_id].certificates

    assert before is not None
    assert certificate.standard.code in [item.standard for item in before.items]
