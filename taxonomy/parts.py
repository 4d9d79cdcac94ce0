"""Labels that say more than a term: what it is done to, in which manner, several works at once.

Only for processes. What stands beside the term must leave no doubt: "Cắt laser inox" is laser cutting, but "Wood
milling" is not the milling of metal.
"""

import re
from collections.abc import Iterator

from config.text import is_unspaced
from taxonomy.models import Kind, Source
from taxonomy.readings import as_spelt, joined, settled, worded
from taxonomy.text import fold, has_accents, mark
from taxonomy.vocabulary import Index, Sense
from taxonomy.wording import Words, full_words


def _words(text: str) -> frozenset[str]:
    return frozenset(mark(text).split())


METALS = _words("""
    steel stainless aluminum aluminium brass copper bronze titanium iron alloy alloys metal metals magnesium nickel zinc
    thép inox nhôm đồng gang sắt kẽm titan kim loại hợp không gỉ rỉ
""")
PLASTICS = _words("plastic plastics nhựa abs pp pe pvc pc pom acrylic nylon polymer resin")
RUBBERS = _words("rubber silicone elastomer cao su silicon")
OTHER_STUFF = _words("""
    wood wooden timber log food foods fruit grain flour concrete cement stone marble granite glass paper fabric textile
    leather foam film ceramic soap candle plaster wax chocolate meat fish seafood soil land well road asphalt water oil
    dental hair nail body data web website software graphic furniture house plant seed
    gỗ vải giấy da kính gạch xốp mút bê tông thực phẩm nước đất rừng rau đá thiên nhiên
""")
"""Words for what metal and plastic are not, which are worked in other ways."""
WORKS_ON = {
    **dict.fromkeys(("MACH", "CAST", "FORG", "STMP", "SHEET", "WELD", "HEAT", "WIRE", "ELEC"), METALS),
    **dict.fromkeys(("SURF", "TOOL", "ASSY", "PACK", "TEXT", "LEAT"), METALS | PLASTICS | RUBBERS),
    "PLAS": PLASTICS,
    "RUBB": RUBBERS,
}
"""What may be named beside a term of a group, for that is what it is done to. Groups of services have none: "thiết kế"
means another work with each word that follows."""
OBJECTS = {
    **dict.fromkeys(
        ("HEAT", "SURF", "WELD", "FORG", "MACH"),
        frozenset({"TOOL", "ASSY", "AUTO", "MACH.GEAR", "SHEET.STRUCT", "SHEET.ENCL", "SHEET.TANK", "SHEET.WIRE"}),
    ),
    "TOOL": frozenset({"PLAS", "STMP", "CAST", "FORG", "RUBB"}),
}
"""Groups and codes of things that the works of a group are done to."""
HEADS = _words("""
    welding brazing soldering forging forgings stamping stampings machining casting castings anodizing anodising
    galvanizing plating thermoforming turning broaching honing deburring blasting
""")
"""English words that say what is done, whatever stands before them; longer terms do so too."""
MANNERS = _words("""
    heavy light plate architectural industrial large small general shop manual automatic automated bridgeport high low
    speed volume short long run in house full complete turnkey secondary micro thin thick wall tight tolerance certified
""")
"""English words before any term that leave its meaning."""
ROOTS = _words("hàn tiện phay rèn mạ dập đúc")
"""The same in Vietnamese, where what follows is a thing or its material."""
THINGS = _words("""
    khuôn máy xe ô tô trục ống tấm thanh cửa tủ khung bồn vỏ hộp nắp giá kệ bàn ghế bánh bu lông bulong ốc vít điện
    chi tiết linh kiện phụ tùng sản phẩm các loại tự động nhỏ lớn dày mỏng hàng loạt
""")
QUALIFIERS = _words("thấp cao nóng lạnh nguội mềm cứng khô ướt chìm màu hai 2 3")
"""Words that make another work of one: "đúc áp lực thấp"."""
DENIALS = _words("no not non without except outsourced outsource không chưa thuê ngoài mua bán kinh doanh")
"""Words of a firm that does not do it, or deals in it."""

_BRACKETS = re.compile(r"\s*\([^()]*\)|\s*\[[^\[\]]*\]")
_AND = re.compile(r"\s*[&+/,;]\s*|\s+(?:and|or|và|hoặc|va|hoac)\s+", re.IGNORECASE)
_UPON = re.compile(r"\s+(?:for|of|on|using|with|cho|trên|lên|bằng|của|từ)\s+", re.IGNORECASE)
_AFFIXES = re.compile(
    r"^(?:精密|各種|정밀)|(?:加工品|加工|製作|製造|鋳造|部品|制造|零件|产品|成形品|品|件|業)$|\s*(?:가공|제작|제조|부품|제품|업)$"
)


