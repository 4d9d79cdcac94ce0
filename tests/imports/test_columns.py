"""Which column fills which field."""

import pytest

from suppliers.imports.columns import map_columns
from suppliers.imports.errors import ColumnError


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Tên công ty", "legal_name"),
        ("TEN DOANH NGHIEP", "legal_name"),
        ("name", "legal_name"),
        ("CompanyName", "legal_name"),
        ("English name", "trade_name"),
        ("Mã số thuế", "tax_code"),
        ("MST", "tax_code"),
        ("Tỉnh/Thành phố", "province"),
        ("Địa chỉ", "address"),
        ("Chứng chỉ", "certificates"),
        ("Vật liệu", "materials"),
        ("founded_year", "founded_year"),
    ],
)
def test_headings_are_understood_in_both_languages(heading: str, field: str) -> None:
    columns = (heading,) if field == "legal_name" else ("Tên", heading)

    assert map_columns(columns, {})[heading] == field


def test_columns_that_nobody_knows_are_left_out() -> None:
    assert map_columns(("Tên", "Ghi chú nội bộ"), {}) == {"Tên": "legal_name"}


def test_what_the_reader_decides_counts_more_than_the_guess() -> None:
    told = {"Tên": "-", "Firma": "legal_name"}

    assert map_columns(("Tên", "Firma"), told) == {"Firma": "legal_name"}


@pytest.mark.parametrize(
    ("columns", "told", "message"),
    [
        (("MST",), {}, "No column holds the firm's name."),
        (("Tên", "Company"), {}, "The columns “Tên” and “Company” both hold legal_name. Say which counts."),
        (("Tên",), {"Firma": "legal_name"}, "There is no column “Firma”."),
        (("Tên",), {"Tên": "nom"}, "There is no field “nom”."),
    ],
)
def test_a_mapping_in_doubt_is_refused(columns: tuple[str, ...], told: dict[str, str], message: str) -> None:
    with pytest.raises(ColumnError) as refused:
        map_columns(columns, told)

    assert str(refused.value.detail).startswith(message)
