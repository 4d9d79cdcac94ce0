"""Pure text normalisation that every app shares: the form that is stored, and the key under which spellings agree."""

import re
import unicodedata

# A letter or digit, with the Latin marks, the Japanese voicing marks and the long-vowel sign that may follow it.
_WORD = re.compile(r"(?:[^\W_][\u0300-\u036f\u3099\u309aー]*)+")

# Control characters but tab and line breaks, and those that reverse how the text around them is shown.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

# Letters and signs by name that are drawn as nothing: Hangul fillers and the empty braille cell.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")

# Letters that are not Latin, among which alone there are other marks than the Latin ones; and these (U+034F is none).
_NOT_LATIN = re.compile("[^\x00-\u036f\u1e00-\u1eff]")
_LATIN_MARKS = re.compile("[\u0300-\u034e\u0350-\u036f]+")

_BETWEEN_LETTER_AND_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def nfc(text: str) -> str:
    """Compose letters and marks, and squeeze white space: the form in which text is stored."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def is_visible(text: str) -> bool:
    """Whether a reader sees anything: a letter, digit, punctuation mark or sign. Marks need a letter to sit on."""
    return any(unicodedata.category(each)[0] in "LNPS" and each not in _BLANKS for each in text)


def has_control_characters(text: str) -> bool:
    """Whether there is anything that nobody sees and that makes one text look like another."""
    return _CONTROL.search(text) is not None


def fold(text: str) -> str:
    """Return the key under which spellings compare equal: no accents, no case, words by single spaces.

    Vietnamese marks go and đ becomes d; full-width forms become ordinary ones; punctuation becomes a space;
    Chinese, Japanese and Korean letters stay. Idempotent, and the same for composed and decomposed input.
    """
    if text.isascii():  # most words of a text in English; nothing below would change any
        return words(text.lower())
    decomposed = unicodedata.normalize("NFKD", casefold(text))
    return words(unicodedata.normalize("NFC", _without_marks(decomposed)).replace("đ", "d"))


def casefold(text: str) -> str:
    """Return ordinary letters without case, and without the marks of scripts other than Latin."""
    compatible = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    if _NOT_LATIN.search(compatible) is None:
        return compatible
    return "".join(character for character in compatible if not _is_foreign_mark(character))


def words(text: str) -> str:
    """Return the words of a text by single spaces, without punctuation."""
    return " ".join(_WORD.findall(text))


def letters_from_digits(text: str) -> str:
    """Return a text with a space wherever a letter and a digit touch: "unit14" is two words."""
    return _BETWEEN_LETTER_AND_DIGIT.sub(" ", text)


def is_unspaced(word: str) -> bool:
    """Whether a word is of a script that puts no spaces between words: Chinese, Japanese, or close to it, Korean."""
    return _UNSPACED.search(word) is not None


def beginnings(word: str) -> list[str]:
    """Where a word can be met: at its start; one written without spaces inside, at each of its letters."""
    return [word[start:] for start in range(len(word))] if is_unspaced(word) else [word]


def _without_marks(decomposed: str) -> str:
    """Nearly all texts are Latin, and of them one search says what there is to take out."""
    if _NOT_LATIN.search(decomposed) is None:
        return _LATIN_MARKS.sub("", decomposed)
    return "".join(character for character in decomposed if not _is_mark(character))


def _is_foreign_mark(character: str) -> bool:
    return _is_mark(character) and not "\u0300" <= character <= "\u036f"


def _is_mark(character: str) -> bool:
    # The Japanese voicing marks tell different syllables apart: バ is not ハ.
    return bool(unicodedata.combining(character)) and character not in "\u3099\u309a"
