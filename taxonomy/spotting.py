"""Terms in running text: which words name a process, a material or a standard, and where they stand."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from taxonomy.models import Kind
from taxonomy.readings import Match, as_spelt, designated, joined, worded
from taxonomy.resolver import Outcome, Resolution, judge
from taxonomy.text import agrees, fold, has_accents, mark, nfc
from taxonomy.vocabulary import Index, Sense, Vocabulary, current_vocabulary
from taxonomy.wording import basic_form, full_words

LONGEST_TEXT = 5_000
"""Characters of a text that is read; a longer one is refused by whoever takes it."""
LONGEST_PHRASE = 7
"""Words in the longest phrase that is tried."""
LONGEST_TERM = 80
"""Letters of the longest term that is looked up."""
LONGEST_GRADE = 4
"""Words in the longest designation of a grade or standard that is not spelt like a term: "ISO 9001 : 2015"."""
SHORTEST_WORD = 3
"""Letters from which a single word without accents, digits or capitals is taken for a term: not "in", "co", "al"."""
SPOTTED = (Kind.PROCESS, Kind.MATERIAL, Kind.STANDARD)

_WORD = re.compile(r"[^\W_]+")
_BREAK = re.compile(r"[,;:!?\n()\[\]|>→•]|\.\s|\s[-–+]\s")
_OTHER_WORD = re.compile(
    r"kính\s+(?:gửi|chào|mong|thưa|đề\s+nghị)|hàn\s+quốc|tiện\s+(?:thể|lợi|ích|nghi|tay)|rèn\s+luyện|đúc\s+kết",
    re.IGNORECASE,
)
"""Not glass, welding, turning, forging or casting."""
_OTHER_PAIRS = frozenset(
    [
        ("thuận", "tiện"),
        ("phương", "tiện"),
        ("nhân", "tiện"),
        ("bất", "tiện"),
        ("bán", "kính"),
        ("đường", "kính"),
        ("thông", "tin"),
        ("thong", "tin"),
    ]
    + [("ưu", "tiên"), ("uu", "tien"), ("thuan", "tien"), ("phuong", "tien"), ("ban", "kinh"), ("duong", "kinh")]
    + [(before, "hàn") for before in ("dn", "ty", "cty", "nhật", "hàng", "người", "khách", "vốn", "tiếng", "chuẩn")]
)
"""Nor are these, of which the first word tells it."""
_STOP = re.compile(r"[,;:?!\n]|\.\s")
_COMMON = frozenset(
    [
        "can",
        "and",
        "the",
        "for",
        "part",
        "parts",
        "with",
        "may",
        "not",
        "new",
        "max",
        "min",
        "use",
        "any",
        "all",
        "one",
        "set",
    ]
)
"""Words of everyday English that are spelt like a term."""
_LINKS = frozenset({"and", "or", "va", "hoac"})
_DENIALS = frozenset({"không", "khong", "chưa", "chua", "no", "not", "without", "never", "except", "excluding", "excl"})
_PAIRED_DENIALS = frozenset({("instead", "of"), ("rather", "than"), ("thay", "vi"), ("thay", "cho"), ("ngoai", "tru")})
_AFTER_DENIAL = frozenset(
    [
        *("can", "yeu", "cau", "phai", "co", "lay", "nhan", "dung", "bao", "gom", "hang"),
        *("need", "needed", "required", "require", "include", "any", "for", "a", "an", "the"),
    ]
)
_PUBLISHERS = frozenset(["jis", "aisi", "sae", "din", "en", "astm", "gb", "aa", "uns"])
_OR = re.compile(r"\s*(?:/|or|nor|hoặc|hay)\s*", re.IGNORECASE)
BEFORE = 5
"""Words before a term among which a denial is looked for."""
SHORTEST_PARTICIPLE = 6
_NO_WORK = frozenset({"finished", "designed", "tested", "inspected", "packed", "engineered", "calibrated", "equipped"})
"""Participles that say less than the nouns they come from: what is designed for something wants no design."""


@dataclass(frozen=True, slots=True)
class Spotted:
    """A term in a text: `text[start:end]`, in the text's NFC form, and what it means."""

    start: int
    end: int
    meaning: Resolution
    is_denied: bool = False

    @property
    def place(self) -> tuple[int, int]:
        return self.start, self.end


