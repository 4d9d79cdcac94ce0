"""The fictional firms of the demonstration, drawn and stored in bulk."""

import math
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from accounts.models import Organisation
from accounts.names import name_key
from matchmaking.demo.batch import Batch
from matchmaking.demo.names import demo_tax_code, firm_names
from matchmaking.demo.trades import ALL, Range, Trade
from suppliers.facts import FACTS
from suppliers.models import Capability, Certificate, Evidence, Site, Supplier
from suppliers.recording import plain
from taxonomy.models import IndustrialPark, Material, Process, Province, Sector, Standard

SEED = 20260101
SOURCE = "demo"
SHARE_AT_STANDARD = 0.35
WAITING: dict[str, int] = {"submitted": 18, "changes_requested": 6, "draft": 12}
"""How many firms are not published, by state: so that staff have something to do."""

STREETS = ("Quang Trung", "Nguyễn Trãi", "Ngọc Hồi", "Giải Phóng", "Phạm Văn Đồng", "Cầu Diễn", "Lê Trọng Tấn")
BRANCHES: tuple[tuple[str, str, str, float, float], ...] = (
    ("Bắc Ninh", "27", "24", 21.18, 106.06),
    ("Bắc Giang", "24", "24", 21.28, 106.2),
    ("Hải Dương", "30", "31", 20.94, 106.31),
    ("Hưng Yên", "33", "33", 20.85, 106.02),
    ("Vĩnh Phúc", "26", "25", 21.31, 105.6),
)
"""Second sites: old province, its old code, today's code, about where."""
CERTIFICATE = [column for column in FACTS[Certificate][0].columns if column != "standard"]


