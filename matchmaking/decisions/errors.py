"""What these methods raise when the judgements or figures given to them cannot be used."""


class JudgementError(ValueError):
    """A judgement is missing, repeated, out of its scale or against another.

    Attributes:
        code: what is wrong: `missing`, `repeated`, `unknown`, `out_of_scale`, `contradictory`, `too_many`.
        about: the keys of the criteria that it concerns, in the order of the question.
    """

    def __init__(self, code: str, *about: str) -> None:
        super().__init__(f"{code}: {', '.join(about)}")
        self.code = code
        self.about = about


class FiguresError(ValueError):
    """Figures, weights or thresholds that a method cannot compare: not finite, negative where that means nothing, or
    of another shape."""
