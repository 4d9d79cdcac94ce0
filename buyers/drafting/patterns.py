"""How purchasers write figures, as patterns on texts without accents (`taxonomy.text.without_accents`)."""

import re

from buyers.drafting.numbers import COUNT, NUMBER, SCALE


def either(*phrases: str) -> str:
    """A pattern for any of some phrases, given several to a text and separated by commas; the longest goes first."""
    every = [phrase.strip() for text in phrases for phrase in text.split(",")]
    return "(?:" + "|".join(sorted((re.sub(" +", r"\\s+", phrase) for phrase in every), key=len, reverse=True)) + ")"


def _any_case(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


END = r"(?!\w)"
SIMPLE = r"\d+(?:[.,]\d+)*"
TIMES = r"\s*[x×*]\s*"
AT_MOST = either(
    "[:=≤<], <=, la, is, of, ve, dat, khoang, about, to, within, trong, duoi, under, below, toi da, max[.]?, khong qua"
)
TO = rf"(?:\s*{AT_MOST})*\s*"
IS = r"(?:\s*[:=]|\s+(?:la|of|is))?\s*"
LENGTH_UNIT = either('mm, ly, cm, inch(?:es)?, in, ", [uµμ]m, microns?, micromet, mil, thou, m, met')
LENGTH = rf"(?:\s*(?P<unit>{LENGTH_UNIT}){END})?"
UNIT = "(?P<unit>{}){}".format(
    either(
        "chi tiet, san pham, sp, cai, chiec, con, pcs, pc, pieces?, parts, units?, ea, each, bo, sets?",
        "kg, ky, kilograms?, tan, tonnes?, tons?, t, met vuong, met, met(?:er|re)s, m, m2, m², sqm, m3, m³",
    ),
    END,
)
PERIOD = "(?P<period>{}){}".format(
    either("thang, thg, th, month, mo, nam, year, yr, annum, quy, quarter, tuan, week, wk"), END
)
A = r"(?:/\s*|(?:moi|mot|hang|tung|per|a|each|every)\s+)"
EVERY_WORDS = either("monthly, annually, yearly, weekly, quarterly, hang thang, hang nam, hang tuan, hang quy")
EVERY = f"(?P<every>{EVERY_WORDS}){END}"

TOLERANCE_WORDS = either("dung sai, tolerances?, tol[.]?")
TOLERANCE = _any_case(
    rf"(?:{TOLERANCE_WORDS}{TO})?(?:±|\+\s*/\s*-|\+-|cong\s+tru|plus[- ]minus)\s*(?P<figure>{NUMBER}){LENGTH}"
)
BARE_TOLERANCE = _any_case(rf"(?:{TOLERANCE_WORDS}|{either('do chinh xac, accuracy')}){TO}(?P<figure>{NUMBER}){LENGTH}")
GRADE = re.compile(
    r"(?<!\w)IT\s?(?P<grade>\d{1,2})(?!\w)|(?<=\d)\s?(?P<zone>[a-wyzA-WYZ]{1,2})(?P<fit>\d{1,2})(?![.,]?\w)"
)
"""No zone is an "x": "20 x 12" are two sides."""
ROUGHNESS = _any_case(
    rf"(?:{either('do nham, do bong, do nhan, do nham be mat, roughness, surface roughness, surface finish')}"
    rf"(?:\s*\(?Ra\)?)?|\bRa){TO}(?P<figure>{SIMPLE})"
    rf"(?:\s*(?P<unit>{either('[uµμ]m, microns?, [uµμ]in, microinch')}){END})?"
)
BOX = _any_case(rf"(?P<a>{NUMBER}){TIMES}(?P<b>{SIMPLE}){TIMES}(?P<c>{SIMPLE}){LENGTH}")
DIAMETER = _any_case(
    rf"(?:{either('phi, [Øøφ⌀Φ], duong kinh, duong kinh ngoai, diameter, outer diameter, outside diameter, dia[.]?')}"
    rf"|\bOD){IS}(?P<figure>{SIMPLE}){LENGTH}"
    rf"(?:(?:\s?[a-wyz]{{1,2}}\d{{1,2}})?{TIMES}L?\s*(?P<length>{SIMPLE})(?:\s*(?P<length_unit>mm|cm|m))?{END})?"
)
PART_LENGTH = _any_case(
    rf"(?:chieu\s+dai|\bdai|\blength|\blong|\bL\s*=){IS}(?P<figure>{NUMBER}){LENGTH}"
    rf"|(?P<before>{NUMBER})\s*(?P<before_unit>mm|cm|m)\s+(?:long|length)\b"
)
EACH_PART = either("cai, chiec, chi tiet, san pham, sp, piece, pc, part, each")
MASS = _any_case(
    rf"{either('nang, khoi luong, trong luong, weigh, weighs, weight, weighing, mass')}"
    rf"(?:\s+(?:(?:moi|of\s+each|per)\s+)?{EACH_PART})?{TO}"
    rf"(?P<figure>{NUMBER})\s*(?P<unit>{either('kg, ky, g, gr, gam, grams?, tan, t, lbs?, pounds?')}){END}"
    rf"|(?P<each>{NUMBER})\s*(?P<each_unit>{either('kg, g, gam, grams?, lbs?')})"
    rf"(?:\s*{A}{EACH_PART}|\s+each|\s+apiece){END}"
)
QUANTITY = _any_case(
    rf"(?P<figure>{COUNT})(?P<scale>{SCALE})\s*(?:{UNIT})?(?:\s+[^\d,;./\n]{{1,30}}?)?\s*(?:{A}{PERIOD}|{EVERY})"
)
VOLUME_WORDS = either("volume, quantity, demand, needs?, usage, output, nhu cau, san luong, so luong")
ABOUT = "[:=], la, of, is, about, around, roughly, approx[.]?, khoang, tam, co, can, lay, mua, dat, dung, su dung"
VOLUME = _any_case(
    rf"(?P<every>{either('monthly, annual, yearly, weekly, quarterly, hang thang, hang nam, moi thang, moi nam')})"
    rf"\s*{VOLUME_WORDS}?(?:\s*{either(ABOUT)})*"
    rf"\s*(?P<figure>{COUNT})(?P<scale>{SCALE})\s*{UNIT}(?!\s*/)"
)
ANNUAL_USAGE = _any_case(
    rf"(?P<every>EAU|estimated\s+annual\s+usage){TO}(?P<figure>{COUNT})(?P<scale>{SCALE})(?:\s*{UNIT})?"
)
LOT = _any_case(rf"(?P<figure>{COUNT})(?P<scale>{SCALE})\s*{UNIT}")
MINIMUM_ORDER_WORDS = either(
    "MOQ, minimum order, minimum order quantity, min[.]? order, dat toi thieu, dat hang toi thieu",
    "so luong dat hang toi thieu, don hang toi thieu, lo toi thieu",
)
MINIMUM_ORDER = _any_case(rf"{MINIMUM_ORDER_WORDS}{TO}(?P<figure>{COUNT})(?P<scale>{SCALE})(?:\s*{UNIT})?")
LEAD_TIME_WORDS = either(
    r"lead[- ]?time, \bLT, L/T, thoi gian giao hang, thoi gian san xuat, thoi han giao, thoi han giao hang, tien do",
    "tien do giao hang, giao, giao hang, deliver, delivery, delivered, delivery time",
)
DAYS_WORDS = either("ngay, days?, tuan, weeks?, wks?, thang, months?")
LEAD_TIME = _any_case(
    rf"{LEAD_TIME_WORDS}(?:\s*{either('in, vong, sau, time')}|\s*{AT_MOST})*\s*(?P<figure>{NUMBER})"
    rf"\s*(?P<before>working\s+|business\s+)?(?P<span>{DAYS_WORDS}){END}(?P<working>\s*lam\s+viec)?"
)
DISTANCE_WORDS = either(
    "trong, trong vong, trong ban kinh, trong vong ban kinh, ban kinh, khong qua, cach, cach khong qua",
    "within, radius, radius of, up to, max[.]?",
)
DISTANCE = _any_case(rf"{DISTANCE_WORDS}\s*(?P<figure>{NUMBER})\s*km{END}")
