"""Pure text normalisation: what makes two spellings of a term the same term."""

import re
import unicodedata
from functools import lru_cache

from config.text import casefold, fold, nfc, words

__all__ = ["agrees", "fold", "has_accents", "mark", "nfc", "split_camel", "squeeze", "without_accents"]

# The five Vietnamese tone marks: grave, acute, tilde, hook above, dot below.
TONES = "\u0300\u0301\u0303\u0309\u0323"

WORDS_KEPT = 8_192
"""Vietnamese has few syllables, and each comes again and again."""

_LOWER_THEN_UPPER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ACRONYM_THEN_WORD = re.compile(r"(?<=[A-Z])(?=[A-Z][a-z]{2})")


def split_camel(text: str) -> str:
    """Put spaces between the words of a CamelCase label.

    "CNCVerticalMilling" gives "CNC Vertical Milling"; "StainlessSteel" gives "Stainless Steel". Plural
    acronyms such as "PCBs" and grades such as "SUS304" stay whole.
    """
    return _ACRONYM_THEN_WORD.sub(" ", _LOWER_THEN_UPPER.sub(" ", text))


def mark(text: str) -> str:
    """Return the key that keeps Vietnamese accents, each tone moved to the end of its word.

    "hoá" and "hóa" (old and new places of the tone) are equal; "tụ" and "tủ" are not.
    """
    return " ".join(_tone_last(word) for word in words(casefold(text)).split())


def agrees(written: str, meant: str) -> bool:
    """Say whether a `mark`ed text can be a hurried spelling of another: marks may be missing, never different."""
    ours, theirs = written.split(), meant.split()
    return len(ours) == len(theirs) and all(map(_word_agrees, ours, theirs))


def has_accents(marked: str) -> bool:
    """Say whether a `mark`ed text carries any mark, so that its writer was using accents."""
    return marked != fold(marked)


def without_accents(text: str) -> str:
    """Return a text with bare letters in place of Vietnamese ones, each where it stood: places in both are the same."""
    return "".join(_bare(character) for character in text)


def squeeze(key: str) -> str:
    """Return a key without its spaces: "sus 304" and "sus304" are the same grade."""
    return key.replace(" ", "")


def _bare(character: str) -> str:
    if character in "đĐ":
        return "d" if character == "đ" else "D"
    letter = unicodedata.normalize("NFD", character)[0]
    return letter if letter.isascii() and letter.isalpha() else character


@lru_cache(WORDS_KEPT)
def _tone_last(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word)
    tones = "".join(sorted((tone for tone in decomposed if tone in TONES), key=unicodedata.combining))
    letters = "".join(character for character in decomposed if character not in TONES)
    return unicodedata.normalize("NFC", letters) + tones


def _word_agrees(written: str, meant: str) -> bool:
    if fold(written) != fold(meant):
        return False
    pairs = zip(_marks(written), _marks(meant), strict=True)
    return all(mine in ("", yours) for mine, yours in pairs)


def _marks(word: str) -> list[str]:
    """Return the mark of each letter of a marked word, then its tone."""
    marks: list[str] = []
    for character in unicodedata.normalize("NFD", word):
        if character in TONES:
            continue
        if unicodedata.combining(character) and marks:
            marks[-1] += character
        else:
            marks.append("stroke" if character == "đ" else "")
    return [*marks, "".join(character for character in word if character in TONES)]
