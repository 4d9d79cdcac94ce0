"""A list of firms as a file, its import at once, and all that it may write."""

from pathlib import Path
from typing import Any

from accounts.models import Organisation
from accounts.principals import Principal
from notifications.models import Event
from suppliers.imports.pipeline import Wishes, import_firms
from suppliers.imports.report import Report, RowReport
from suppliers.models import Capability, Certificate, Evidence, Site, Supplier
from tests.factories.accounts import tax_code

AN, BINH = tax_code(501), tax_code(502)
MISTYPED = AN[:9] + str((int(AN[9]) + 1) % 10)
HEADER = "Tên công ty,MST,Địa chỉ,Công nghệ,Vật liệu,Chứng chỉ,Năm thành lập\n"
LINE = f'Cơ khí An,{AN},"Lô 5, KCN Phú Nghĩa, Hà Nội",Tiện CNC; phay CNC,S45C; nhôm 6061,ISO 9001:2015,1998\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "firms.csv"
    path.write_text(text)
    return path


def run(path: Path, officer: Principal, **wishes: Any) -> Report:
    return import_firms(path, Wishes(source="list-2026", **wishes), by=officer)


def problems_of(row: RowReport) -> list[tuple[str, str, str]]:
    """Column, code, and what a reader is told."""
    return [(problem.column, problem.code, problem.reason) for problem in row.problems]


def everything() -> dict[str, int]:
    models = (Organisation, Supplier, Site, Capability, Certificate, Evidence, Event)
    return {model.__name__: model._default_manager.count() for model in models}
