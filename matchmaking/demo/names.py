"""Names and tax codes that no real firm has."""

from random import Random

from taxonomy.text import fold

FIRST_SERIAL = 990_000
FIRST_WORDS = (
    "An",
    "Bình",
    "Cường",
    "Đại",
    "Đông",
    "Gia",
    "Hải",
    "Hoàng",
    "Hùng",
    "Hưng",
    "Khang",
    "Kim",
    "Long",
    "Minh",
    "Nam",
    "Phú",
    "Phúc",
    "Quang",
    "Sao",
    "Tân",
    "Thái",
    "Thành",
    "Thiên",
    "Thịnh",
    "Tiến",
    "Toàn",
    "Trường",
    "Việt",
    "Vĩnh",
    "Xuân",
)
SECOND_WORDS = (
    "Phát",
    "Thịnh",
    "Long",
    "Hưng",
    "Cường",
    "Việt",
    "Minh",
    "Sơn",
    "Hà",
    "Đạt",
    "Lợi",
    "Quân",
    "Vinh",
    "Tâm",
    "An",
    "Thành",
    "Khánh",
    "Bảo",
    "Dương",
    "Nam",
    "Châu",
    "Hòa",
    "Linh",
    "Ngọc",
    "Phong",
    "Quý",
    "Tùng",
    "Anh",
    "Đức",
    "Giang",
)
FORMS = ("Công ty TNHH", "Công ty Cổ phần", "Công ty TNHH MTV", "Công ty TNHH Sản xuất và Thương mại")


def firm_names(number: int, word_vi: str, word_en: str, chance: Random) -> tuple[str, str]:
    """The legal and the trade name of the firm of that number, different for every number; numbered from 900 on."""
    round_, pair = divmod(number, len(FIRST_WORDS) * len(SECOND_WORDS))
    first, second = FIRST_WORDS[pair % len(FIRST_WORDS)], SECOND_WORDS[pair // len(FIRST_WORDS)]
    mark = f"{round_ + 1} (demo)" if round_ else "(demo)"
    legal = f"{chance.choice(FORMS)} {word_vi} {first} {second} {mark}"
    return legal, f"{fold(first).capitalize()} {fold(second).capitalize()} {word_en} {mark}"


def demo_tax_code(number: int) -> str:
    """A tax code that begins with 99, which no real firm's does, with a right check digit."""
    body = FIRST_SERIAL * 1000 + number * 10
    while (check := _check_digit(f"{body:09d}")) is None:
        body += 1
    return f"{body:09d}{check}"


def _check_digit(body: str) -> int | None:
    weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
    check = 10 - sum(weight * int(digit) for weight, digit in zip(weights, body, strict=True)) % 11
    return check if check < 10 else None
