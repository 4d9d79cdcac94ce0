"""How purchasers write quantities and times, as patterns on texts without accents (`without_accents`)."""

from buyers.drafting.numbers import COUNT, DIGITS, NUMBER, SCALE, SPELT
from buyers.drafting.patterns import AT_MOST, END, TO, any_case, either

_UNITS = either(
    "chi tiet, san pham, sp, cai, chiec, con, pcs, pc, pieces?, parts, units?, ea, each, bo, sets?, c(?=\\s*/)",
    "kg, ky, kilograms?, tan, tonnes?, tons?, t, met vuong, met, met(?:er|re)s, m, m2, m², sqm, m3, m³",
)
UNIT = f"(?P<unit>{_UNITS}){END}"
_COUNTED = either(
    "cay, tam, tui, thung, truc, soi, bon, hop, cuon, thanh, chai, vien, boards, castings, bags, boxes, frames",
    "bottles, plates, sheets, rolls, bars",
)
"""What else is counted by the piece."""
PERIOD = "(?P<period>{}){}".format(
    either("thang, thg, th, month, mths?, mo, m, nam, year, yr, annum, quy, quarter, qtr, tuan, week, wk"), END
)
A = r"(?:/\s*|(?<!\w)(?:moi|mot|1|hang|tung|per|a|each|every)\s+)"
EVERY_WORDS = either(
    "monthly, annually, yearly, weekly, quarterly, hang thang, hang nam, hang tuan, hang quy, p[.]\\s?a[.]?"
)
EVERY = f"(?P<every>{EVERY_WORDS})"
_MONEY = "usd, vnd, eur, jpy, krw, rmb, cny, dong, d, trieu dong, nghin dong, ty"
NO_MONEY = rf"(?!\s*(?:[$€¥₫]|{either(_MONEY)}{END}))"
_BARRED = either(
    _MONEY,
    "lan, lo(?!\\s+xo), dot, chuyen, don, gio, ngay, ca, nguoi, cong nhan, batch, batches, lots?, times, x, shipments?",
    "doi, cap, pairs?, deliveries, orders, days?, hours?, shifts?, people, workers, trucks?",
)
"""What may come often in a month and is no part."""
_WORDS = rf"(?P<words>[^\S\n]+(?:(?!\b{_BARRED}{END})[^\d,;./\n]){{1,30}}?)?"
_AMOUNT = rf"(?<!usd\s)(?<!vnd\s)(?<!eur\s)(?P<figure>{COUNT})(?P<scale>{SCALE}){NO_MONEY}"
QUANTITY = any_case(rf"{_AMOUNT}\s*(?:{UNIT})?{_WORDS}\s*(?:{A}{PERIOD}|{EVERY}{END})")

VOLUME_WORDS = either(
    "volumes?, quantity, qty, demand, needs?, usage, output, forecast, nhu cau, san luong, so luong, sl"
)
ABOUT = (
    "[:=~], la, of, is, about, around, roughly, approx[.]?, khoang, tam, co, can, lay, mua, dat, dung, su dung"
    ", du kien, chung, xap xi, it nhat, at least, estimated"
)
_EVERY = either(
    "monthly, annual, annually, yearly, weekly, quarterly, hang thang, hang nam, hang tuan, hang quy, moi thang",
    "moi nam, moi tuan, moi quy, mot thang, mot nam, mot tuan, 1 thang, 1 nam, 1 tuan, 1 quy, nua nam",
)
_LAST = rf"(?:\s*(?:{UNIT}(?!\s*/)|{_COUNTED}{END})|(?=\s*(?:[;,.)\n|]|$)))"
VOLUME = any_case(rf"(?<!\w)(?P<every>{_EVERY})\s*(?P<word>{VOLUME_WORDS})?(?:\s*{either(ABOUT)})*\s*{_AMOUNT}{_LAST}")
"""The period goes before: "mỗi tuần 500 trục", "annual volume 24,000"."""
KEYED_VOLUME = any_case(
    rf"(?<!\w)(?P<word>{VOLUME_WORDS})\s*\(?\s*(?:{_UNITS}\s*)?(?:(?:{A}|(?<=\s)){PERIOD}|{EVERY}{END})\s*\)?"
    rf"(?:\s*{either(ABOUT)})*\s*{_AMOUNT}{_LAST}"
)
"""The same in the key of a form: "Số lượng (cái/tháng): 1.200", "sản lượng năm 60.000 cái"."""
MONTH_VOLUME = any_case(
    rf"(?<!\w)(?P<every>thang)\s+(?P<figure>\d{{1,3}}(?:[.,]\d{{3}})+|\d{{3,}})(?P<scale>{SCALE})\s*{UNIT}"
)
"""Without the word "every": "tháng 4.000 cái"."""
HEADING = any_case(
    rf"(?<!\w)(?:{VOLUME_WORDS}|q.ty)\W{{0,3}}(?P<unit>{_UNITS})?\W{{0,3}}(?:{A}{PERIOD}|{EVERY}{END})|"
    rf"(?P<before>monthly|annual|yearly|weekly|quarterly)\s+{VOLUME_WORDS}"
)
"""The head of a column in which quantities stand."""
CELL = any_case(rf"\s*(?P<figure>\d{{1,3}}(?: \d{{3}})+|{DIGITS})(?P<scale>{SCALE}){NO_MONEY}(?:\s*{UNIT})?\s*")
ANNUAL_USAGE = any_case(
    rf"(?P<every>EAU|estimated\s+annual\s+usage){TO}(?P<figure>{COUNT})(?P<scale>{SCALE})(?:\s*{UNIT})?"
)
LOT = any_case(rf"{_AMOUNT}\s*{UNIT}")
MINIMUM_ORDER_WORDS = either(
    "MOQ, minimum order, minimum order quantity, min[.]? order, dat toi thieu, dat hang toi thieu",
    "so luong dat hang toi thieu, don hang toi thieu, lo toi thieu",
)
MINIMUM_ORDER = any_case(
    rf"{MINIMUM_ORDER_WORDS}(?:\s+ben\s+(?:em|minh|toi))?{TO}(?P<figure>{COUNT})(?P<scale>{SCALE}){NO_MONEY}(?:\s*{UNIT})?"
)