class Drawer:
    """Draws firms one after the other from one source of chance."""

    def __init__(self, today: date) -> None:
        self.chance = Random(SEED)
        self.today = today
        self.now = timezone.now()
        self.processes = dict(Process.objects.values_list("code", "id"))
        self.standards = dict(Standard.objects.values_list("code", "id"))
        self.hanoi = Province.objects.in_force().get(code="01")
        self.provinces = {(row.edition, row.code): row for row in Province.objects.all()}
        self.parks = list(IndustrialPark.objects.filter(province=self.hanoi).exclude(latitude=None).order_by("code"))
        self.batch = Batch()

    def figure(self, limits: Range, digits: int = 2) -> float:
        """A figure between the limits, even on a logarithmic scale, to so many significant digits."""
        drawn = math.exp(self.chance.uniform(math.log(limits[0]), math.log(limits[1])))
        return float(f"{drawn:.{digits}g}")

    def day(self, most_days_ago: int) -> date:
        return self.today - timedelta(days=self.chance.randint(0, most_days_ago))

    def level(self, at_standard: bool) -> int:
        return self.chance.choices((0, 1, 2, 3), weights=(1, 4, 4, 1) if at_standard else (7, 2, 1, 0))[0]

    def known(self, share: float = 0.85) -> bool:
        """Whether a firm has filled in one more figure: few fill in all."""
        return self.chance.random() < share

    def firm(self, number: int, trade: Trade, state: str, at_standard: bool) -> Supplier:
        organisation = self._organisation(number, trade)
        supplier = self._supplier(organisation, trade, state, at_standard)
        for site in self._sites(supplier, number):
            self._capabilities(site, trade, at_standard)
        self._certificates(supplier, trade, at_standard)
        return supplier

    def _organisation(self, number: int, trade: Trade) -> Organisation:
        legal, trade_name = firm_names(number, trade.word_vi, trade.word_en, self.chance)
        row = Organisation(
            kind=Organisation.Kind.SUPPLIER,
            legal_name=legal,
            trade_name=trade_name,
            name_key=name_key(legal, trade_name),
            tax_code=demo_tax_code(number),
            address="Hà Nội",
        )
        self.batch.organisations.append(row)
        return row

    def _supplier(self, organisation: Organisation, trade: Trade, state: str, at_standard: bool) -> Supplier:
        employees = int(self.figure((12, 900)))
        published_at = self._published_at() if state == "published" else None
        organisation.names_checked_at = published_at
        row = Supplier(
            organisation=organisation,
            state=state,
            state_reason="Xin bổ sung chứng chỉ / Please add your certificate." if state == "changes_requested" else "",
            submitted_at=self.now if state == "submitted" else None,
            published_at=published_at,
            description_vi=f"{trade.word_vi}, doanh nghiệp minh họa tại Hà Nội.",
            description_en=f"{trade.word_en}: a fictional firm in Hanoi.",
            ownership=self.chance.choices(Supplier.Ownership.values, weights=(80, 5, 8, 7))[0],
            founded_year=self.chance.randint(1985, 2023),
            employees_total=employees,
            employees_engineers=int(employees * self.chance.uniform(0.05, 0.25)),
            employees_quality=int(employees * self.chance.uniform(0.02, 0.1)),
            revenue_band=self.chance.choice(Supplier.RevenueBand.values),
            languages=self.chance.choice((["vi"], ["vi", "en"], ["vi", "en", "ja"], ["vi", "en", "ko"], ["vi", "zh"])),
            languages_observed_on=self.day(700),
            export_share_pct=float(self.chance.randint(0, 90)) if self.known(0.6) else None,
            export_share_pct_level=self.level(at_standard),
            export_share_pct_observed_on=self.day(500),
            certificates_stated_on=self.day(400) if at_standard or self.known(0.7) else None,
            source=SOURCE,
            source_ref=organisation.tax_code,
        )
        self.batch.suppliers.append(row)
        return row

    def _published_at(self) -> datetime:
        return self.now - timedelta(days=self.chance.randint(1, 600))

    def _sites(self, supplier: Supplier, number: int) -> Iterator[Site]:
        yield self._hanoi_site(supplier, number)
        if self.chance.random() < 0.12:
            yield self._branch_site(supplier, number)

    def _hanoi_site(self, supplier: Supplier, number: int) -> Site:
        park = self.chance.choice(self.parks) if self.chance.random() < 0.45 else None
        where = park.name_vi if park else f"{self.chance.choice(STREETS)}"
        site = Site(
            supplier=supplier,
            name="Nhà máy / Factory",
            address=f"Số {number % 200 + 1}, {where}, Hà Nội",
            province=self.hanoi,
            park=park,
            latitude=park.latitude if park else round(self.chance.uniform(20.85, 21.15), 5),
            longitude=park.longitude if park else round(self.chance.uniform(105.6, 105.95), 5),
            coordinates_from=Site.CoordinateSource.PARK if park else Site.CoordinateSource.GIVEN,
        )
        self.batch.sites.append(site)
        return site

    def _branch_site(self, supplier: Supplier, number: int) -> Site:
        name, old, new, latitude, longitude = self.chance.choice(BRANCHES)
        site = Site(
            supplier=supplier,
            name="Chi nhánh / Branch",
            address=f"Lô {number % 40 + 1}, tỉnh {name}",
            province=self.provinces["2025", new],
            old_province=self.provinces["2004", old],
            latitude=round(latitude + self.chance.uniform(-0.08, 0.08), 5),
            longitude=round(longitude + self.chance.uniform(-0.08, 0.08), 5),
            coordinates_from=Site.CoordinateSource.GIVEN,
        )
        self.batch.sites.append(site)
        return site

    def _capabilities(self, site: Site, trade: Trade, at_standard: bool) -> None:
        own = self.chance.sample(trade.processes, k=min(len(trade.processes), self.chance.randint(1, 4)))
        codes = [f"{trade.group}.{name}" for name in own]
        if trade.also and self.chance.random() < 0.6:
            codes += self.chance.sample(trade.also, k=self.chance.randint(1, min(2, len(trade.also))))
        if self.chance.random() < 0.08:
            codes.append(trade.group)
        for place, code in enumerate(codes):
            self._capability(site, trade, code, core=place == 0, at_standard=at_standard)

    def _capability(self, site: Site, trade: Trade, code: str, *, core: bool, at_standard: bool) -> None:
        role = Capability.Role.CORE if core else self.chance.choices(Capability.Role.values, weights=(6, 3, 1))[0]
        own = code.startswith(trade.group)
        row = Capability(
            site=site,
            process_id=self.processes[code],
            process_level=max(self.level(at_standard), 1 if core and at_standard else 0),
            process_observed_on=self.day(700),
            role=role,
            **self._figures(trade, own=own, at_standard=at_standard),
        )
        codes = self.chance.sample(trade.materials, k=self.chance.randint(1, min(5, len(trade.materials))))
        if self.known(0.9):
            row.materials_level, row.materials_observed_on = self.level(at_standard), self.day(600)
            self.batch.materials.append((row, codes))
        self.batch.capabilities.append(row)

    def _figures(self, trade: Trade, *, own: bool, at_standard: bool) -> dict[str, Any]:
        drawn: dict[str, Any] = {
            "tolerance_mm": self._maybe(trade.tolerance_mm, own),
            "roughness_um": self._maybe(trade.roughness_um, own),
            "envelope_mm": self._envelope(trade) if self.known(0.7) else None,
            "max_mass_kg": self._maybe(trade.mass_kg, True, 0.6),
            "monthly_capacity": self._maybe(trade.capacity, True),
            "utilisation_pct": float(self.chance.randint(30, 98)) if self.known(0.75) else None,
            "lead_time_days": self._maybe(trade.lead_time_days, True),
            "moq": self._maybe(trade.moq, True, 0.7),
        }
        figures = {name: value for name, value in drawn.items() if value is not None}
        for name in list(figures):
            figures[f"{name}_level"] = self.level(at_standard)
            figures[f"{name}_observed_on"] = self.day(150 if name in ("monthly_capacity", "utilisation_pct") else 500)
        if "monthly_capacity" in figures:
            figures["capacity_unit"] = trade.unit
        return figures

    def _maybe(self, limits: Range | None, applies: bool, share: float = 0.85) -> float | None:
        return self.figure(limits) if limits and applies and self.known(share) else None

    def _envelope(self, trade: Trade) -> list[float]:
        longest = self.figure(trade.side_mm)
        return [longest, round(longest * self.chance.uniform(0.4, 1)), round(longest * self.chance.uniform(0.2, 0.8))]

    def _certificates(self, supplier: Supplier, trade: Trade, at_standard: bool) -> None:
        if supplier.certificates_stated_on is None:
            return
        codes = ["IATF16949" if trade.group in ("STMP", "CAST", "FORG") and self.known(0.4) else "ISO9001"]
        if self.known(0.35):
            codes.append("ISO14001")
        if at_standard:
            self._add_certificates(supplier, codes, checked=True)
        elif self.known(0.4):
            self._add_certificates(supplier, codes, checked=False)

    def _add_certificates(self, supplier: Supplier, codes: list[str], *, checked: bool) -> None:
        for code in codes:
            starts = self.day(900)
            ends = starts + timedelta(days=3 * 365)
            if not checked and self.known(0.3):
                starts, ends = starts - timedelta(days=1200), ends - timedelta(days=1200)
            row = Certificate(
                supplier=supplier,
                standard_id=self.standards[code],
                number=f"DEMO-{code}-{supplier.organisation.tax_code[-5:]}",
                issuing_body=self.chance.choice(("QUACERT", "TÜV (demo)", "BV (demo)", "SGS (demo)")),
                valid_from=starts,
                expires_on=ends,
                state=Certificate.State.CHECKED if checked else Certificate.State.DECLARED,
                level=2 if checked else self.chance.choice((0, 1)),
                observed_on=max(starts, self.today - timedelta(days=300)),
            )
            self.batch.certificates.append(row)
            self.batch.evidence.append(
                Evidence(
                    supplier=supplier,
                    subject=row.public_id,
                    fact="certificate",
                    act=Evidence.Act.ENTERED,
                    value={column: plain(getattr(row, column)) for column in CERTIFICATE} | {"standard": code},
                    level=row.level,
                    observed_on=row.observed_on,
                    source=SOURCE,
                )
            )


def load_firms(today: date, *, times: int = 1) -> list[Supplier]:
    """Store 900 fictional firms, or so many times as many: four fifths mechanical, 35 % with a checked standard that is
    valid today."""
    drawer = Drawer(today)
    trades = [trade for trade in ALL for _ in range(trade.firms)] * times
    drawer.chance.shuffle(trades)
    states = [state for state, count in WAITING.items() for _ in range(count)]
    states += ["published"] * (len(trades) - len(states))
    drawer.chance.shuffle(states)
    at_standard = [index < round(len(trades) * SHARE_AT_STANDARD) for index in range(len(trades))]
    drawer.chance.shuffle(at_standard)
    suppliers = [
        drawer.firm(number, trade, state, standard)
        for number, (trade, state, standard) in enumerate(zip(trades, states, at_standard, strict=True))
    ]
    drawer.batch.store(
        material_ids=dict(Material.objects.values_list("code", "id")),
        sector_id=dict(Sector.objects.values_list("code", "id")),
        sectors_of=[_sector(trade) for trade in trades],
    )
    return suppliers


def _sector(trade: Trade) -> str:
    if trade.group == "TEXT":
        return "textile_footwear"
    return "high_tech" if trade.group == "ELEC" else "components"