def spot(text: str, *, kinds: Sequence[Kind] = SPOTTED, vocabulary: Vocabulary | None = None) -> list[Spotted]:
    """Find the terms in a text, the longest first where they overlap, in the order of the text.

    A term is found as it is spelt, without its accents, run together, or in another form ("zinc plated").
    What can mean several things is AMBIGUOUS, with its candidates. A term after "không", "no" or "without" is denied.

    Args:
        text: at most `LONGEST_TEXT` characters, in NFC, else the places are of another text.
        vocabulary: for many texts, take `current_vocabulary()` once and pass it on.
    """
    vocabulary = vocabulary or current_vocabulary()
    reading = _Text(text, [vocabulary.index(kind) for kind in kinds])
    found: list[Spotted] = []
    at = 0
    while at < len(reading.words):
        term = reading.term_at(at)
        if term is None:
            at += 1
            continue
        length, meaning = term
        start, end = reading.words[at].start(), reading.words[at + length - 1].end()
        is_joined = bool(found) and _OR.fullmatch(text, found[-1].end, start) is not None
        denied = is_denied(reading.before(at)) or (is_joined and found[-1].is_denied)
        found.append(Spotted(start, end, meaning, denied))
        at += length
    return found


class _Text:
    """The words of a text, each with its basic form, so that most phrases are passed over without a look."""

    def __init__(self, text: str, indexes: Sequence[Index]) -> None:
        self.text = text
        self.indexes = indexes
        self.words = list(_WORD.finditer(text))
        self.forms = [tuple(map(basic_form, fold(word.group()).split())) for word in self.words]
        self._meanings: dict[tuple[Kind, str], Resolution | None] = {}

    def term_at(self, at: int) -> tuple[int, Resolution] | None:
        """The longest phrase that begins with a word and is a term: how many words it has, and what it means.

        It goes on to the end of a term that begins within it and says more closely what it means: "gia công khuôn
        dập" is about stamping dies, not about dies and stamping.
        """
        term = None if self._is_other_word(at) else self._longest(at)
        for inner in range(at + 1, at + term[0] if term else 0):
            closer = self._longest(inner)
            if term and closer and inner + closer[0] > at + term[0] and self._lies_below(closer[1], term[1]):
                return inner + closer[0] - at, closer[1]
        return term

    def _lies_below(self, one: Resolution, other: Resolution) -> bool:
        index = next(index for index in self.indexes if index.kind == other.kind)
        return (
            one.kind == other.kind
            and bool(one.code and other.code)
            and index.lies_below(str(one.code), str(other.code))
        )

    def _longest(self, at: int) -> tuple[int, Resolution] | None:
        for length in range(self._most(at), 0, -1):
            phrase = self.text[self.words[at].start() : self.words[at + length - 1].end()]
            for index in self.indexes:
                if self._may_mean(index, at, length) and (meaning := self._meaning(index, phrase)) is not None:
                    return length, meaning
        return None

    def _meaning(self, index: Index, phrase: str) -> Resolution | None:
        """What a phrase means; what is said again is not looked up again."""
        key = (index.kind, phrase)
        if key not in self._meanings:
            self._meanings[key] = _meaning(index, phrase)
        return self._meanings[key]

    def _is_other_word(self, at: int) -> bool:
        pair = tuple(word.group().lower() for word in self.words[max(0, at - 1) : at + 1])
        is_name = pair[-1] != "hàn" or self.words[at].group()[0] == "H"
        return bool(_OTHER_WORD.match(self.text, self.words[at].start())) or (is_name and pair in _OTHER_PAIRS)

    def before(self, at: int) -> list[str]:
        """The words before one in its part of the sentence, as many as may hold a denial."""
        first = at
        while first > 0 and at - first < BEFORE:
            if _STOP.search(self.text, self.words[first - 1].end(), self.words[first].start()):
                break
            first -= 1
        return [word.group() for word in self.words[first:at]]

    def _most(self, at: int) -> int:
        """How many words a phrase may have that begins here. It does not run over commas and stops."""
        most = 1
        while most < LONGEST_PHRASE and at + most < len(self.words):
            if _BREAK.search(self.text, self.words[at + most - 1].end(), self.words[at + most].start()):
                break
            most += 1
        return most

    def _may_mean(self, index: Index, at: int, length: int) -> bool:
        """Whether all its words are words of terms; a grade or standard may be cut: "SUS 304"."""
        forms = [form for word in self.forms[at : at + length] for form in word]
        if forms and forms[0] in index.openings and index.forms.issuperset(forms):
            return True
        return length <= LONGEST_GRADE and any(character.isdigit() for form in forms for character in form)


