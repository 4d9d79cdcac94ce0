"""Which column holds which fact, from its heading in Vietnamese or English, or as told."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suppliers.imports.errors import ColumnError
from taxonomy.text import fold, split_camel

HEADINGS: dict[str, tuple[str, ...]] = {
    "legal_name": ("name", "company", "company name", "legal name", "firm", "ten cong ty", "ten doanh nghiep", "ten"),
    "trade_name": ("trade name", "english name", "name en", "ten tieng anh", "ten giao dich", "ten viet tat"),
    "tax_code": ("tax code", "tax id", "mst", "ma so thue", "ma so doanh nghiep", "enterprise code"),
    "source_ref": ("id", "ref", "reference", "ma", "ma doanh nghiep"),
    "country": ("country", "quoc gia", "nuoc"),
    "address": ("address", "dia chi", "dia chi tru so", "so nha duong", "factory address", "dia chi nha may"),
    "province": ("province", "city province", "tinh", "tinh thanh", "tinh thanh pho"),
    "latitude": ("lat", "latitude", "vi do"),
    "longitude": ("lon", "lng", "longitude", "kinh do"),
    "website": ("website", "web", "url", "trang web"),
    "founded_year": ("year", "founded", "founded year", "established", "nam thanh lap"),
    "employees_total": ("employees", "headcount", "number of employees", "so lao dong", "so nhan vien"),
    "ownership": ("ownership", "loai hinh so huu", "so huu"),
    "export_share_pct": ("export share", "export share pct", "export", "ty le xuat khau", "xuat khau"),
    "languages": ("languages", "language", "ngon ngu", "ngoai ngu"),
    "contact_name": ("contact", "contact person", "contact name", "nguoi lien he"),
    "contact_email": ("email", "e mail", "contact email", "thu dien tu"),
    "contact_phone": ("phone", "telephone", "tel", "contact phone", "dien thoai", "so dien thoai"),
    "processes": ("processes", "process", "capabilities", "cong nghe", "quy trinh", "nang luc", "linh vuc gia cong"),
    "materials": ("materials", "material", "vat lieu", "nguyen lieu"),
    "certificates": ("certificates", "certificate", "certifications", "standards", "chung chi", "chung nhan"),
    "description_vi": ("mo ta", "gioi thieu", "description vi"),
    "description_en": ("description", "description en", "about"),
}
"""Each field of the importer with the headings that mean it, folded: no accents, no case, no punctuation."""

LABELS = {
    "legal_name": gettext_lazy("Legal name"),
    "trade_name": gettext_lazy("Trade name"),
    "tax_code": gettext_lazy("Tax code"),
    "source_ref": gettext_lazy("The firm's key in the list"),
    "country": gettext_lazy("Country"),
    "address": gettext_lazy("Address"),
    "province": gettext_lazy("Province"),
    "latitude": gettext_lazy("Latitude"),
    "longitude": gettext_lazy("Longitude"),
    "website": gettext_lazy("Website"),
    "founded_year": gettext_lazy("Founded in"),
    "employees_total": gettext_lazy("Employees"),
    "ownership": gettext_lazy("Ownership"),
    "export_share_pct": gettext_lazy("Export share, %"),
    "languages": gettext_lazy("Languages"),
    "contact_name": gettext_lazy("Contact person"),
    "contact_email": gettext_lazy("Contact e-mail"),
    "contact_phone": gettext_lazy("Contact telephone"),
    "processes": gettext_lazy("Processes"),
    "materials": gettext_lazy("Materials"),
    "certificates": gettext_lazy("Certificates"),
    "description_vi": gettext_lazy("Description (vi)"),
    "description_en": gettext_lazy("Description (en)"),
}
"""The fields as people choose among them."""

IGNORE = "-"


def map_columns(columns: tuple[str, ...], told: Mapping[str, str]) -> dict[str, str]:
    """Which field each column fills: `{column: field}`. Columns that nobody knows are left out.

    Args:
        told: column to field as the reader decided; `-` leaves a column out.

    Raises:
        ColumnError: a told column or field does not exist, two columns fill one field, or no column has the name.
    """
    for column, field in told.items():
        if column not in columns:
            raise ColumnError(_("There is no column “%(column)s”.") % {"column": column})
        if field != IGNORE and field not in HEADINGS:
            known = ", ".join(HEADINGS)
            raise ColumnError(_("There is no field “%(field)s”. Known: %(known)s.") % {"field": field, "known": known})
    mapped = {column: told.get(column) or meant_by(column) for column in columns}
    chosen = {column: field for column, field in mapped.items() if field and field != IGNORE}
    _check(chosen)
    return chosen


def proposed(columns: tuple[str, ...]) -> dict[str, str]:
    """What the headings say: a field of each, or `-`. Where two say the same, the first has it."""
    guesses, filled = {}, set()
    for column in columns:
        field = meant_by(column)
        guesses[column] = field if field and field not in filled else IGNORE
        filled.add(field)
    return guesses


def meant_by(column: str) -> str | None:
    """The field that a heading names; None where it is not known."""
    heading = fold(split_camel(column))
    return next((field for field, names in HEADINGS.items() if heading == fold(field) or heading in names), None)


def _check(chosen: Mapping[str, str]) -> None:
    filled: dict[str, str] = {}
    for column, field in chosen.items():
        if field in filled:
            raise ColumnError(
                _("The columns “%(one)s” and “%(other)s” both hold %(field)s. Say which counts.")
                % {"one": filled[field], "other": column, "field": field}
            )
        filled[field] = column
    if "legal_name" not in filled:
        raise ColumnError(_("No column holds the firm's name."))
