"""Texts and other values that nobody should send, and somebody does."""

from typing import Any

LONG = "x" * 1_000_000
"""For each text in a body alone: with several of them the body is too large altogether."""
HUGE = 10**30
CONTROL = (*"\x00\x01\x08\t\n\x0b\r\x1b\x7f\x85", "a\x00b", "\x00" * 100)
INVISIBLE = (*"\u00ad\u200b\u200d\u200f\u2028\u202e\u2066\u3164\ufeff",)
ACCENTS = (
    *("Tụ điện", "Tu\u0323 đie\u0323\u0302n", "e\u0301" * 200, "A\u030a", "\u212b", "\u0301leading mark"),
    *("ﬀ", "ǅ", "ẞ", "İ", "½", "①②③", "٣", "𝔘𝔫𝔦", "Z̸̨̛̖͓a̷l̶g̵o̴" * 20),
)
SCRIPTS = (
    *("한국어", "\u1112\u1161\u11ab", "日本語ﾊﾞﾊﾞ", "العربية", "ไทย", "नमस्ते"),
    *("\U0001f469\u200d\U0001f527", "\U0001f1fb\U0001f1f3", "\ufffd", "\uffff", "\U0010ffff"),
)
INJECTION = (
    *("' OR '1'='1", "'; DROP TABLE suppliers_supplier; --", "1; SELECT pg_sleep(9)", "$$; SELECT 1; $$", "\\", "\\'"),
    *("%", "_", "100%", "%s", "%(name)s", "{0}", "{name}", "{{7*7}}", "${7*7}", "{% debug %}"),
    *("<script>alert(1)</script>", "javascript:alert(1)", "]]>", "&#0;"),
    *("@SUM(1)", "=cmd|'/C calc'!A0", "$(id)", "() { :; }; id"),
    *("../../etc/passwd", "..\\..\\boot.ini", "file:///etc/passwd", "http://[::1]/", "http://["),
    *("X\r\nSet-Cookie: a=b", "a\nBcc: x@example.com"),
    *("*", "a&b", "a|b", "!(a)", "a:*", "<->", "(", "[", "((((((((", "(a+)+$", "\\u0000", "\\x00"),
    *("%00", "%0d%0a", "%2e%2e%2f", "%c0%ae", "%ff"),
)
NUMBERS = (
    *("0", "-0", "-1", "1e400", "1e-400", "NaN", "Infinity", "0x10", "1_000", "1,5", "９"),
    *(f"{2**31}", f"{2**63}", f"{-(2**63) - 1}", "9" * 400, "1e308", "+1", " 1"),
)
TIMES = (
    *("0000-00-00", "9999-12-31", "10000-01-01", "2026-02-30", "0001-01-01", "-0001-01-01", "2026-W48-3", "now"),
    *("2026-11-25T99:99:99Z", "2026-11-25T00:00:00+99:99", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
)
WORDS = ("", " ", "null", "None", "true", "[]", "{}", "__proto__")
SHAPES = (
    *("," * 500, ",", "a,,b", ":", "2025:", ":24", "2025:24:1", "0,0,0", "91,181,1", "nan,nan,nan"),
    *("sup_", "sup_0", "SUP_0000", "sup_0000\n", "req_" + "0" * 300, "..", "a/b", "a?b", "a#b", "a;b"),
    *("a@b", "a@b.c\n", "a" * 999, "a" * 1001, "ă" * 999, "x" * 10_000),
)
SURROGATES = ("\ud800", "a\udfffb")
"""Lone, which only the escapes of JSON and the percent encoding can carry."""
TEXTS: tuple[str, ...] = (
    *(*CONTROL, *INVISIBLE, *ACCENTS, *SCRIPTS, *INJECTION, *NUMBERS, *TIMES, *WORDS, *SHAPES, *SURROGATES),
)
"""For every text in a body, every query parameter, path and header, each of which is cut to what can be sent there."""
OTHERS: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 1e308, HUGE, [], {}, [None], [[]], [{}], {"": ""}, {"$ne": None}, ["a"] * 300),
)
"""Of other types than a text, for every text in a body."""
TELLING: tuple[str, ...] = (
    *("a\x00b", "\u202egnort", "Tu\u0323 đie\u0323\u0302n", "\U0010ffff", "'; SELECT 1; --", "%(name)s", "{name}"),
    *("<script>alert(1)</script>", "\u2028", "a\nb", "((((((((", "9" * 400),
)
"""A few that stand for all, where each costs much."""
