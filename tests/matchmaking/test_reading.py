"""What is read in bulk is what the rows say, one by one."""

import struct
from datetime import date, timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from matchmaking.catalogue.coarse import coarse_utilisation, two_figures
from matchmaking.catalogue.copying import KEY, SMALL, Query
from matchmaking.catalogue.facts import read_rows, record_of
from matchmaking.catalogue.reading import read_stock
from matchmaking.catalogue.stock import Stock
from matchmaking.catalogue.vocabulary import Vocabulary, read_vocabulary
from matchmaking.engine.model import SupplierRecord
from matchmaking.engine.records import records_of
from suppliers.models import Capability, Certificate, Site, Supplier
from taxonomy.units import UNITS
from tests.factories import matchmaking as make
from tests.factories.suppliers import province
from tests.unit.engine.normal import in_order

TWO_COLUMNS = Query({"key": (KEY, "id"), "size": (SMALL, "size")}, "firms WHERE {}", "{} = id")
PROCESSES = {"machining": None, "turning": "machining", "cnc_turning": "turning", "casting": None}
MATERIALS = {"metal": None, "steel": "metal", "brass": "metal", "polymer": None}
STANDARDS = ("iso_9001", "iso_14001", "iatf_16949")
FIGURES: dict[str, tuple[float, ...]] = {
    "tolerance_mm": (0.0, 0.005, 0.01, 1e9),
    "roughness_um": (0.8, 1.6),
    "max_mass_kg": (0.1, 2500.0),
    "monthly_capacity": (0.0, 5.0, 12_345.0, 9_960.0, 7e11),
    "utilisation_pct": (0.0, 0.05, 37.5, 62.9, 63.0, 99.99999, 100.0),
    "lead_time_days": (0.0, 14.0, 45.5),
    "moq": (0.0, 1.0, 333.3),
}


