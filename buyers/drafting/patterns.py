"""How purchasers write sizes, tolerances and masses, as patterns on texts without accents (`without_accents`)."""

import re

from buyers.drafting.numbers import DIGITS, NUMBER


def either(*phrases: str) -> str:
    """A pattern for any of some phrases, given several to a text and separated by commas; the longest goes first."""
    every = [phrase.strip() for text in phrases for phrase in text.split(",")]
    return "(?:" + "|".join(sorted((re.sub(" +", r"\\s+", phrase) for phrase in every), key=len, reverse=True)) + ")"


def any_case(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.MULTILINE)


END = r"(?!\w)"
TIMES = r"\s*[x×*]\s*"
AT_MOST = either(
    "[:=≤<~≈], <=, la, is, of, ve, dat, khoang, tam, about, approx[.]?, to, within, trong, duoi, under, below, toi da",
    "max[.]?, khong qua, chung, general, up to",
)
_GAP = r"[^\S\n]*"
TO = rf"(?:{_GAP}{AT_MOST})*{_GAP}"
IS = r"(?:\s*[:=~]|\s+(?:la|of|is|khoang))?\s*"
RANGE = rf"(?:(?:between|from|tu)\s+)?(?:{DIGITS}\s*(?:-|–|~|to|and|den|toi)\s*)?"
"""The lower end of a range, and what leads to the upper one, which is what must be reached."""
INCH = r"in(?=[.,;:)/x×*\n-]|\s*$|\s+(?:and|with|x|long|dia|thick|wide|tall|deep|high|max|min|tol|each)\b)"
"""Not the preposition of "25 in SUS304", nor the print of "in lụa"."""
LENGTH_UNIT = rf"(?:{either('mm, ly, cm, inch(?:es)?, [uµμ]m, microns?, micromet, mil, thou, m, met')}|\"|{INCH})"
LENGTH = rf"(?:\s*(?P<unit>{LENGTH_UNIT}){END})?"
_OTHER_UNITS = either("g, gr, gam, kg, do, v, a, w, hz, n, nm, hrc, hv, bar, pcs, cai, ngay, days?, ml, l")
NO_LENGTH = rf"(?!\s*(?:[%°℃Ω]|{_OTHER_UNITS}{END}))"

TOLERANCE_WORDS = either("dung sai, d/sai, sai so, sai so cho phep, sai lech, tolerances?, tol[.]?")
FINE_UNIT = rf"(?:{LENGTH_UNIT}|{either('dem, zem, phan muoi, phan tram, phan nghin, phan ngan')})"
"""Also those of Vietnamese workshops: "2 dem", "5 phần trăm"."""
FINE = rf"(?:\s*(?P<unit>{FINE_UNIT}){END})?{NO_LENGTH}"
DECIMAL = r"(?:" + DIGITS + r"|[.,]\d++)"
TOLERANCE = any_case(
    rf"(?:{TOLERANCE_WORDS}{TO})?(?:±|\+\s*/\s*[-–−]|\+[-–−]|cong\s+tru|plus(?:[- ]|\s+or\s+)minus)"
    rf"\s*(?P<figure>{DECIMAL}){FINE}"
)
_SIDE = rf"(?:[+\-–−]\s?{DECIMAL}|0(?:[.,]0+)?(?!\d|[.,]\d))"
TOLERANCE_SIDES = any_case(
    rf"(?<![\w.,+\-–−±])(?P<upper>{_SIDE})(?:\s*mm)?(?:\s*/\s*|\s*[,;]\s*|\s+)(?P<lower>{_SIDE}){FINE}"
)
"""Deviations on both sides: "+0.02/-0.01", "0/-0.05"."""
MACHINED_TO = any_case(
    rf"(?<!\w){either('machined, machining, milled, milling, turned, turning, ground, grinding, bored, reamed')}"
    rf"{END}[^.,;:\n\d]{{0,40}}?\s(?:to|within)\s+(?P<figure>0?[.,]\d++){FINE}"
)
BARE_TOLERANCE = any_case(
    rf"(?:{TOLERANCE_WORDS}|{either('do chinh xac, accuracy')}){TO}(?P<figure>{NUMBER}|[.,]\d++){FINE}"
)
TOLERANCE_BEHIND = any_case(rf"(?P<figure>{DECIMAL})\s*(?P<unit>{LENGTH_UNIT})\s+(?:tolerances?|dung\s+sai){END}")
GRADE = re.compile(
    r"(?<!\w)IT\s?(?P<grade>\d{1,2})(?!\w)|(?<=\d)\s?(?P<zone>[a-wyzA-WYZ]{1,2})(?P<fit>\d{1,2})(?![.,]?\w)"
)
"""No zone is an "x": "20 x 12" are two sides."""
FREE_FIT = re.compile(r"(?<![\w.-])(?<!\d )(?P<zone>js|JS|[efghknprsEFGHKNPRS])(?P<fit>[5-9]|1[01])(?![\w-]|[.,]\d)")
"""A fit that does not stand right behind its size; no thread (M8) and no steel (H13) looks like one."""
_FITTED = either(
    "fits?, lap ghep, cap chinh xac, grinding, ground, turning, turned, reaming, reamed, boring, bored, honing, honed",
    "bore, hole, shaft, lo, truc, mai, mai tron, mai tron ngoai, mai lo, tien, tien tinh, doa",
)
FIT_WORDS = any_case(rf"(?:{TOLERANCE_WORDS}|{_FITTED}){TO}\(?$")

