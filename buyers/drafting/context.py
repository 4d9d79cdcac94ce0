"""What a text says around a term: that it is welcome, that it is there already, that it is packing."""

import re
from bisect import bisect_left, bisect_right

from buyers.drafting.patterns import either

_CUT = re.compile(r"[,;\n]|\.(?=\s|$)")
_FINER_CUT = re.compile(r"[,;\n()]|\.(?=\s|$)")
_PREFERRED = re.compile(
    either(
        "ưu tiên, lợi thế, điểm cộng, càng tốt, nếu có, khuyến khích, prefer, nice to have, a plus, advantage",
        "uu tien, loi the, cang tot, neu co, khuyen khich",
        "desirable, ideally, optional, beneficial, a bonus, welcome, if available",
    ),
    re.IGNORECASE,
)
_NOT_NEEDED = re.compile(
    r"(?:\s+\d\w*)?\s*(?:[-–:(]|is|are|thì|là)?\s*(?:"
    r"(?:not\s+(?:required|needed|necessary|mandatory)|không\s+(?:bắt\s+buộc|yêu\s+cầu|cần|phải)|khong\s+(?:bat\s+buoc|yeu\s+cau|can))"
    r"|(?:hoặc|hay)\s+không|or\s+not(?!\w))",
    re.IGNORECASE,
)
_SIDE = r"(?:(?:bên|phía)\s+(?:em|mình|tôi|mua|đặt\s+hàng|A)|chúng\s+tôi|khách(?:\s+hàng)?|chủ\s+hàng)"
_THERE = re.compile(
    r"sẵn(?!\s+sàng)|\b(?:co|cap)\s+san\b(?!\s+(?:pham|luong|xuat))"
    rf"|{_SIDE}\s+(?:sẽ\s+|tự\s+)?(?:cung\s+)?cấp|\bdo\s+\w[\w\s]{{1,25}}?\s(?:cấp|cung\s+cấp|chuẩn\s+bị|lo)\b"
    r"|\btự\s+(?:làm|gia\s+công|sản\s+xuất)"
    r"|\bby\s+(?:us|ourselves|our\s+\w+|(?:the\s+)?(?:customer|buyer|client))\b"
    r"|\b(?:we|customer|buyer|client)\s+(?:will\s+|can\s+)?(?:supply|supplies|provide|provides|furnish)\b"
    r"|\b(?:customer|buyer|client)[- ](?:supplied|furnished|owned)|\bfree[- ]issued?\b|\bconsigned\b"
    r"|\bour\s+own\b|\balready\b|\bin[- ]house\b",
    re.IGNORECASE,
)
"""Who orders has it, does it or gives it."""
_DONE = re.compile(r"\bđã\s+(?:được\s+|qua\s+)?$|\bpre[- ]$", re.IGNORECASE)
_PACKING = re.compile(r"đóng\s+(?:gói|thùng|bao)|\bbọc\b|\bpack(?:ed|ing|aged)\b|\bwrapped\b", re.IGNORECASE)

_COATED = re.compile(r"[\s-]+(?:\w+[\s-]+)?(?:coat|plat(?:ed|ing)|finish)", re.IGNORECASE)
_COATING = re.compile(r"(?:mạ|phủ|tráng|xi|plated with|coated with)\s+(?:\w+\s+)?$", re.IGNORECASE)
_LAYER = re.compile(
    r"\b(?:sâu|dày|deep)\b|\blớp\b|\blop\s+(?:ma|phu|son|tham)\b|\bmàng\b"
    r"|\b(?:thickness|film|layer|depth)\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    either("part name, part, item, product, tên hàng, tên chi tiết, tên sản phẩm, sản phẩm, mặt hàng, hàng")
    + r"\s*:[^,;\n]*$",
    re.IGNORECASE,
)
LONGEST_NAME = 80


class Clauses:
    """The parts of the sentences of a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._parts = _Parts(text, _CUT)
        self._finer = _Parts(text, _FINER_CUT)
        self._welcomes, self._gifts, self._packing = (
            [said.span() for said in pattern.finditer(text)] for pattern in (_PREFERRED, _THERE, _PACKING)
        )

    def around(self, start: int, end: int) -> tuple[int, int]:
        """The part of the sentence in which it stands."""
        return self._parts.around(start, end)

    def is_of_a_layer(self, start: int) -> bool:
        """Whether the words before it in its part of the sentence speak of a layer: how thick or deep it is."""
        return _LAYER.search(self.text, self._parts.around(start, start)[0], start) is not None

    def end_of(self, place: int, *, most: int) -> int:
        """Where the part of the sentence ends, at most so many characters further on."""
        return min(place + most, self._finer.around(place, place)[1])

    def is_welcome(self, start: int, end: int) -> bool:
        """Whether it is welcome rather than needed."""
        return _has_one(self._welcomes, *self._parts.around(start, end))

    def leads_to_more(self, start: int, end: int) -> bool:
        """Whether the words that say so stand before it, and so lead to more: "ưu tiên ISO 14001, ISO 45001"."""
        return _has_one(self._welcomes, self._parts.around(start, end)[0], start)

    def is_bare(self, start: int, end: int) -> bool:
        """Whether its part of the sentence says nothing besides."""
        first, last = self._parts.around(start, end)
        return not (self.text[first:start] + self.text[end:last]).strip()

    def is_not_needed(self, end: int) -> bool:
        """Whether the words behind it say that it need not be."""
        return _NOT_NEEDED.match(self.text, end) is not None

    def is_there(self, start: int, end: int) -> bool:
        """Whether it is done already, or the one who orders gives it."""
        is_done = _DONE.search(self.text, max(0, start - 12), start)
        return is_done is not None or _has_one(self._gifts, *self._finer.around(start, end))

    def is_packing(self, start: int, end: int) -> bool:
        """Whether it is said of how things are packed."""
        return _has_one(self._packing, *self._finer.around(start, end))

    def is_coating(self, start: int, end: int) -> bool:
        """Whether a material is what goes onto the part: "zinc flake coating"."""
        return bool(_COATED.match(self.text, end) or _COATING.search(self.text, max(0, start - 25), start))

    def is_in_name(self, start: int) -> bool:
        """Whether it stands in what the part is called."""
        return _NAME.search(self.text, max(0, start - LONGEST_NAME), start) is not None


def _has_one(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether one of the spans, which are in order, lies between two places."""
    at = bisect_left(spans, (start, 0))
    return at < len(spans) and spans[at][1] <= end


class _Parts:
    """Where a text is cut."""

    def __init__(self, text: str, pattern: re.Pattern[str]) -> None:
        cuts = list(pattern.finditer(text))
        self._starts = [0, *(cut.end() for cut in cuts)]
        self._ends = [*(cut.start() for cut in cuts), len(text)]

    def around(self, start: int, end: int) -> tuple[int, int]:
        """From the cut before a place in the text to the one behind it."""
        return self._starts[bisect_right(self._starts, start) - 1], self._ends[bisect_left(self._ends, end)]