def _meaning(index: Index, phrase: str) -> Resolution | None:
    if not _could_be_a_term(phrase):
        return None
    if phrase in index.parents:
        return Resolution(index.kind, phrase, Outcome.SURE, (phrase,), 1.0, phrase, Match.CODE)
    # "cut & sew" is spelt so; "ISO 9001 & ISO 14001" are two.
    for match, attempt in _ATTEMPTS[:1] if "&" in phrase else _ATTEMPTS:
        if senses := attempt(index, phrase):
            meaning = judge(index.kind, nfc(phrase), mark(phrase), senses, match)
            return None if _is_another_word(phrase, meaning) else meaning
    return None


def _is_another_word(phrase: str, meaning: Resolution) -> bool:
    """Whether its accents are others than the term's: in running text "tiên" is not a hurried "tiện", "chi" is no
    "chỉ", and "mã nhựa" is not plated."""
    written, meant = mark(phrase), mark(meaning.term)
    if phrase.isalpha():
        return written != meant and (has_accents(written) or has_accents(meant))
    return has_accents(written) and fold(phrase) == fold(meaning.term) and not agrees(written, meant)


def _phrased(index: Index, phrase: str) -> list[Sense]:
    """Several words that are those of a term, in any form, with none around them that says nothing."""
    words = tuple(fold(phrase).split())
    telling = full_words(index.kind, fold(phrase))
    if len(words) < 2 or not telling or (telling[0], telling[-1]) != (words[0], words[-1]) or _LINKS & set(words):
        return []
    return worded(index, phrase)


def _participle(index: Index, phrase: str) -> list[Sense]:
    """One English word that says what was done: "machined" for machining. It is listed itself where it is a noun."""
    word = fold(phrase)
    is_one = phrase.isascii() and phrase.isalpha() and word.endswith("ed") and len(word) >= SHORTEST_PARTICIPLE
    if index.kind != Kind.PROCESS or not is_one or word in _NO_WORK:
        return []
    return index.told_in_order((basic_form(word),))


def _designated(index: Index, phrase: str) -> list[Sense]:
    """A designation, and not two: "ISO 9001 and ISO 14001"; none with the work beside it: "FCD450 đúc"."""
    words = fold(phrase).split()
    if _LINKS & set(words) or (index.kind == Kind.MATERIAL and not _is_grade_to_the_end(words)):
        return []
    return designated(index, phrase)


def _is_grade_to_the_end(words: Sequence[str]) -> bool:
    """Whether the first and the last word of a designation of a material are part of it."""
    telling = full_words(Kind.MATERIAL, " ".join(words))
    ends = {words[0], words[-1]} - _PUBLISHERS
    return all(word in telling or any(character.isdigit() for character in word) for word in ends)


_ATTEMPTS = (
    (Match.NAME, as_spelt),
    (Match.JOINED, joined),
    (Match.DESIGNATION, _designated),
    (Match.WORDS, _phrased),
    (Match.WORDS, _participle),
)


def _could_be_a_term(phrase: str) -> bool:
    if len(phrase) > LONGEST_TERM:
        return False
    if " " in phrase or has_accents(mark(phrase)) or any(character.isdigit() for character in phrase):
        return not phrase.isdigit()
    return phrase.isupper() if len(phrase) < SHORTEST_WORD else fold(phrase) not in _COMMON


def is_denied(words: Sequence[str]) -> bool:
    """Whether the words before something say that it is not wanted: "no", "không cần", "not required"."""
    before = [fold(word) for word in words]
    while before and before[-1] in _AFTER_DENIAL:
        before.pop()
    # "chứa" holds something, "chưa" does not.
    return bool(before) and (
        words[len(before) - 1].lower().strip(".,:;()") in _DENIALS or tuple(before[-2:]) in _PAIRED_DENIALS
    )
