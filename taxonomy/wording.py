"""What a phrase comes down to: its telling words, without those that say nothing about the kind of work."""

import re
from collections.abc import Iterator

from taxonomy.models import Kind
from taxonomy.text import fold

Words = tuple[str, ...]
Phrases = dict[str, list[Words]]
"""By their first word."""

VARIANTS = {
    "mould": "mold",
    "moulds": "mold",
    "moulding": "molding",
    "moulded": "molding",
    "overmoulding": "overmolding",
    "aluminium": "aluminum",
    "grey": "gray",
    "fibre": "fiber",
    "colour": "color",
    "centre": "center",
    "centreless": "centerless",
    "gauge": "gage",
    "vapour": "vapor",
    "sulphur": "sulfur",
    "tyre": "tire",
    "fibreglass": "fiberglass",
}
"""British spellings and their American ones."""

EMPTY_PHRASES = {
    Kind.PROCESS: """
        custom precision service services processing process processes capability capabilities manufacture manufacturing
        manufactured manufacturer work works production product products part parts component components operation
        operations technology contract general high quality advanced complex complete full specialty specialized
        commercial and of for the with to other various shop solutions specialists subcontract
        subcontracting gia-công sản-xuất chế-tạo dịch-vụ chuyên nhận công-nghệ
        phương-pháp chi-tiết sản-phẩm linh-kiện theo-yêu-cầu chính-xác các và bằng
        chính-xác-cao kỹ-thuật-cao tốc-độ-cao chất-lượng-cao các-loại theo-bản-vẽ theo-mẫu theo-đơn-hàng
        theo-đơn-đặt-hàng số-lượng-lớn trọn-gói chuyên-nghiệp uy-tín giá-rẻ hiện-đại xưởng
    """,
    Kind.MATERIAL: """
        processing process capability capabilities material materials grade type custom raw vật-liệu nguyên-liệu loại
        mác aisi sae jis din astm gb aa uns sheet sheets plate plates bar bars rod rods coil coils tube tubes strip
        strips wire foil film round thép-tấm tấm cuộn thanh phôi and of the tròn tròn-đặc đặc ống hộp cây láp lá dẹt
        trắng đen màu trong-suốt cứng dẻo định-hình đúc cán-nóng-tấm thật nguyên-sinh ba 2b hl no1 no4 hr cr solid clear
        white black natural colour color shore shore-a resin-grade
    """,
    Kind.STANDARD: """
        certified certification certificate certificates certificated registered registration compliant compliance
        approved accredited accreditation standard standards system tcvn en bs din is nf uni chứng-chỉ chứng-nhận
        tiêu-chuẩn giấy đạt hệ-thống quản-lý theo quality management and the of to dấu tuân-thủ qlcl htql phiên-bản
        version edition rev class level grade gold silver platinum pillar pillars audit audited do bởi cấp issued by
        tuv tüv sud rheinland nord sgs bsi bureau veritas intertek quacert vinacontrol dnv gl lrqa nqa ukas
    """,
}
"""Words that may be left out of a phrase without changing which entry it means. Hyphens join a phrase."""

SETTINGS = "cnc nc horizontal vertical manual conventional precision metal metals 2-axis 2-axes two-axis 3-axis"
"""How or on what a process runs, where that does not make it another process."""

_BREVES = re.compile(r"is(e|ed|es|ing|ation)$")
_FORMS = re.compile(r"(ing|ed)s?$")
_MEASURE = re.compile(r"\(?\b\d+(?:[.,]\d+)?\s*(?:%|(?:mm|cm|gsm|g/m2|kg|micron|oz|d|den|denier)\b)\)?", re.IGNORECASE)
_TEMPER = re.compile(r"(t\d{1,4}|h\d{2,3}|gf\d{1,2})$")


def _phrases(text: str) -> Phrases:
    by_first: Phrases = {}
    for phrase in text.split():
        words = tuple(fold(phrase).split())
        by_first.setdefault(words[0], []).append(words)
    return by_first


_EMPTY = {kind: _phrases(text) for kind, text in EMPTY_PHRASES.items()}
_SETTINGS = _phrases(SETTINGS)


def full_words(kind: Kind, key: str) -> Words:
    """Return the words of a folded text without the empty ones and the tempers of metals."""
    words = tuple(key.split())
    if kind == Kind.MATERIAL and len(words) > 1:
        words = tuple(word for word in words if not _TEMPER.fullmatch(word)) or words
    return _without(words, _EMPTY.get(kind, {}))


def telling_words(kind: Kind, key: str) -> Words:
    """Return the words of a folded text that tell what it means, each in its basic form."""
    return tuple(map(basic_form, full_words(kind, key)))


def says_nothing_besides(kind: Kind, key: str) -> bool:
    """Say whether a folded text consists of telling words alone; "cnc" is said so often that it does not count."""
    words = tuple(word for word in key.split() if word != "cnc")
    return full_words(kind, without_settings(kind, " ".join(words))) == words


def without_measures(kind: Kind, text: str) -> str:
    """Return a text about a material without its sizes, weights and shares: "MDF 18mm", "Cotton 100%"."""
    return _MEASURE.sub(" ", text) if kind == Kind.MATERIAL else text


def without_settings(kind: Kind, key: str) -> str:
    """Return a folded text without the words that say how a process runs."""
    return " ".join(_without(tuple(key.split()), _SETTINGS)) if kind == Kind.PROCESS else key


def basic_form(word: str) -> str:
    """Return an English word in the form that its variants share; other words stay.

    "turning" and "turned" share one form, "turn" keeps its own: a machine is not machining.
    """
    word = VARIANTS.get(word, word)
    if len(word) > 6:
        word = _BREVES.sub(r"iz\1", word)
    if not word.isascii() or len(word) < 4:
        return word
    if matched := _FORMS.search(word):
        root = word[: matched.start()]
        if len(root) >= 3 and re.search("[aeiouy]", root):
            return _undoubled(root) + "~"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def corrections(word: str) -> Iterator[str]:
    """Yield the words from which `word` may have come by one slip of the fingers.

    A letter left out, doubled or inserted, two letters swapped, or a neighbouring key hit. The first letter holds.
    """
    letters = "abcdefghijklmnopqrstuvwxyz"
    for at in range(1, len(word) + 1):
        head, tail = word[:at], word[at:]
        yield from (head + letter + tail for letter in letters)
        if tail:
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in _NEIGHBOURS.get(tail[0], ""))
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]


def _undoubled(root: str) -> str:
    return root[:-1] if root[-1] == root[-2] or root[-1] == "e" else root


def _without(words: Words, phrases: Phrases) -> Words:
    kept: list[str] = []
    at = 0
    while at < len(words):
        begun = phrases.get(words[at], ())
        length = max((len(phrase) for phrase in begun if words[at : at + len(phrase)] == phrase), default=0)
        if not length:
            kept.append(words[at])
        at += length or 1
    return tuple(kept)


def _neighbours() -> dict[str, str]:
    rows = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    return {letter: row[max(at - 1, 0) : at] + row[at + 1 : at + 2] for row in rows for at, letter in enumerate(row)}


_NEIGHBOURS = _neighbours()
