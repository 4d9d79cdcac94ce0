"""How alike the names of two firms are, in Vietnamese or English."""

from rapidfuzz import fuzz

from suppliers.duplicates.names import FirmName
from suppliers.duplicates.words import NEARLY_THE_SAME, Word, continues, contradict, same, slip

OWN_WORDS_WEIGHT = 0.8
"""How much the own words of a name count beside the trade that it names."""
OTHER_TRADES_WEIGHT = 0.5
"""What the own words are worth where both names tell trades and share none: "Nhựa Hoàng Long", "Dệt Hoàng Long"."""
OTHER_WORDS_WEIGHT = 0.5
"""What the words in common are worth where others stand against each other: "Việt Nhật", "Việt Hàn"."""
OTHER_ORDER_OF_TWO = 0.45
"""What the same two words in another order are worth: "Minh Quang" is hardly "Quang Minh"."""
OTHER_ORDER_OF_MANY = 0.9
"""What more words are worth: a list may begin with the name of the group."""
INITIALS_WEIGHT = 0.8
"""What it is worth that the one's only word are the initials of the other: "DHG", "Dược Hậu Giang"."""
FEWEST_INITIALS = 3
"""Letters from which they tell a firm."""
PURPOSES = frozenset({"production", "trade", "services", "investment", "import_export"})
"""Of the firms of one group, one makes and another trades."""
PLACES = frozenset(
    {"vietnam", "north", "south", "central", "northeast", "east", "west", "saigon", "hanoi", "haiphong", "danang"}
    | {"hochiminh", "japan", "korea", "china", "asia", "pacific", "indochina", "cambodia", "laos", "thailand"}
)
OF_ANY_TRADE = (
    PURPOSES
    | PLACES
    | {"group", "international", "development", "industrial", "technology", "engineering", "equipment", "management"}
    | {"centre", "new"}
)
"""Concepts that a firm of any trade may add to its name, or leave out."""
SAYING_LITTLE = (OF_ANY_TRADE - PURPOSES - {"group"}) | {
    "supporting_industries",
    "products",
    "materials",
    "solutions",
    "system",
}
"""Concepts that tell no firms of one group apart, as "group" does: "Hanaka Group", "Hanaka Cable"."""


def likeness(one: FirmName, other: FirmName) -> float:
    """How alike two names are, from 0 to 1, whatever language they are in and however they are spaced.

    Where each tells a number that the other does not, they are 0 alike: "Cơ khí số 2" is not "Cơ khí số 3".
    """
    if one.numbers - other.numbers and other.numbers - one.numbers:
        return 0.0
    return max(_likeness(mine, theirs) for mine in one.readings for theirs in other.readings)


def _likeness(one: FirmName, other: FirmName) -> float:
    if _are_spelt_alike(one, other):
        return 1.0
    if one.is_torn or other.is_torn:
        return fuzz.ratio(one.letters, other.letters) / 100
    own = _own_likeness(one, other)
    trades = _shared(one.trades, other.trades)
    if own is None or trades is None:
        return own or trades or 0.0
    if _tell_other_trades(one.trades, other.trades) or _does_more(one, other) or _does_more(other, one):
        return OTHER_TRADES_WEIGHT * own
    return OWN_WORDS_WEIGHT * own + (1 - OWN_WORDS_WEIGHT) * trades


def _are_spelt_alike(one: FirmName, other: FirmName) -> bool:
    """By their letters, all or those that say something, unless accents tell words apart."""
    if not ((one.letters and one.letters == other.letters) or (one.said and one.said == other.said)):
        return False
    pairs = zip(one.words, other.words, strict=False)
    return not any(mine.plain == theirs.plain and not same(mine, theirs) for mine, theirs in pairs)


