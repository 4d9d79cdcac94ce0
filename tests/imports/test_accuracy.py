"""The measure of the importer: shares worked out by hand, and files that cannot be measured."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]

FIRMS = """label,name_a,address_a,country_a,name_b,address_b,country_b
1,Cơ khí Hoàng Long,Lô 12 KCN Thăng Long,vn,Hoang Long Mechanical,Lot 12 Thang Long IP,vn
1,Hoàng Long,Lô 12 KCN Thăng Long,vn,Sao Mai,Lô 3 KCN Sóng Thần,vn
0,Hoàng Long,Lô 12 KCN Thăng Long,vn,Hoàng Long,Lô 12 KCN Thăng Long,vn
0,Hoàng Long,Lô 12 KCN Thăng Long,vn,Hoàng Long,Lô 12 KCN Thăng Long,la
"""
LABELS = """label,acceptable_codes
CNCTurning,MACH.CNC_TURN
tiện CNC,MACH.CNC_MILL3|MACH.CNC_TURN
CNC turning,MACH.CNC_MILL3
grinding,MACH.SGRIND
DeepFreezing,
"""
NAMES = """name_vi,name_en
Công ty TNHH Cơ khí Hoàng Long,Hoang Long Mechanical Co. Ltd
CTCP Cao su Sao Mai,Sao Mai Rubber JSC
CTCP Rồng Vàng,Golden Dragon JSC
"""


def measure(folder: Path, **texts: str) -> tuple[dict[str, dict[str, float]], str]:
    arguments = ["--json", str(folder / "out.json")]
    for kind, text in texts.items():
        (folder / f"{kind}.csv").write_text(text)
        arguments += [f"--{kind}", str(folder / f"{kind}.csv")]
    printed = StringIO()
    call_command("import_accuracy", *arguments, stdout=printed)
    return json.loads((folder / "out.json").read_text()), printed.getvalue()


def test_each_file_is_measured_and_told(tmp_path: Path) -> None:
    figures, printed = measure(tmp_path, duplicates=FIRMS, labels=LABELS, names=NAMES)

    assert figures == {
        "duplicates": {"precision": 0.5, "recall": 0.5},
        "labels": {"right": 0.5, "wrong": 0.3333, "asked": 0.4},
        "names": {"recall": 0.6667},
    }
    assert printed.splitlines() == [
        "duplicates  precision 0.500  recall 0.500",
        "labels      right 0.500  wrong 0.333  asked 0.400",
        "names       recall 0.667",
    ]


def test_a_share_of_nothing_is_nothing(tmp_path: Path) -> None:
    figures, _ = measure(tmp_path, duplicates=FIRMS.splitlines()[0] + "\n0,Hoàng Long,,vn,Sao Mai,,vn\n")

    assert figures == {"duplicates": {"precision": 0.0, "recall": 0.0}}


@pytest.mark.parametrize(
    ("text", "reason"), [("", "no rows"), ("label\n", "no rows"), ("name_vi\nx\n", "label, acceptable_codes")]
)
def test_a_file_without_rows_or_columns_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        measure(tmp_path, labels=text)
    assert not (tmp_path / "out.json").exists()


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_bytes(b"label,acceptable_codes\n\xff\xfe,\n")

    for name in ("none.csv", "odd.csv"):
        with pytest.raises(CommandError, match=name):
            call_command("import_accuracy", "--labels", tmp_path / name)
    with pytest.raises(CommandError, match="at least one file"):
        call_command("import_accuracy")
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_accuracy", "--labels", _labels(tmp_path), "--json", tmp_path / "no" / "out.json")


def _labels(folder: Path) -> Path:
    path = folder / "labels.csv"
    path.write_text(LABELS)
    return path