LEAD_TIME_WORDS = either(
    r"lead[- ]?time, \bLT, \bL/T, thoi gian giao hang, thoi gian san xuat, thoi han giao, thoi han giao hang, tien do",
    "tien do giao hang, giao, giao hang, giao hang loat, giao nhanh, giao gap, tra hang, deliver, delivery, delivered",
    "delivery time, turnaround, turnaround time, TG, TGGH, tg giao, thoi gian, thoi han, han, han giao, ban giao",
    "hoan thanh, xong, thoi gian lam khuon, thoi gian che tao, thoi gian gia cong, thoi gian thuc hien",
    "delivery lead time, hang loat, san xuat hang loat, mass production, MP",
)
DAYS_WORDS = either("ngay, days?, tuan, weeks?, wks?, thang, months?")
_DAYS = (
    rf"(?:(?:{DIGITS}|{SPELT})\s*(?:-|–|~|to|den|toi)\s*)?(?P<figure>{NUMBER}|{DIGITS}|{SPELT})"
    rf"[\s-]*(?P<before>working\s+|business\s+)?(?P<span>{DAYS_WORDS}){END}(?P<working>\s*lam\s+viec)?"
    rf"(?!\s*(?:/|(?:\d+|{SPELT})\s*)(?:lan|chuyen|dot|times|x)\b)"
)
LEAD_TIME = any_case(
    rf"(?<!\w){LEAD_TIME_WORDS}(?:\s*\((?:mass(?:\s+production)?|MP|hang\s+loat)\))?"
    rf"(?:\s*{either('in, vong, sau, time')}|\s*{AT_MOST})*\s*{_DAYS}"
)
_ENDED = either(
    "giao, giao hang, deliver, delivery, delivered, ship, shipped, xong, lam, hoan thanh, hoan tat, ban giao, tra hang",
    "can hang, need, needed, need them, need it, need parts, finished, completed, ready",
)
PLACED_LEAD_TIME = any_case(
    rf"(?<!\w){_ENDED}(?:\s[^;\n\d]{{1,60}}?)?\s{either('trong, trong vong, within, sau, in')}\s+{_DAYS}"
)
"""With the place between: "giao tại Nhơn Trạch, Đồng Nai trong 10 ngày", "xong trong 5 ngày"."""
_FROM_ORDER = either(
    "lead[- ]?time, delivery, turnaround, ARO, after PO, after order, after receipt of PO, after order confirmation",
    "from PO, from order, from receipt of order, ex works, ke tu, tinh tu, sau PO, sau khi dat, sau khi nhan",
    "sau khi co, sau khi chot, sau dat hang, (?-i:FOB), (?-i:EXW), (?-i:DAP), (?-i:DDP), (?-i:CIF), (?-i:FCA)",
)
LEAD_TIME_BEHIND = any_case(rf"(?<![\w.,]){_DAYS}\s+{_FROM_ORDER}{END}")
LEAD_TIME_ALONE = any_case(rf"(?:^|[,;|]|\s-\s)[^\S\n]*{_DAYS}(?=[^\S\n]*(?:[,;|\n]|\.(?!\d)|$))")
"""A time that is an item of its own: "60 pcs per month, 5 working days"."""
NO_LEAD_TIME = any_case(
    rf"(?<!\w){either('mau, hang mau, samples?, T0, T1, thanh toan, payment, credit, bao gia, quotes?, quotation')}"
    rf"{END}|(?<!\w){either('invoice, hoa don, validity, hieu luc, reply, phan hoi, bao hanh, warranty, cong no')}{END}"
)
"""What else is said to take a time."""
OF_SAMPLES = any_case(
    rf"\s*(?:for|cho|la|\()\s*(?:the\s+)?{either('T0, T1, first samples?, samples?, mau, hang mau')}{END}"
)