ROUGHNESS = any_case(
    rf"(?:{either('do nham, do bong, do nhan, do nham be mat, roughness, surface roughness, surface finish')}"
    rf"(?:\s*\(?Ra\)?)?|\bRa){TO}{RANGE}(?P<figure>{DIGITS})"
    rf"(?:\s*(?P<unit>{either('[uµμ]m, microns?, [uµμ]in, microinch')}){END})?"
    rf"|(?P<before>{NUMBER})\s*(?P<before_unit>[uµμ]m|[uµμ]in)?\s*Ra{END}(?!\s*[:=≤<~]?\s*\d)"
)
TRIANGLES = re.compile("[▽∇]+")

_LABEL = rf"(?:\s*\(?{either('dai, rong, cao, day, length, width, height, deep, [lwhdt]')}{END}\)?)?"
_BEFORE = rf"(?:(?<!\w){either('dai, rong, cao, day, length, width, height, [lwhdt]')}\s*[:=]?\s*)?"
_SIDE_UNIT = r"(?:\s*(?P<{}_unit>mm|cm|m|inch(?:es)?|\"|" + INCH + r")(?!\w))?"


def _sides(between: str, label: str) -> str:
    return between.join(rf"{_BEFORE}(?P<{side}>{DIGITS}){_SIDE_UNIT.format(side)}{label}" for side in ("a", "b", "c"))