def _tell_other_trades(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether both tell what they do and share none of it, or each names a place that the other does not."""
    if one & PLACES - other and other & PLACES - one:
        return True
    for concepts in (one | other) - OF_ANY_TRADE, PURPOSES, (one | other) - SAYING_LITTLE:
        if one & concepts and other & concepts and not one & other & concepts:
            return True
    return False


def _does_more(one: FirmName, other: FirmName) -> bool:
    """Whether a Vietnamese name tells all that the other does and a trade besides: "Thép Nam Kim", "Ống thép Nam Kim".
    What is in another language, or abbreviated, may have left it out."""
    if not (one.is_accented and other.is_accented) or other.is_abbreviated:
        return False
    return bool(one.trades - other.trades - OF_ANY_TRADE) and not other.trades - one.trades - OF_ANY_TRADE


def _own_likeness(one: FirmName, other: FirmName) -> float | None:
    if not one.own and not other.own:
        return None
    if _are_initials(one, other) or _are_initials(other, one):
        return INITIALS_WEIGHT
    shared, mine, theirs = _paired(one.words, other.words)
    if not mine and not theirs:
        return _order_likeness(one.words, other.words)
    are_of_one_language = one.is_accented == other.is_accented
    if contradict(mine, theirs, are_of_one_language=are_of_one_language) or _are_of_one_group(one, other, mine, theirs):
        return OTHER_WORDS_WEIGHT * shared
    together = fuzz.ratio("".join(one.own), "".join(other.own)) / 100
    if together < NEARLY_THE_SAME:
        return min(together, shared)
    return together if _can_be_slips(mine, theirs) else shared


def _can_be_slips(mine: list[Word], theirs: list[Word]) -> bool:
    """Whether the words that only one name has can be those that only the other has, which a long word in common would
    hide: "Qingdao Xinyuan", "Qingdao Xinyue"."""
    if len(mine) == len(theirs) == 1:
        return slip(*mine, *theirs) > 0
    letters, other_letters = ("".join(each.plain for each in words) for words in (mine, theirs))
    return not (letters and other_letters) or fuzz.ratio(letters, other_letters) / 100 >= NEARLY_THE_SAME


def _are_of_one_group(one: FirmName, other: FirmName, mine: list[Word], theirs: list[Word]) -> bool:
    """Whether a word that only one name has sets it apart: behind the same name, or where the other tells a trade
    instead, in the same language ("Samsung SDI", "Samsung Display")."""
    if bool(mine) == bool(theirs):
        return False
    short, long = (other, one) if mine else (one, other)
    tells_instead = bool(short.trades - long.trades - OF_ANY_TRADE) and short.is_accented == long.is_accented
    return tells_instead or continues(short.words, long.words)


def _are_initials(one: FirmName, other: FirmName) -> bool:
    return len(one.own) == 1 and len(one.own[0]) >= FEWEST_INITIALS and one.own[0] == other.initials


def _order_likeness(one: tuple[Word, ...], other: tuple[Word, ...]) -> float:
    """Of names that have the same words, give or take a slip."""
    if all(same(mine, theirs) or slip(mine, theirs) for mine, theirs in zip(one, other, strict=True)):
        return 1.0
    is_hardly_one = len(one) == 2 and all(each.is_syllable for each in one)
    return OTHER_ORDER_OF_TWO if is_hardly_one else OTHER_ORDER_OF_MANY


def _paired(one: tuple[Word, ...], other: tuple[Word, ...]) -> tuple[float, list[Word], list[Word]]:
    """The share of the letters of both that stand in words which the other has too, give or take a slip; and the
    words of each that the other does not have."""
    mine, theirs = list(one), list(other)
    for is_one in (same, slip):
        for each in one:
            if each in mine and (found := next((word for word in theirs if is_one(each, word)), None)):
                mine.remove(each)
                theirs.remove(found)
    left = sum(len(each.plain) for each in mine + theirs)
    return 1 - left / sum(len(each.plain) for each in one + other), mine, theirs


def _shared(one: frozenset[str], other: frozenset[str]) -> float | None:
    both = one | other
    return len(one & other) / len(both) if both else None