def in_parts(index: Index, text: str) -> list[Sense]:
    """The senses of what a label says to be done: of each of several works, or of one beside what it is done to."""
    if index.kind != Kind.PROCESS or DENIALS & set(mark(text).split()):
        return []
    parts = [_UPON.split(part)[0] for part in _AND.split(_BRACKETS.sub("", text)) if fold(part)]
    found = [_one_work(index, part) for part in parts]
    return [sense for senses in found for sense in senses] if all(found) else []


def _one_work(index: Index, text: str) -> list[Sense]:
    for attempt in (as_spelt, joined, worded, settled, _without_affixes, _begun, _ended):
        if senses := attempt(index, text):
            return senses
    return []


def _without_affixes(index: Index, text: str) -> list[Sense]:
    """Japanese, Chinese and Korean write what says nothing besides without a space: "ワイヤーカット加工"."""
    if not is_unspaced(text[:1]):
        return []
    bare = _AFFIXES.sub("", _AFFIXES.sub("", text))
    return [sense for sense in index.spelt(fold(bare)) if bare != text]


def _begun(index: Index, text: str) -> list[Sense]:
    """The longest Vietnamese term with which the text begins, if what follows it can be what it is done to."""
    if not has_accents(mark(text)):
        return []
    words = _telling(text)
    for length in range(len(words) - 1, 0, -1):
        begun, rest = words[:length], set(words[length:])
        senses = [sense for sense in index.spelt(fold(" ".join(begun))) if sense.marked == " ".join(begun)]
        if senses and (length > 1 or (begun[0] in ROOTS and rest <= THINGS | METALS)):
            things = {sense.code for sense in _named(index, words[length:])}
            is_plain = not rest & QUALIFIERS and all(_are_done_to(sense.code, things) for sense in senses)
            return senses if is_plain and _may_be_done_to(senses, rest) else []
    return []


def _named(index: Index, words: list[str]) -> Iterator[Sense]:
    """The terms of several words among these."""
    for start in range(len(words)):
        for end in range(start + 2, len(words) + 1):
            run = " ".join(words[start:end])
            yield from (sense for sense in index.spelt(fold(run)) if sense.marked == run)


def _are_done_to(code: str, things: set[str]) -> bool:
    """Whether a term followed by others is work on what they name: "Thấm carbon bánh răng", "Sửa khuôn ép nhựa"."""
    objects = OBJECTS.get(code.split(".")[0], frozenset())
    return all(thing in objects or thing.split(".")[0] in objects for thing in things)


def _ended(index: Index, text: str) -> list[Sense]:
    """The longest English term with which the text ends, if what stands before it does not change the field."""
    if has_accents(mark(text)):
        return []
    words = tuple(fold(text).split())
    bare = tuple(word for word in words if word not in METALS)
    for start in range(len(words)):
        for ending in dict.fromkeys((words[start:], bare[start:])):
            senses = _english(index, ending)
            if senses and (len(ending) > 1 or ending[0] in HEADS or set(words) - METALS - MANNERS == set(ending)):
                return senses if _may_be_done_to(senses, set(words) - set(ending)) else []
    return []


def _english(index: Index, words: Words) -> list[Sense]:
    return [sense for sense in index.spelt(" ".join(words)) if words and not has_accents(sense.marked)]


def _may_be_done_to(senses: list[Sense], others: set[str]) -> bool:
    """Whether no word beside the term names what the works of its group are not done to."""
    groups = {sense.code.split(".")[0] for sense in senses if sense.source != Source.AMBIGUOUS}
    stuff = others & (METALS | PLASTICS | RUBBERS | OTHER_STUFF)
    return not others or all(group in WORKS_ON and stuff <= WORKS_ON[group] for group in groups)


def _telling(text: str) -> list[str]:
    """The words with their accents, without the empty ones before them."""
    words = mark(text).split()
    kept = full_words(Kind.PROCESS, fold(text))
    return words[len(words) - _from_first(fold(text).split(), kept) :]


def _from_first(words: list[str], kept: Words) -> int:
    """How many words there are from the first that is kept."""
    return len(words) - words.index(kept[0]) if kept else 0