BOX = any_case(rf"(?<![\w.,]){_sides(TIMES, _LABEL)}{END}")
NAMED_SIDES = any_case(
    rf"(?<!\w){either('dai, length, L')}\s*[:=]?\s*(?P<a>{DIGITS}){_SIDE_UNIT.format('a')}[\s,;x×*-]*"
    rf"{either('rong, ngang, width, W')}\s*[:=]?\s*(?P<b>{DIGITS}){_SIDE_UNIT.format('b')}[\s,;x×*-]*"
    rf"{either('cao, day, height, thickness, H, T')}\s*[:=]?\s*(?P<c>{DIGITS}){_SIDE_UNIT.format('c')}"
)
_INNER = rf"(?:[\s/x×*,;]+(?:ID|[Øøφ⌀Φ]|phi)\s*{DIGITS})?"
"""Of a ring, between the outer diameter and the length."""
DIAMETER = any_case(
    rf"(?P<hole>(?:\b{either('lo, hole, bore, ren, thread')}\s+)?)"
    rf"(?:(?<!\w)(?<!chi )(?<!day )phi|[Øøφ⌀Φ]|(?<!\w)(?<!wire )(?<!bar )"
    rf"{either('duong kinh, duong kinh ngoai, dk, diameter, dia[.]?')}"
    rf"|(?:outer|outside)\s+diameter|\bOD|(?P<inner>\bID)|\bD(?=\s?\d+{TIMES})){IS}(?P<figure>{DIGITS}){LENGTH}"
    rf"(?:(?:\s?[a-wyz]{{1,2}}\d{{1,2}}{END})?(?:\s*(?:±|\+/-)\s*{DIGITS}"
    rf"|\s*\(?[+-]?{DIGITS}\s*/\s*[+-]?{DIGITS}\)?)?"
    rf"{_INNER}(?:{TIMES}{either('L, H, dai, cao, length')}?"
    rf"|[\s,;]+(?:L|dai|cao|height|(?P<thick>day|thickness|thick|thk)))"
    rf"\s*[:=]?\s*(?P<length>{DIGITS})(?:\s*(?P<length_unit>mm|cm|m)|L)?{END})?"
)
PART_LENGTH = any_case(
    rf"(?:chieu\s+(?:dai|cao)|\b(?:dai|cao|length|long|height|high|L\s*[=:])){IS}(?P<figure>{NUMBER}){LENGTH}"
    rf"|(?<!PPAP )(?<!level )(?<!\d )\bL\s+(?P<bare>{NUMBER}){END}"
    rf"|(?P<before>{NUMBER})\s*(?P<before_unit>mm|cm|m)\s+(?:long|length|high|tall)\b"
)

EACH_PART = either("cai, chiec, chi tiet, san pham, sp, piece, pc, part, each")
MASS_WORDS = either("nang, khoi luong, trong luong, kl, weigh, weighs, weight, weighing, mass")
MASS_UNIT = either("kg, ky, ki, g, gr, gam, grams?, tan, t, tons?, tonnes?, lbs?, pounds?, oz")
_NO_PART = either(
    "thang, thg, th, month, mth, mo, nam, year, yr, annum, quy, quarter, qtr, tuan, week, wk, ngay, day, h, hour, gio",
    "bao, bag, thung, box, carton, kien, pallet, cuon, roll, m, m2, met, lo",
)
"""Times, packs and lengths: "25 kg/bao" is not what a part weighs."""
_PER = rf"(?:/\s*|per\s+)(?!{_NO_PART}{END})(?=[a-z])"
MASS = any_case(
    rf"(?<!shot )(?<!coating )(?<!gross )\b{MASS_WORDS}"
    rf"(?:\s+(?:(?:moi|of\s+each|per)\s+)?{EACH_PART})?{TO}{RANGE}"
    rf"(?P<figure>{NUMBER})\s*(?:(?P<unit>{MASS_UNIT}){END}|(?:kg|ky|ki)(?P<tenth>\d){END})"
    rf"|(?P<each>{NUMBER})\s*(?P<each_unit>{MASS_UNIT})(?:\s*{_PER}|\s+each{END}|\s+apiece{END})"
)
BARE_MASS = any_case(
    rf"(?:(?:^|(?<=[;|(\t])|(?<=[;|(,]\s)|(?<=\s[-–]))\s*~?\s*"
    rf"|(?<!tai )(?<!luc )(?<!ap )(?<!suat )(?<!load )(?<!force )"
    rf"(?<=[a-z)]\s)(?=\d+(?:[.,]\d+)?\s*kg))(?P<figure>{DIGITS})\s*(?P<unit>kg|g|gr|gam|lbs?|oz)"
    rf"(?=\s*(?:[,;|)\t±]|$|[-–]\s|\.(?!\d)))"
)
"""A mass that is an item of its own, or ends one with decimals: "…, 96 x 54 x 18 mm, 22,4 g, …", "tay biên 1.1 kg"."""

DISTANCE_WORDS = either(
    "lan can, trong, trong vong, trong ban kinh, trong vong ban kinh, ban kinh, khong qua, cach, cach khong qua, duoi",
    "within, radius, radius of, up to, max[.]?, less than",
)
DISTANCE = any_case(rf"{DISTANCE_WORDS}\s*(?P<figure>{NUMBER})\s*km{END}")
