"""Tax codes: how they are written, and the check digit of Vietnamese ones."""

import unicodedata

from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.util import clean
from stdnum.vn import mst

from config.errors import InvalidFactError

POINTER = "/tax_code"
MAX_LENGTH = 20
HOME = "VN"


class FailedCheckDigitError(InvalidFactError):
    """The form is right, the tenth digit is not what the first nine call for. Staff may override this."""

    code = "tax_code_check_digit"
    title = _("The tax code is mistyped: its check digit does not fit.")

    def __init__(self) -> None:
        super().__init__(pointer=POINTER)


def normalised(written: str, *, country: str, check_digit: bool = True) -> str:
    """The tax code as it is stored: for Vietnam 10 digits, or 10-3 for a dependent unit; elsewhere capitals.

    Spaces, dots, dashes and full-width digits are tolerated.

    Raises:
        FailedCheckDigitError: unless `check_digit` is False.
        InvalidFactError: it is no Vietnamese tax code at all, or longer than 20 characters.
    """
    compact = unicodedata.normalize("NFKC", written).strip()
    if country != HOME:
        return _foreign(compact)
    compact = clean(compact, " .-")
    try:
        mst.validate(compact)
    except InvalidChecksum:
        if check_digit:
            raise FailedCheckDigitError from None
    except ValidationError:
        raise InvalidFactError(
            _("A Vietnamese tax code has 10 digits, or 10 and 3 for a dependent unit."),
            pointer=POINTER,
            code="invalid_tax_code",
        ) from None
    return mst.format(compact)


def _foreign(compact: str) -> str:
    code = " ".join(compact.upper().split())
    if len(code) > MAX_LENGTH:
        raise InvalidFactError(_("Longer than 20 characters."), pointer=POINTER, code="max_length")
    return code
