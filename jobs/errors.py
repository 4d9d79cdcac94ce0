"""How an act on a due row says what is to become of the row."""


class PermanentFailureError(Exception):
    """Trying again would not help: the row is given up, with this as the reason."""


class OutOfReachError(Exception):
    """Something that every row of this kind needs is away: this one waits, and the others are not tried now."""
