"""A small programme of which every figure can be counted by hand, on one day."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from matchmaking.models import MatchSummary
from suppliers.models import Evidence, Supplier
from taxonomy.models import Province, Sector, Standard
from tests.factories import matchmaking as make
from tests.factories.taxonomy import ProvinceFactory, SectorFactory

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 26)


def vocabulary() -> None:
    make.process("turning", below="machining")
    make.process("stamping", below="pressing")
    for code, name, latitude, longitude in (("01", "Hà Nội", 21.0, 105.7), ("24", "Bắc Ninh", 21.2, 106.2)):
        ProvinceFactory.create(code=code, name_vi=name, name_en=f"{name} (en)", latitude=latitude, longitude=longitude)
    SectorFactory.create(code="components", name_vi="Linh kiện", name_en="Components")
    SectorFactory.create(code="high_tech", name_vi="Công nghệ cao", name_en="High-tech")
    for code in ("iso_9001", "local"):
        make.standard(code)
    Standard.objects.filter(code="iso_9001").update(counts_as_international=True, name_en="ISO 9001")


def firm(*, made_by: str = "turning", province: str = "01", level: int = 1, sector: str = "components") -> Supplier:
    """Published, with one process at a site of production."""
    supplier = make.published_supplier()
    supplier.sectors.add(Sector.objects.get(code=sector))
    there = make.site(supplier, province=Province.objects.in_force().get(code=province))
    make.capability(supplier, made_by, level=level, at=there)
    return supplier


def supply() -> dict[str, Supplier]:
    """Five published firms, of which two are at international standard today; one submitted, one archived."""
    vocabulary()
    firms = {
        "meets until December": firm(),
        "meets for ever": firm(made_by="stamping", province="24", sector="high_tech"),
        "not valid yet": firm(),
        "nothing documented": firm(level=0),
        "of another standard": firm(made_by="stamping"),
    }
    firms["meets until December"].sectors.add(Sector.objects.get(code="high_tech"))
    make.certificate(firms["meets until December"], expires_on=date(2026, 12, 31))
    make.certificate(firms["meets for ever"], never_expires=True)
    make.certificate(firms["not valid yet"], valid_from=date(2027, 1, 1), expires_on=date(2027, 6, 30))
    make.certificate(firms["nothing documented"])
    make.certificate(firms["of another standard"], "local")
    make.certificate(firms["of another standard"], level=1, state="declared")
    make.published_supplier(state="submitted", published_at=None)
    make.published_supplier(state="archived", published_at=None)
    return firms


def summary(asked: Any, *, eligible: int) -> None:
    MatchSummary.objects.create(
        requirement=asked,
        requirement_version=1,
        as_of=TODAY,
        eligible=eligible,
        unconfirmed=0,
        near_miss=0,
        summarised_at=NOW,
    )


def demand() -> None:
    """Five requirements of a year: two open that nobody can serve, one that is matched, one under contract, one not yet
    looked at; one opened before, and a draft."""
    hanoi = Province.objects.in_force().get(code="01")
    turning, stamping = ({"process": "turning"},), ({"process": "stamping"},)
    buyer = make.verified_buyer()
    first = make.requirement(
        buyer, operations=turning, standards=("iso_9001",), plant={"name": "A", "province": hanoi}, title="Unserved"
    )
    second = make.requirement(
        buyer, operations=(*turning, *stamping), plant={"name": "B", "province": hanoi}, title="Unserved, any standard"
    )
    third = make.requirement(buyer, operations=turning, standards=("iso_9001",), title="Matched")
    fourth = make.requirement(buyer, operations=turning, title="Contracted", state="awarded")
    make.requirement(buyer, operations=turning, title="Not yet looked at")
    make.requirement(buyer, operations=turning, title="Long ago", opened_at=NOW - timedelta(days=400), state="expired")
    make.requirement(buyer, operations=turning, title="Draft", state="draft", opened_at=None)
    for asked, eligible in ((first, 0), (second, 0), (third, 3)):
        summary(asked, eligible=eligible)
    make.ConnectionFactory.create(requirement=fourth, supplier=Supplier.objects.order_by("pk")[0], state="contract")


def checked_and_changed(supplier: Supplier) -> None:
    """Two facts were checked; one of them was entered anew since."""
    for fact, act in (("a", "checked"), ("b", "checked"), ("a", "entered")):
        Evidence.objects.create(
            supplier=supplier, subject=supplier.public_id, fact=fact, act=act, level=0, observed_on=TODAY
        )


def queries_of(act: Callable[[], object]) -> int:
    """How many queries an act takes, once the process has read what it reads once. For tests that commit: a transaction
    that writes reads the catalogue anew, in as many queries as there is a base of by then."""
    act()
    with CaptureQueriesContext(connection) as asked:
        act()
    return len(asked)
