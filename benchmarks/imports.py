"""How long a list takes to become firms, and in how much memory: `python -m benchmarks.imports [--rows N]`

Starts its own servers, loads the shipped vocabulary, and takes two lists the way that an officer's list goes: upload, a
preview, the import, and the same file once more. One has the tax codes of its firms; the other has none, so that its
rows are compared with all firms known by then. Jobs run in this process, as in a worker, with all that they write.
The peak is that of the whole process, Django and vocabulary included. Ends with 1 where a target is missed.

The peer is the plainest thing that could be done with the file: every cell read by openpyxl, and thrown away.
"""

import argparse
import os
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.in_process import Figures, run, timed

SEED = 20261126
HEADINGS = (
    *("Tên công ty", "MST", "Địa chỉ", "Tỉnh/Thành phố", "Điện thoại", "Email", "Số lao động", "Năm thành lập"),
    *("Công nghệ", "Vật liệu", "Chứng chỉ"),
)
TRADES = ("Cơ khí", "Nhựa", "Khuôn mẫu", "Đúc", "Điện tử", "Cao su", "Dập", "Xi mạ")
NAMES = ("An", "Bình", "Cường", "Đại", "Hoàng", "Long", "Minh", "Nam", "Phát", "Quang", "Sơn", "Thành", "Việt", "Yên")
PROVINCES = ("Hà Nội", "Hải Phòng", "Bắc Ninh", "Đồng Nai", "TP. Hồ Chí Minh", "Hưng Yên", "Vĩnh Phúc", "Bình Dương")
PROCESSES = (
    "Tiện CNC",
    "phay CNC",
    "dập kim loại",
    "ép phun nhựa",
    "đúc áp lực",
    "mài phẳng",
    "hàn MIG",
    "gia công lạ",
)
MATERIALS = ("S45C", "nhôm 6061", "SUS304", "ABS", "đồng")
CERTIFICATES = ("ISO 9001:2015", "IATF 16949", "ISO 14001", "không", "")
SYLLABLES = (
    *NAMES,
    *(
        "Ánh",
        "Bảo",
        "Châu",
        "Dũng",
        "Đông",
        "Gia",
        "Giang",
        "Hà",
        "Hải",
        "Hòa",
        "Hùng",
        "Hưng",
        "Khánh",
        "Kim",
        "Lâm",
        "Linh",
    ),
    *(
        "Lộc",
        "Lợi",
        "Mai",
        "Ngọc",
        "Phong",
        "Phú",
        "Phúc",
        "Quân",
        "Quý",
        "Sao",
        "Tâm",
        "Tân",
        "Thái",
        "Thịnh",
        "Tiến",
        "Trường",
    ),
)
MOST = {"seconds": 60, "MiB": 300}
"""For 10,000 rows."""
TAX_CODE_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def main(arguments: Sequence[str] | None = None) -> int:
    wanted = argparse.ArgumentParser(prog="python -m benchmarks.imports", description="Time the import of a list.")
    wanted.add_argument("--rows", type=int, default=10_000, help="how many firms each list has (default: 10,000)")
    wanted.add_argument("--json", type=Path, help="also write the figures to this file")
    wishes = wanted.parse_args(arguments)
    with tempfile.TemporaryDirectory() as wishes.folder:
        os.environ["UPLOADS_FOLDER"] = wishes.folder
        figures = run(wishes, _measured)
    for name, figure in figures.items():
        print(f"{name:44} {figure}")
    missed = False
    for name, figure, most in _targets(figures):
        print(f"{'kept  ' if figure <= most else 'MISSED'}  {name}: {figure:g}, at most {most}")
        missed |= figure > most
    return int(missed)


def _targets(figures: Figures) -> Iterator[tuple[str, float, int]]:
    for name, figure in figures.items():
        if name.endswith(": import, s"):
            yield name, figure, MOST["seconds"]
    yield "memory at most, MiB", figures["memory at most, MiB"], MOST["MiB"]


def _measured(wishes: argparse.Namespace) -> Figures:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_taxonomy", verbosity=0)
    officer = _officer()
    figures: Figures = {"rows": wishes.rows, "load": os.getloadavg()[0]}
    for title, row in (("with tax codes", _row), ("without tax codes", _row_without_tax_code)):
        path = Path(wishes.folder) / f"{title}.xlsx"
        _write(path, wishes.rows, row)
        figures[f"{title}: file, bytes"] = path.stat().st_size
        figures[f"{title}: memory before, MiB"] = _peak_mib()
        figures |= {f"{title}: {name}": figure for name, figure in _taken(path, officer).items()}
    return figures | {"memory at most, MiB": _peak_mib()}


