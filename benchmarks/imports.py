"""How long a list takes to become firms, and in how much memory: `python -m benchmarks.imports [--rows N]`

Starts its own servers, loads the shipped vocabulary, writes an xlsx as offices keep them, and takes it the way that an
officer's list goes: a preview, the import, and the same file once more. All runs in this process, as in a worker.
The peak is that of the whole process, Django and vocabulary included.

The peer is the plainest thing that could be done with the file: every cell read by openpyxl, and thrown away.
"""

import argparse
import os
import resource
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
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
TAX_CODE_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def main(arguments: Sequence[str] | None = None) -> int:
    wanted = argparse.ArgumentParser(prog="python -m benchmarks.imports", description="Time the import of a list.")
    wanted.add_argument("--rows", type=int, default=10_000, help="how many firms the list has (default: 10,000)")
    wanted.add_argument("--json", type=Path, help="also write the figures to this file")
    for name, figure in run(wanted.parse_args(arguments), _measured).items():
        print(f"{name:24} {figure}")
    return 0


def _measured(wishes: argparse.Namespace) -> Figures:
    from django.core.management import call_command

    from suppliers.imports.reading import read_table

    call_command("migrate", verbosity=0)
    call_command("load_taxonomy", verbosity=0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "firms.xlsx"
        _write(path, wishes.rows)
        figures: Figures = {"rows": wishes.rows, "file, bytes": path.stat().st_size, "load": os.getloadavg()[0]}
        figures["memory before, MiB"] = _peak_mib()
        figures |= _told("every cell read", lambda: read_table(path))
        act, report = _import(path), {}
        for name, keep in (("preview", False), ("import", True), ("the same again", True)):
            figures |= _told(name, lambda: report.update(act(keep=keep)))  # noqa: B023 (called at once)
            figures[f"{name}, rows"] = dict(report)
        figures["memory at most, MiB"] = _peak_mib()
    return figures


def _import(path: Path) -> Callable[..., Any]:
    from accounts.models import Membership, Organisation, User
    from accounts.principals import Principal
    from suppliers.imports.pipeline import Wishes, import_firms

    agency = Organisation.objects.create(kind="agency", legal_name="Agency", tax_code=_tax_code(999_999))
    user = User.objects.create(email="officer@benchmark.example")
    officer = Principal(user=user, organisation=agency, role=Membership.Role.EDITOR)

    def act(*, keep: bool) -> dict[str, int]:
        return import_firms(path, Wishes(source=path.name, keep=keep), by=officer).count()

    return act


def _told(name: str, act: Callable[[], object]) -> Figures:
    clock, processor = timed(act)
    return {f"{name}, s": round(clock / 1000, 1), f"{name}, processor s": round(processor / 1000, 1)}


def _peak_mib() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def _write(path: Path, rows: int) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Danh sách")
    sheet.append(["DANH SÁCH DOANH NGHIỆP"])
    sheet.append(list(HEADINGS))
    chance = Random(SEED)  # noqa: S311 (it varies figures, it guards nothing)
    for number in range(rows):
        sheet.append(_row(number, partial(chance.sample), chance))
    book.save(path)


def _row(number: int, some: Callable[..., list[str]], chance: Random) -> list[Any]:
    place = chance.choice(PROVINCES)
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
