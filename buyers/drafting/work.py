"""Which processes that a text names are work that is asked for, and which are the things on which it is done."""

import re
from collections.abc import Iterator, Sequence

from buyers.drafting.context import Clauses
from buyers.drafting.patterns import either
from config.text import fold
from taxonomy.models import Kind
from taxonomy.spotting import Spotted
from taxonomy.text import has_accents, mark, without_accents

_ENGLISH_WORK = re.compile(
    r".*(?:ings?|ation|ment|tion|sion|edm|smt|cnc|assembly|coat|pvd|work|cut|cast|bent|ground|drawn|spun|\w(?:ed|en)"
    r"|\w(?:i[sz]e|late|vate|mate)|phosphate|chrome|deburr|pcba|hpdc|lpdc|tht|dip|mct|mim|hole|build|metallurgy|hdg|edp?"
    r"|test|print|bend|sintering|draw|water\s?jet|sl[as]|fdm|dmls|slm)"
    r"(?: (?:profiles?|parts?|components?|products?|services?))?"
    r"|.*(?:machined|turned|milled|stamped|molded|moulded|formed|forged|welded) \w+"
)
_VIETNAMESE_WORK = re.compile(
    either(
        "gia cong, che tao, san xuat, tien, phay, bao, khoan, ta ro, doa, mai, cat, dot, dap, chan, gap, uon, han, duc",
        "ep, dun, thoi, ren, can, keo, ma, son, phun, nhuom, anod, in, khac, lap, nhiet luyen, toi, ram, tham, u, dan",
        "danh bong, det, may, say, xu ly, thiet ke, kiem tra, tan, hut, chuot, miet, phu, xung, be, bo day, xi",
        "test, taro, xoc, ban dien, luyen kim bot, thieu ket, chon, vuot, lam khuon, lam mau, quan day",
        "quan bien ap, theu, giat, bam, dong pem, dong dinh, rut ri, dinh hinh, luu hoa, tao mau, xa bang, xa cuon",
        "xe bang, xe cuon, xe ton, tay, loai bo, bo ba via, bo bavia, got, xoc rang, lan rang",
        "crom cung, cam dip, cam linh kien, anode",
    )
    + r"\b.*"
)
"""Words for work that is done, not for things: a die may be what is machined, not what is asked to be made."""
_NO_WORK = frozenset({"tooling"})
_ALL_WORK = frozenset({"HEAT", "SURF", "WELD"})
"""Groups in which everything is done to a part."""
_THINGS = ("AUTO", "CHEM", "ASSY.BEAR", "ASSY.FAST", "ASSY.VALVE")
"""Groups of things, whatever their names end in: a bearing is no work."""
ACCOMPANYING = frozenset({"ENGI", "ENGI.CAD", "ENGI.CMM", "ENGI.LAB", "ENGI.CAL", "ENGI.SORT", "ENGI.LOGI", "PACK"})
"""What goes with other work and is asked for by itself only where no other is named."""
_MADE = re.compile(
    either(
        "gia cong, che tao, san xuat, lam, dat, mua, bao gia, chao gia, hoi gia, quote for",
        "quotation for, price for, manufactur(?:e|ing) of, making of",
    )
    + r"\s+(?:(?:\d{1,3}|mot|a|an)\s+)?(?:(?:bo|cai|chiec|sets? of)\s+)?$",
    re.IGNORECASE,
)
LONGEST_MADE = 30
_OF_PARTS = re.compile(r"\s+(?:cho|của|trên)\s+(?:các\s+)?(?:chi\s+tiết|sản\s+phẩm|hàng|linh\s+kiện)\s+", re.IGNORECASE)
_WHO_WRITES = re.compile(
    r"(?<!cần )(?<!tìm )(?<!kiếm )(?<!thuê )(?<!là )(?<!một )(?<!các )(?<!những )"
    r"(?:nhà\s+máy|công\s+ty|\bcty|doanh\s+nghiệp)\s+(?:chuyên\s+)?$",
    re.IGNORECASE,
)
"""Before work that the one who writes does: "Nhà máy lắp ráp TV cần: …"."""
_STATE_OF_A_THING = re.compile(r"\)?\s+(?:on|of|for)\s+(?:(?:the|our|your|these)\s+)?", re.IGNORECASE)
_PARTICIPLE = re.compile(r"(?:.*\W)?\w+(?:ed|en)(?:\s\w+)?", re.IGNORECASE | re.DOTALL)


def is_work(words: str, *, code: str) -> bool:
    """Whether words for a process say what is done. Words with accents are not English: "tủ điện" has no participle."""
    folded, is_english = fold(words), not has_accents(mark(words))
    if folded in _NO_WORK or code.startswith(_THINGS):
        return False
    if code.split(".")[0] in _ALL_WORK:
        return True
    return bool((is_english and _ENGLISH_WORK.fullmatch(folded)) or _VIETNAMESE_WORK.fullmatch(folded))


def is_made(text: str, start: int) -> bool:
    """Whether the words before something say that it is to be made: "gia công đồ gá, anod đen"."""
    return _MADE.search(without_accents(text[max(0, start - LONGEST_MADE) : start])) is not None


def not_asked(terms: Sequence[Spotted], clauses: Clauses) -> Iterator[Spotted]:
    """Processes that are done already or by who orders, or that say in which state a thing is: "printing on anodized
    panels"."""
    before: Spotted | None = None
    for term in terms:
        if term.meaning.kind != Kind.PROCESS:
            continue
        between = clauses.text[before.end : term.start] if before else ""
        is_state = _STATE_OF_A_THING.fullmatch(between) and _PARTICIPLE.fullmatch(clauses.text, term.start, term.end)
        is_state = is_state or _OF_PARTS.fullmatch(between)
        is_of_the_writer = _WHO_WRITES.search(clauses.text, max(0, term.start - LONGEST_MADE), term.start)
        if is_state or is_of_the_writer or clauses.is_there(*term.place):
            yield term
        before = term
