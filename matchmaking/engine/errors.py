"""What the engine raises when its input is bad."""


class FactsError(ValueError):
    """A field of the facts is bad.

    Attributes:
        field: where it stands, such as `suppliers[2].capabilities[0].tolerance_mm.level`.
        problem: what is wrong with it, without the field's name.
    """

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem
