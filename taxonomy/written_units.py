"""Units as people write them, folded, with what one of them is in the unit that is stored."""

from taxonomy.text import fold

WEEKS_A_MONTH = 52 / 12
LENGTHS_MM = {
    "mm": 1.0, "ly": 1.0, "cm": 10.0, "m": 1000.0, "met": 1000.0, "inch": 25.4, "inches": 25.4, "in": 25.4, '"': 25.4,
    "um": 0.001, "μm": 0.001, "micron": 0.001, "microns": 0.001, "micromet": 0.001, "mil": 0.0254, "thou": 0.0254,
    "dem": 0.1, "zem": 0.1, "phan muoi": 0.1, "phan tram": 0.01, "phan nghin": 0.001, "phan ngan": 0.001,
}  # fmt: skip
ROUGHNESS_UM = {"um": 1.0, "μm": 1.0, "micron": 1.0, "microns": 1.0, "uin": 0.0254, "μin": 0.0254, "microinch": 0.0254}
MASSES_KG = {
    "kg": 1.0, "kilogram": 1.0, "ky": 1.0, "ki": 1.0, "g": 0.001, "gram": 0.001, "grams": 0.001,
    "gam": 0.001, "gr": 0.001,
    "tan": 1000.0, "t": 1000.0, "ton": 1000.0, "tons": 1000.0, "tonne": 1000.0, "tonnes": 1000.0, "lb": 0.45359237,
    "lbs": 0.45359237, "pound": 0.45359237, "pounds": 0.45359237,
    "oz": 0.45359237 / 16,
}  # fmt: skip
QUANTITIES = {
    "cai": "pcs", "chiec": "pcs", "con": "pcs", "chi tiet": "pcs", "san pham": "pcs", "sp": "pcs", "pcs": "pcs",
    "pc": "pcs", "piece": "pcs", "pieces": "pcs", "parts": "pcs", "units": "pcs", "unit": "pcs",
    "ea": "pcs", "each": "pcs", "c": "pcs", "bo": "set", "set": "set", "sets": "set",
    "kg": "kg", "ky": "kg", "kilogram": "kg", "kilograms": "kg",
    "tan": "t", "t": "t", "ton": "t", "tons": "t", "tonne": "t", "tonnes": "t",
    "m": "m", "met": "m", "meters": "m", "metres": "m", "m2": "m2", "m²": "m2", "met vuong": "m2", "sqm": "m2",
    "m3": "m3", "m³": "m3",
}  # fmt: skip
A_MONTH = {
    "thang": 1.0, "thg": 1.0, "th": 1.0, "month": 1.0, "mo": 1.0, "nam": 1 / 12, "year": 1 / 12, "yr": 1 / 12,
    "annum": 1 / 12, "quy": 1 / 3, "quarter": 1 / 3, "tuan": WEEKS_A_MONTH, "week": WEEKS_A_MONTH, "wk": WEEKS_A_MONTH,
    "monthly": 1.0, "hang thang": 1.0, "moi thang": 1.0, "annual": 1 / 12, "annually": 1 / 12, "yearly": 1 / 12,
    "hang nam": 1 / 12, "moi nam": 1 / 12, "weekly": WEEKS_A_MONTH, "hang tuan": WEEKS_A_MONTH, "quarterly": 1 / 3,
    "hang quy": 1 / 3, "eau": 1 / 12, "estimated annual usage": 1 / 12,
    "mth": 1.0, "mths": 1.0, "m": 1.0, "qtr": 1 / 3, "p a": 1 / 12, "mot thang": 1.0, "1 thang": 1.0, "mot nam": 1 / 12,
    "1 nam": 1 / 12, "nua nam": 1 / 6, "moi quy": 1 / 3, "1 quy": 1 / 3, "moi tuan": WEEKS_A_MONTH,
    "mot tuan": WEEKS_A_MONTH, "1 tuan": WEEKS_A_MONTH,
}  # fmt: skip
DAYS = {
    "ngay": 1.0, "day": 1.0, "days": 1.0, "tuan": 7.0, "week": 7.0, "weeks": 7.0, "wks": 7.0, "wk": 7.0,
    "thang": 30.0, "month": 30.0, "months": 30.0,
}  # fmt: skip
WORKING_DAY = 7 / 5
"""Calendar days of one working day, five of which make a week."""


def unit_key(written: str) -> str:
    """A unit in the form in which these tables have it: without accents and case, signs as they are."""
    lower = written.lower().replace("µ", "μ").strip()
    return lower if lower in SIGNS else fold(lower)


SIGNS = frozenset({'"', "μm", "μin", "m²", "m³"})
"""Units that are signs, or begin with one."""
