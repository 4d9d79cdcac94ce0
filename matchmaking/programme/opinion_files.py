"""A second opinion as files: a workbook, and the orders side by side as csv."""

from django.utils.translation import gettext as _

from matchmaking.programme.opinion_shown import ShownOpinion
from matchmaking.programme.sheets import Line, Sheet, book_of, csv_of_lines, saved


def workbook_of(shown: ShownOpinion) -> bytes:
    """In the language that is active."""
    sheets = (
        Sheet(_("Orders"), _orders(shown)),
        Sheet(_("Methods"), _methods(shown)),
        Sheet(_("Disagreements"), _disagreements(shown)),
        Sheet(_("Weights"), _weights(shown)),
    )
    return saved(book_of(sheets))


def csv_of(shown: ShownOpinion) -> bytes:
    return csv_of_lines(_orders(shown))


def _orders(shown: ShownOpinion) -> list[Line]:
    header: Line = [_("Our order"), _("Id"), _("Firm"), _("Eligibility"), _("Score")]
    for name in shown.method_names:
        header += [f"{name}: {_('rank')}", f"{name}: {_('score')}"]
    lines: list[Line] = [header]
    for row, told in zip(shown.rows, shown.told["results"], strict=True):
        line: Line = [row.place, told["supplier"], row.name, row.eligibility, row.score]
        for rank, score in row.opinions:
            line += [rank, score]
        lines.append(line)
    return lines


def _methods(shown: ShownOpinion) -> list[Line]:
    header: Line = [_("Method"), _("Normalisation"), _("Parameters"), _("Kendall's τ-b"), _("Proposal")]
    rows: list[Line] = [
        [
            method.name,
            method.normalisation,
            "; ".join(f"{name}: {value}" for name, value in method.parameters),
            method.tau,
            method.proposal,
        ]
        for method in shown.methods
    ]
    return [header, *rows]


def _disagreements(shown: ShownOpinion) -> list[Line]:
    rows: list[Line] = [[method.name, sentence] for method in shown.methods for sentence in method.disagreements]
    return [[_("Method"), _("Explanation")], *rows]


def _weights(shown: ShownOpinion) -> list[Line]:
    about: list[Line] = [
        [_("Requirement"), shown.told["requirement"]],
        [_("Version"), shown.told["requirement_version"]],
        [_("Figures of"), shown.told["as_of"]],
        [_("Version of the engine"), shown.told["engine_version"]],
    ]
    shares: list[Line] = [[label, round(share, 2)] for label, share in shown.weights]
    return [[_("Criterion"), _("Weight in percent")], *shares, *about]