def _taken(path: Path, officer: Any) -> Figures:
    """What each step costs, and what became of the rows."""
    from suppliers.imports.reading import read_table

    figures = _told("every cell read", lambda: read_table(path))
    for name, keeps in (("preview", False), ("import", True), ("the same again", True)):
        row = _uploaded(path, officer)
        figures |= _told(name, lambda: _worked_off(row, officer, keeps=keeps))  # noqa: B023 (called at once)
        figures[f"{name}, rows"] = row.count
    return figures


def _officer() -> Any:
    from accounts.models import Membership, Organisation, User
    from accounts.principals import Principal

    agency = Organisation.objects.create(kind="agency", legal_name="Agency", tax_code=_tax_code(999_999))
    user = User.objects.create(email="officer@benchmark.example")
    membership = Membership.objects.create(user=user, organisation=agency, role=Membership.Role.EDITOR)
    return Principal.of_member(membership)


def _uploaded(path: Path, officer: Any) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from suppliers.imports.lists import upload_list

    sent = SimpleUploadedFile(path.name, path.read_bytes(), "application/octet-stream")
    return upload_list(file=sent, by=officer)


def _worked_off(row: Any, officer: Any, *, keeps: bool) -> None:
    """Preview the list, or, of one that counts as previewed, write it: the job alone, as a worker does it."""
    from django.utils import timezone

    from jobs.running import run_due_jobs
    from suppliers.imports.lists import confirm_list, request_preview

    if keeps:
        type(row).objects.filter(pk=row.pk).update(state="previewed", previewed_at=timezone.now())
        confirm_list(import_id=row.pk, by=officer)
    else:
        request_preview(import_id=row.pk, by=officer)
    run_due_jobs()
    row.refresh_from_db()
    if row.error or row.is_at_work:
        raise RuntimeError(row.error or "a job did not end")


def _told(name: str, act: Callable[[], object]) -> Figures:
    clock, processor = timed(act)
    return {f"{name}, s": round(clock / 1000, 1), f"{name}, processor s": round(processor / 1000, 1)}


def _peak_mib() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def _write(path: Path, rows: int, row: Callable[[int, Random], list[Any]]) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Danh sách")
    sheet.append(["DANH SÁCH DOANH NGHIỆP"])
    sheet.append(list(HEADINGS))
    chance = Random(SEED)  # noqa: S311 (it varies figures, it guards nothing)
    for number in range(rows):
        sheet.append(row(number, chance))
    book.save(path)


def _row(number: int, chance: Random) -> list[Any]:
    place, some = chance.choice(PROVINCES), chance.sample
    return [
        f"Công ty TNHH {chance.choice(TRADES)} {' '.join(some(NAMES, 2))} {number}",
        _tax_code(number),
        f"Lô {number % 97}, KCN {chance.choice(NAMES)} {chance.choice(NAMES)}, {place}",
        place,
        f"09{number:08d}",
        f"lienhe@firm{number}.example",
        chance.randint(5, 900),
        chance.randint(1985, 2025),
        "; ".join(some(PROCESSES, chance.randint(1, 3))),
        "; ".join(some(MATERIALS, chance.randint(0, 2))),
        chance.choice(CERTIFICATES),
    ]


def _row_without_tax_code(number: int, chance: Random) -> list[Any]:
    """A firm whose name is made of few syllables, as names are: many share one, some both."""
    _name, _code, address, *others = _row(number, chance)
    others[1] = f"08{number:08d}"
    return [f"Công ty TNHH {chance.choice(TRADES)} {' '.join(chance.sample(SYLLABLES, 2))}", "", address, *others]


def _tax_code(serial: int) -> str:
    """A tax code with a right check digit."""
    for body in range(serial * 100, serial * 100 + 100):
        digits = [int(digit) for digit in f"{body:09d}"]
        check = 10 - sum(weight * digit for weight, digit in zip(TAX_CODE_WEIGHTS, digits, strict=True)) % 11
        if check < 10:
            return f"{body:09d}{check}"
    raise ValueError(serial)


if __name__ == "__main__":
    sys.exit(main())
