"""From the text of one cell to a value, or the reason why it is none."""

import math
import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.errors import InvalidFactError
from config.iso import COUNTRIES
from config.phrases import Phrase
from config.text import is_visible
from suppliers.limits import BOUNDS
from suppliers.models import Supplier
from taxonomy.text import fold

LANGUAGES = {
    "vi": ("vietnamese", "tieng viet", "viet"),
    "en": ("english", "tieng anh", "anh"),
    "ja": ("japanese", "tieng nhat", "nhat"),
    "ko": ("korean", "tieng han", "han"),
    "zh": ("chinese", "mandarin", "tieng trung", "trung"),
    "de": ("german", "tieng duc", "duc"),
    "fr": ("french", "tieng phap", "phap"),
    "ru": ("russian", "tieng nga", "nga"),
}
OWNERSHIPS = {
    Supplier.Ownership.PRIVATE: ("private", "tu nhan"),
    Supplier.Ownership.STATE: ("state", "state owned", "nha nuoc"),
    Supplier.Ownership.JOINT_VENTURE: ("joint venture", "lien doanh"),
    Supplier.Ownership.FDI: ("fdi", "foreign", "foreign invested", "von dau tu nuoc ngoai", "nuoc ngoai"),
}
IN_WORDS = {"VN": ("vietnam", "viet nam")}
_DAY = re.compile(r"([0-9]{4})[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.]([0-9]{4})")
_SEPARATOR = re.compile(r"[|;\n]|,(?!\d)")


class CellError(InvalidFactError):
    """The text is not what the column should hold."""


def items(text: str) -> list[str]:
    """The parts of a cell that lists several things: by bars, semicolons, line breaks or commas; each once."""
    parts = (part.strip() for part in _SEPARATOR.split(text))
    return list(dict.fromkeys(part for part in parts if part))


def number(text: str, least: float, most: float) -> float:
    """A figure such as 1234.5, "1 234,5" or "35 %", between two bounds.

    Raises:
        CellError: no figure, or out of bounds.
    """
    bare = text.replace(" ", "").replace("\u00a0", "").removesuffix("%")
    if bare.count(",") == 1 and "." not in bare:
        bare = bare.replace(",", ".")
    try:
        figure = float(bare)
    except ValueError:
        figure = math.nan
    if not least <= figure <= most:
        raise CellError(
            Phrase("a number from %(least)s to %(most)s is expected", least=f"{least:.15g}", most=f"{most:.15g}")
        )
    return figure


def whole(text: str, least: float, most: float) -> int:
    """A whole number between two bounds.

    Raises:
        CellError: not a whole number, or out of bounds.
    """
    figure = number(text, least, most)
    if not figure.is_integer():
        raise CellError(_("a whole number is expected"))
    return int(figure)


def short(text: str, *, most: int) -> str:
    """The text itself.

    Raises:
        CellError: longer than `most` characters, with control characters, or nothing that can be seen.
    """
    if len(text) > most:
        raise CellError(Phrase("the text is longer than %(most)s characters", most=most))
    if any(ord(character) < 32 and character not in "\n\t" for character in text):
        raise CellError(_("the text holds control characters"))
    if not is_visible(text):
        raise CellError(_("there is nothing to be seen in the text"))
    return text


def country(text: str) -> str:
    """An ISO 3166-1 alpha-2 code.

    Raises:
        CellError: something else.
    """
    if text.upper() in COUNTRIES:
        return text.upper()
    return _one_of(text, IN_WORDS) or _fail(_("a country code of two letters is expected"))


def language(text: str) -> str | None:
    """An ISO 639-1 code, or None where the language is not known here."""
    return text.lower() if text.lower() in LANGUAGES else _one_of(text, LANGUAGES)


def ownership(text: str) -> str | None:
    """One of `Supplier.Ownership`, or None where the words are not known here."""
    return _one_of(text, OWNERSHIPS)


def email(text: str) -> str:
    """An e-mail address.

    Raises:
        CellError: it is none.
    """
    return _valid(validate_email, text.lower(), _("this is not an e-mail address"))


def website(text: str) -> str:
    """A web address; one without scheme gets https.

    Raises:
        CellError: it is none.
    """
    address = text if "://" in text else f"https://{text}"
    return _valid(URLValidator(schemes=["http", "https"]), address, _("this is not a web address"))


def founded(text: str) -> int:
    """A year, or that of a day such as 1998-05-01 or 1/5/1998.

    Raises:
        CellError: before 1800 or in the future.
    """
    day = _DAY.fullmatch(text)
    year = day[1] or day[2] if day else text
    least, most = int(BOUNDS["founded_year"][0]), timezone.localdate().year
    try:
        return whole(year, least, most)
    except CellError:
        raise CellError(
            Phrase("a year from %(least)s to %(most)s is expected, or a day such as 1998-05-01", least=least, most=most)
        ) from None


def _one_of(text: str, words: Any) -> str | None:
    meant = fold(text)
    return next((code for code, names in words.items() if meant == fold(str(code)) or meant in names), None)


def _valid(validator: Callable[[str], None], text: str, message: Promise) -> str:
    try:
        validator(text)
    except ValidationError:
        _fail(message)
    return text


def _fail(message: Promise) -> Any:
    raise CellError(message)
