"""One command brings the vocabulary to what the files say, as often as one likes."""

import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from taxonomy.loading.files import BadFileError
from taxonomy.models import Corridor, IndustrialPark, Industry, Material, Process, Province, Source, Standard, Term
from taxonomy.services import SHIPPED, current_version, load_taxonomy
from tests.factories.taxonomy import TermFactory

Edit = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "data"))


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Replaces a piece of text that occurs in a file."""

    def replace(name: str, old: str, new: str) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


@pytest.mark.django_db
def test_a_first_load_fills_every_table() -> None:
    counts = load_taxonomy()

    assert {name: count.created for name, count in counts.items() if name != "terms"} == {
        "process": 222,
        "material": 138,
        "standard": 66,
        "province": 97,
        "corridor": 6,
        "sector": 3,
        "industry": 555,
        "park": 197,
        "implied standards": 7,
        "corridor provinces": 47,
        "industry successions": 143,
    }
    assert counts["terms"].created == Term.objects.count() > 5000


@pytest.mark.django_db
def test_a_second_load_changes_nothing_and_says_so() -> None:
    load_taxonomy()
    version, newest = current_version(), Term.objects.latest("id").pk
    output = StringIO()

    call_command("load_taxonomy", stdout=output)

    assert current_version() == version
    assert Term.objects.latest("id").pk == newest
    assert output.getvalue().splitlines()[-1] == "Nothing changed."
    assert "created     0  updated     0  unchanged   222" in output.getvalue()


@pytest.mark.django_db
def test_a_load_that_is_asked_to_be_silent_is() -> None:
    output = StringIO()

    call_command("load_taxonomy", "--without-parks", verbosity=0, stdout=output)

    assert (output.getvalue(), Process.objects.count()) == ("", 222)


@pytest.mark.django_db
def test_what_the_files_say_arrives_in_the_rows() -> None:
    load_taxonomy()

    turning = Process.objects.get(code="MACH.CNC_TURN")
    assert turning.parent == Process.objects.get(code="MACH")
    assert turning.names == {
        "vi": "Tiện CNC",
        "en": "CNC turning",
        "ja": "CNC旋盤加工",
        "ko": "CNC 선반 가공",
        "zh": "数控车削",
    }
    assert Material.objects.parents()["STEEL.SUS304"] == "STEEL.SS"
    assert Standard.objects.implications()["IATF16949"] == ["ISO9001"]
    assert "ISO13485" not in Standard.objects.implications()
    assert Province.objects.get(edition="2004", code="24").successor == Province.objects.get(
        edition="2025", code="24", name_vi="Bắc Ninh"
    )
    assert Corridor.objects.provinces_by_code()["HN-LS"] == [
        "2004:01",
        "2004:20",
        "2004:24",
        "2004:27",
        "2025:01",
        "2025:20",
        "2025:24",
    ]
    drinks = Industry.objects.get(edition="2018", code="1104")
    assert [successor.code for successor in drinks.successors.all()] == ["1105"]


@pytest.mark.django_db
def test_parks_are_left_alone_on_request(folder: Path) -> None:
    load_taxonomy(parks=False)
    assert IndustrialPark.objects.count() == 0

    load_taxonomy()
    load_taxonomy(parks=False)

    assert IndustrialPark.objects.in_use().count() == 197


@pytest.mark.django_db
def test_synonyms_taught_by_staff_outlive_a_reload() -> None:
    load_taxonomy()
    TermFactory.create(process=Process.objects.get(code="MACH.CNC_TURN"), text="xoay tròn")

    counts = load_taxonomy()

    assert counts["terms"].deleted == 0
    assert Term.objects.get(text="xoay tròn").source == Source.TAUGHT


@pytest.mark.django_db
def test_a_changed_row_is_updated_and_the_rest_is_not(folder: Path, edit: Edit) -> None:
    load_taxonomy()
    edit("processes.csv", "Tiện CNC,CNC turning", "Tiện CNC,CNC turning work")

    counts = load_taxonomy(folder=folder)

    assert (counts["process"].updated, counts["process"].unchanged) == (1, 221)
    assert (counts["terms"].created, counts["terms"].deleted) == (1, 1)
    assert Process.objects.get(code="MACH.CNC_TURN").name_en == "CNC turning work"


@pytest.mark.django_db
def test_a_code_that_vanishes_is_withdrawn_and_reported_but_kept(folder: Path, edit: Edit) -> None:
    load_taxonomy()
    edit("sectors.csv", "high_tech,Công nghiệp công nghệ cao,High-tech industry\n", "")
    output = StringIO()

    call_command("load_taxonomy", folder=folder, stdout=output)

    assert "withdrawn: high_tech" in output.getvalue()
    assert load_taxonomy(folder=folder)["sector"].withdrawn == ["high_tech"]
    assert load_taxonomy()["sector"].withdrawn == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("processes.csv", "MACH.BORE,MACH,", "MACH.BORE,CAST,", "line 9: MACH.BORE does not begin with its parent's"),
        ("processes.csv", "MACH.BORE,MACH,", "MACH.DRILL,MACH,", "line 9: MACH.DRILL is listed already in line 8"),
        ("processes.csv", "MACH.BORE,", ",", "line 9: the code is missing"),
        ("processes.csv", "code,parent", "kode,parent", "line 1: the columns are kode,parent"),
        ("materials.csv", "METAL,,", "METAL,STEEL.SS,", "the parents of STEEL.SS form a circle"),
        ("materials.csv", "STEEL.SS400,STEEL.CARBON", "STEEL.SS400,NOWHERE", "line 5: there is no material NOWHERE"),
        ("standards.csv", "3,ISO9001,,ISO/TS", "3,ISO9002,,ISO/TS", "line 3: there is no standard ISO9002"),
        ("standards.csv", "quality,management_system,ISO,all,3", "quality,magic,ISO,all,3", "line 2: kind is 'magic'"),
        ("provinces.csv", ",21.0001,", ",north,", "line 2: centroid_lat is 'north', which is not a number"),
        ("provinces.csv", ",21.0001,", ",NaN,", "line 2: centroid_lat is 'NaN', which is not finite"),
        ("provinces.csv", ",21.0001,", ",121.0001,", "line 2: latitude: "),
        ("corridors.csv", "01|33|31", "01|33|99", "line 2: there is no province 2025:99"),
        ("ambiguous.csv", "PLAS|PLAS.INJ", "PLAS", "line 2: ép nhựa has fewer than two codes"),
        ("synonyms.csv", "process,MACH,", "process,MACH,!!!|", "line 2: '!!!' has no letter or digit"),
        ("sectors.csv", "components,Linh kiện và phụ tùng,", "components,", "line 2: 2 cells instead of 3"),
        ("sectors.csv", "components,Linh", 'components,"Linh', "line"),
    ],
)
def test_a_fault_names_file_and_line_and_nothing_is_written(
    folder: Path, edit: Edit, name: str, old: str, new: str, message: str
) -> None:
    before = current_version()  # emptying the tables after another test makes a version, too
    edit(name, old, new)

    with pytest.raises(BadFileError, match="^" + name) as refused:
        load_taxonomy(folder=folder)

    assert message in str(refused.value)
    assert (Process.objects.count(), Term.objects.count(), current_version()) == (0, 0, before)


@pytest.mark.django_db
def test_a_file_that_is_missing_or_not_text_is_refused_by_the_command(folder: Path) -> None:
    (folder / "sectors.csv").write_bytes(b"code,name_vi,name_en\ncomponents,\xff\xfe,x\n")
    with pytest.raises(CommandError, match=r"sectors\.csv: not UTF-8 at byte"):
        call_command("load_taxonomy", folder=folder)

    (folder / "sectors.csv").unlink()
    with pytest.raises(CommandError, match=r"sectors\.csv: No such file"):
        call_command("load_taxonomy", folder=folder)


@pytest.mark.django_db(transaction=True)
def test_two_loads_at_once_leave_each_row_once() -> None:
    failures: list[BaseException] = []

    def load() -> None:
        try:
            load_taxonomy()
        except Exception as error:  # noqa: BLE001 - the thread hands its failure to the test
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=load) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert Process.objects.count() == 222
    assert load_taxonomy()["terms"].created == 0
