"""How much a search may look at. Counted, not timed, so that the same question has the same answer whatever else the
machine does."""


class Work:
    """Pairs of a partial set and a firm that may still be looked at; what else takes time is counted in these."""

    def __init__(self, most: float) -> None:
        self.left = most

    def spend(self, amount: float) -> None:
        self.left -= amount

    def split_off(self, share: float) -> "Work":
        """A share of what is left, taken from it."""
        part = Work(self.left * share)
        self.left -= part.left
        return part
