"""What a firm's name says, and when two names are one."""

import pytest

from suppliers.duplicates.names import take_apart
from suppliers.duplicates.namesakes import likeness


def alike(one: str, other: str) -> float:
    return round(likeness(take_apart(one), take_apart(other)), 3)


@pytest.mark.parametrize(
    ("name", "own", "trades", "numbers"),
    [
        ("Công ty TNHH MTV Cơ khí Hoàng Long", ("hoang", "long"), {"mechanical"}, set()),
        ("CONG TY TNHH CO KHI HOANG LONG", ("hoang", "long"), {"mechanical"}, set()),
        ("Hoang Long Mechanical One Member Co., Ltd.", ("hoang", "long"), {"mechanical"}, set()),
        ("CTCP Thép Việt Nam số 2", (), {"steel", "vietnam"}, {"2"}),
        ("Sao Mai Unit14", ("sao", "mai"), set(), {"14"}),
        ("Sao Mai II", ("sao", "mai"), set(), {"2"}),
        ("Công ty Đường Biên Hòa", ("bien", "hoa"), {"sugar"}, set()),
        ("DUONG BIEN", ("duong", "bien"), set(), set()),
        ("Công ty TNHH Sao Mai - Xưởng B", ("sao", "mai"), set(), {"b"}),
        ("CTCP Sơn Hải Phòng", (), {"paint", "haiphong"}, set()),
        ("Công ty TNHH Minh Sơn", ("minh", "son"), set(), set()),
        ("Tổng Công ty Dệt may Nam Định", ("nam", "dinh"), {"textile", "garment"}, set()),
        ("Công ty TNHH H.T.C", ("htc",), set(), set()),
        ("Công ty TNHH In Hoàng Long", ("hoang", "long"), {"printing"}, set()),
        ("Công ty TNHH May Tinh Lợi", ("tinh", "loi"), {"garment"}, set()),
        ("Cty TNHH SX TM XNK Tân Tiến", ("tan", "tien"), {"production", "trade", "import_export"}, set()),
    ],
)
def test_a_name_is_its_own_words_its_trade_and_its_numbers(
    name: str, own: tuple[str, ...], trades: set[str], numbers: set[str]
) -> None:
    taken = take_apart(name)

    assert (taken.own, set(taken.trades), set(taken.numbers)) == (own, trades, numbers)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Công ty Cổ phần Cơ khí Chính xác Hoàng Long", "Hoang Long Precision Mechanical JSC"),
        ("CTCP Cao su Sao Vàng Đà Nẵng", "DANANG SAO VANG RUBBER JOINT STOCK COMPANY"),
        ("Công ty TNHH Đông Hải", "DongHai Co.,Ltd"),
        ("Hùng Vương Plastics", "HUNG VUONG PLASTIC"),
        ("Mai Linh (Private) Limited", "m ai li nh ( pr i v ate ) l i mi ted"),
        ("Công ty TNHH Hòa Quý", "Công ty TNHH Hoà Quí"),
        ("Công ty TNHH Hoàng Phát", "CONG TY TNHH HOANG PHAT"),
        ("CTCP Nhựa Bình Định", "BINH ĐINH PLASTIC JSC"),
        ("VinaShin Precision", "Công ty TNHH Vina Shin Precision"),
        ("Cty TNHH MTV 76", "CÔNG TY TNHH MỘT THÀNH VIÊN 76"),
        ("FOMECO - Pho Yen Mechanical JSC", "Công ty CP Cơ khí Phổ Yên"),
        ("Sumitomo Bakelite Vietnam (SBV)", "Công ty TNHH Sumitomo Bakelite Việt Nam"),
        ("CTCP Cơ điện Minh Hà", "Minh Ha Electromechanical JSC"),
        ("Crystal Textil", "Kristal Tekstil"),
        ("Công ty Đúc Đông Anh", "Dong Anh Foundry JSC"),
        ("Cơ khí Hải An (HA17)", "Hai An Mechanical Co., Ltd"),
    ],
)
def test_one_name_in_two_languages_or_spellings_is_wholly_alike(one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one) == 1.0


@pytest.mark.parametrize(
    ("one", "other", "most"),
    [
        ("Cơ khí số 2", "Cơ khí số 3", 0.0),
        ("May 10 - Chi nhánh 3", "May 10 - Chi nhánh 4", 0.0),
        ("Sao Mai (Xưởng A)", "Sao Mai (Xưởng B)", 0.0),
        ("Hoang Long Unit 4", "Hoang Long Unit 12", 0.0),
        ("Cơ khí Hoàng Long", "Cơ khí Minh Quang", 0.55),
        ("Vinh phuc textile company LTD", "Công ty TNHH Nhựa kỹ thuật Phúc Vinh", 0.48),
        ("Cơ khí Hoàng Long", "Cơ khí Long Hoàng", 0.6),
        ("Nhựa Hoàng Long", "Dệt Hoàng Long", 0.5),
        ("Công ty TNHH Thép An Phú", "Công ty TNHH Thép Thành Đạt", 0.55),
        ("Công ty TNHH Minh Tâm", "Công ty TNHH Minh Tân", 0.3),
        ("Công ty TNHH Nhựa Việt Hưng", "Công ty TNHH Nhựa Việt Hùng", 0.45),
        ("Công ty TNHH Tân Phát", "Công ty TNHH Tấn Phát", 0.3),
        ("Công ty TNHH Trường An", "Công ty TNHH Trường Ân", 0.4),
        ("Công ty TNHH ATC Việt Nam", "Công ty TNHH ATP Việt Nam", 0.2),
        ("Công ty TNHH Sản xuất Hoàng Gia", "Công ty TNHH Thương mại Hoàng Gia", 0.5),
        ("Bia Sài Gòn - Miền Tây", "Bia Sài Gòn - Miền Trung", 0.5),
        ("Daikin Việt Nam", "Daikin Hà Nội", 0.5),
        ("Irmaos Costa Malhas Lda", "Irmaos Sousa Malhas Lda", 0.5),
        ("Panasonic SDI Việt Nam", "Panasonic Display Việt Nam", 0.55),
        ("Cao su Thái Dương", "Cao su Thái Dương Hệ", 0.57),
        ("Tập đoàn Hanaka", "Cáp điện Hanaka", 0.5),
        ("Thương mại Hải Nam", "Khuôn mẫu Hải Nam", 0.5),
        ("Thép Nam Kim", "Ống thép Nam Kim", 0.5),
        ("Square Fashions Ltd", "Square Apparels Ltd", 0.5),
        ("Qingdao Xinyuan Garment Co Ltd", "Qingdao Xinyue Garments Co Ltd", 0.62),
        ("Erdem Tekstil Boya San A.S.", "Özerdem Boya Tekstil San A.S.", 0.53),
    ],
)
def test_other_firms_of_one_trade_are_not_alike(one: str, other: str, most: float) -> None:
    assert alike(one, other) <= most


def test_what_a_firm_of_any_trade_may_add_is_no_other_trade() -> None:
    assert alike("Hoàng Long Việt Nam", "Hoang Long Textile") == 0.8


def test_a_name_of_legal_forms_alone_is_like_no_other() -> None:
    assert alike("Công ty TNHH", "Company Limited") == 0.0


def test_initials_say_much_of_a_name_and_other_order_of_many_words_little() -> None:
    assert alike("CTCP Dược Hậu Giang", "DHG Pharmaceutical JSC") == 0.84
    assert alike("CTCP Thép Thủ Đức - Posco", "Posco - Thu Duc Steel JSC") == 0.92