class Writer:
    """Writes firms with everything there is, and with everything missing, by chance."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311
        self.today = timezone.localdate()
        self.processes = [make.process(code, below=parent) for code, parent in PROCESSES.items()]
        self.materials = [make.material(code, below=parent) for code, parent in MATERIALS.items()]
        new = [province(code) for code in ("01", "24")]
        self.provinces = [
            (None, None),
            (new[0], None),
            (new[1], None),
            (new[1], province("27", edition="2004", successor=new[1])),
        ]

    def day(self) -> date:
        return self.today - timedelta(days=self.random.choice([0, 1, 90, 364, 365, 366, 4000]))

    def taken_back(self, *facts: str) -> dict[str, str]:
        some = self.random.sample(facts, self.random.choice([0, 0, 0, 1, 2]))
        return {fact: self.day().isoformat() for fact in some}

    def evidence(self, *facts: str) -> dict[str, Any]:
        """Of some; of the others the day is missing, and with it the fact."""
        levels = {f"{fact}_level": self.random.randint(0, 4) for fact in facts}
        return levels | {f"{fact}_observed_on": self.day() for fact in facts if self.random.random() < 0.9}

    def firm(self) -> None:
        stated = self.random.random() < 0.7
        supplier = make.published_supplier(
            state=self.random.choices(list(Supplier.State), [6 if s == "published" else 1 for s in Supplier.State])[0],
            languages=self.random.choices(["vi", "en", "ja"], k=self.random.randint(0, 4)),
            export_share_pct=self.random.choice([None, 0.0, 12.5, 100.0]),
            certificates_stated_on=self.day() if stated else None,
            certificates_stated_level=self.random.randint(0, 4),
            withdrawn=self.taken_back("languages", "export_share_pct"),
            **self.evidence("languages", "export_share_pct"),
        )
        for _ in range(self.random.randint(0, 3)):
            self.site(supplier)
        for number, code in enumerate(self.random.choices(STANDARDS, k=self.random.randint(0, 3))):
            self.certificate(supplier, code, number)

    def site(self, supplier: Supplier) -> None:
        new, old = self.random.choice(self.provinces)
        lat, lon = self.random.choice([(None, None), (21.0285, 105.855), (10.005, 106.015), (-33.3333, -70.5)])
        site = make.site(supplier, latitude=lat, longitude=lon, province=new, old_province=old)
        for _ in range(self.random.randint(0, 4)):
            self.capability(site)

    def capability(self, site: Site) -> None:
        figures = {name: self.random.choice(values) for name, values in FIGURES.items() if self.random.random() < 0.8}
        sides = self.random.choice([None, [300.0, 100.0, 200.0], [1.0, 1.0, 1.0]])
        row = Capability.objects.create(
            site=site,
            process=self.random.choice(self.processes),
            process_level=self.random.randint(0, 4),
            process_observed_on=self.day(),
            role=self.random.choice(Capability.Role.values),
            capacity_unit=self.random.choice(list(UNITS)),
            envelope_mm=sides,
            withdrawn=self.taken_back("materials", "envelope_mm", *FIGURES),
            **figures,
            **self.evidence("materials", "envelope_mm", *FIGURES),
        )
        row.materials.set(self.random.sample(self.materials, self.random.randint(0, 3)))

    def certificate(self, supplier: Supplier, code: str, number: int) -> None:
        start, never = self.random.choice([None, self.day()]), self.random.random() < 0.2
        end = None if never else self.random.choice([None, self.today, date(2199, 12, 31), date.max])
        Certificate.objects.create(
            supplier=supplier,
            standard=make.standard(code),
            number=str(number),
            valid_from=start,
            expires_on=end,
            never_expires=never,
            state=self.random.choice(Certificate.State.values),
            level=self.random.randint(0, 4),
            observed_on=self.day(),
        )


def one_by_one(vocabulary: Vocabulary, day: date) -> dict[int, SupplierRecord]:
    return {rows.supplier.pk: record_of(rows, taxonomy=vocabulary.taxonomy, as_of=day) for rows in read_rows(None)}


def assert_says(stock: Stock, records: dict[int, SupplierRecord]) -> None:
    assert records_of(stock.columns) == in_order(records.values())
    assert stock.keys.tolist() == sorted(records, key=lambda key: records[key].id)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2])
def test_all_firms_and_some_of_them_are_read_as_their_rows_say(seed: int) -> None:
    writer = Writer(seed)
    for _ in range(25):
        writer.firm()
    vocabulary = read_vocabulary(0)

    for day in (writer.today, writer.today + timedelta(days=1), writer.today + timedelta(days=400)):
        records = one_by_one(vocabulary, day)
        assert len(records) > 5
        assert_says(read_stock(None, vocabulary=vocabulary, as_of=day), records)
        for count in (0, 1, 2, 5):
            some = writer.random.sample(list(records), count)
            hidden = Supplier.objects.exclude(state="published").values_list("pk", flat=True)[:2]
            stock = read_stock([*some, *hidden], vocabulary=vocabulary, as_of=day)
            assert_says(stock, {key: records[key] for key in some})


@pytest.mark.django_db
def test_the_days_on_which_firms_will_read_differently_are_remembered() -> None:
    today, vocabulary = timezone.localdate(), read_vocabulary(0)
    soon, later, over = (make.published_supplier() for _ in range(3))
    for supplier, days_ago in ((soon, 360), (later, 100), (over, 365)):
        make.capability(supplier, withdrawn={"moq": (today - timedelta(days=days_ago)).isoformat()}, moq=1.0)
    Supplier.objects.filter(pk=later.pk).update(withdrawn={"languages": (today - timedelta(days=200)).isoformat()})

    turns = read_stock(None, vocabulary=read_vocabulary(1), as_of=today).turns

    days = [(date.fromordinal(day) - today).days for day in turns.days.tolist()]
    assert list(zip(turns.keys.tolist(), days, strict=True)) == [(soon.pk, 5), (later.pk, 165), (later.pk, 265)]
    assert turns.between(today, today + timedelta(days=4)).tolist() == []
    assert turns.between(today, today + timedelta(days=165)).tolist() == [soon.pk, later.pk]
    assert turns.between(today + timedelta(days=5), today + timedelta(days=165)).tolist() == [later.pk]
    assert vocabulary.version == 0


@pytest.mark.django_db
def test_a_process_that_the_vocabulary_does_not_have_yet_is_left_out_until_it_has() -> None:
    supplier = make.published_supplier()
    make.capability(supplier, "turning", materials=("steel",))
    before = read_vocabulary(0)
    make.capability(supplier, "milling", materials=("titanium",))
    row = Capability.objects.get(process__code="turning")
    row.materials.add(make.material("titanium"))

    then = records_of(read_stock(None, vocabulary=before, as_of=timezone.localdate()).columns)[0].capabilities
    now = records_of(read_stock(None, vocabulary=read_vocabulary(1), as_of=timezone.localdate()).columns)[
        0
    ].capabilities

    assert [(row.process, row.materials and row.materials.value) for row in then] == [("turning", ("steel",))]
    assert sorted(row.process for row in now) == ["milling", "turning"]


def test_free_capacity_is_rounded_as_python_writes_it() -> None:
    random = Random(3)  # noqa: S311
    values = [random.uniform(0, 10) * 10.0 ** random.randint(-300, 300) for _ in range(3000)]
    values += [number * 10.0**power for number in range(10, 1000) for power in (-2, 0, 5)]
    values += [0.0, 5e-324, 1e-310, 1.7e308, 9.95, 9.949999999999999, 0.995, 99.5, 1e22, 1e23, float("inf")]

    written = [float(f"{value:.1e}") for value in values]
    assert two_figures(np.array(values)).tolist() == written
    assert two_figures(np.array(values[-11:])).tolist() == written[-11:]


def test_what_is_left_free_can_be_asked_for() -> None:
    random = Random(4)  # noqa: S311
    capacity = np.array([random.uniform(0, 10) * 10.0 ** random.randint(-5, 12) for _ in range(3000)])
    used = np.array([random.choice([random.uniform(0, 100), 0.0, 50.0, 100.0]) for _ in range(3000)])

    coarse = coarse_utilisation(used, capacity)

    free = two_figures(capacity * (1 - used / 100))
    left = capacity * (1 - coarse / 100)
    assert ((coarse >= 0) & (coarse <= 100)).all()
    assert (left >= np.minimum(free, capacity)).all()
    assert (left <= np.minimum(free, capacity) * (1 + 1e-9) + 1e-12).all()


def packed(key: int, size: int, *, bytes_of_size: int = 2) -> bytes:
    """A row with a key and a small number, as PostgreSQL sends it: before each value its type and its length."""
    return struct.pack(">iiiqiih", 2, 20, 8, key, 21, bytes_of_size, size)


def test_what_is_sent_becomes_one_array_per_column() -> None:
    found = TWO_COLUMNS.unpacked(packed(7, -1) + packed(1 << 40, 300))

    assert {name: values.tolist() for name, values in found.items()} == {"key": [7, 1 << 40], "size": [-1, 300]}
    assert [len(values) for values in TWO_COLUMNS.unpacked(b"").values()] == [0, 0]


def test_a_value_of_another_length_is_refused_by_its_column() -> None:
    with pytest.raises(ValueError, match="size does not always have 2 bytes"):
        TWO_COLUMNS.unpacked(packed(7, 1) + packed(8, 1, bytes_of_size=4))
