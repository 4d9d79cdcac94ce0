"""Firm names as keys: spellings of one firm's name agree, whatever its legal form is called."""

import re

from config.text import fold

MAX_KEY_LENGTH = 500

_FORMS = (
    # Vietnamese
    "cong ty", "cty", "ctcp", "c t c p", "co phan", "trach nhiem huu han", "tnhh", "mot thanh vien", "1 thanh vien",
    "mtv", "hai thanh vien", "2 thanh vien", "tro len", "doanh nghiep tu nhan", "dntn", "hop tac xa", "htx", "hop danh",
    # English
    "one member", "single member", "joint stock company", "joint stock", "company limited", "limited liability company",
    "limited company", "company", "co ltd", "ltd", "limited", "corporation", "corp", "incorporated", "inc", "jsc",
    "j s c", "llc", "l l c", "llp", "plc",
    # elsewhere
    "pte", "pty", "sdn bhd", "gmbh", "kabushiki kaisha", "株", "有",
)  # fmt: skip
_FORM_WORDS = re.compile(r"\b(?:" + "|".join(sorted(_FORMS, key=len, reverse=True)) + r")\b")

# Written without spaces around them, so they are looked for inside words too.
_FORM_LETTERS = re.compile("股份有限公司|有限责任公司|有限公司|株式会社|有限会社|合同会社|주식회사|유한회사")

# "cp" and "co" are form words beside others of their kind only: "cơ", as in "cơ khí", folds to "co" too.
_ABBREVIATED = re.compile(r"\b(?:cong ty|cty) cp\b")


def name_key(legal_name: str, trade_name: str = "") -> str:
    """Both names without accents, case, punctuation and words for the legal form, in at most 500 characters.

    Numbers and words for branches and units stay: "Cơ khí số 2" is another firm than "Cơ khí số 3". Two names that
    agree give one. A name of nothing but form words is kept as it is.
    """
    keys = dict.fromkeys(_bare(name) for name in (legal_name, trade_name))
    return " ".join(key for key in keys if key)[:MAX_KEY_LENGTH]


def _bare(name: str) -> str:
    folded = fold(name)
    bare = _FORM_WORDS.sub(" ", _ABBREVIATED.sub(" ", _FORM_LETTERS.sub(" ", folded)))
    return " ".join(bare.split()) or folded
