"""Words of a purchaser's text that say nothing by themselves, folded."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NOT_TELLING = _words(
    """
    a an the and or of for to in on at by from with without within as is are be was will shall must should may can could
    we i you our us your they them it its this that these those there here need needs needed want wants looking look
    require requires required request supplier suppliers vendor vendors manufacturer manufacturers partner company
    find seek seeking please who which capable able ability have has having not no any all each every other also
    about approximately approx around up least most more less than per month year week day monthly annual annually
    order orders quantity quantities volume delivery deliver delivered time lead price quote quotation rfq project new
    part parts piece pieces pcs product products component components made make making manufacture manufactured
    material materials tolerance size dimension dimensions weight mass length width height surface finish quality
    certificate certified certification standard standards plus preferred preferably prefer advantage nice if possible
    must max min maximum minimum nda

    toi chung ta minh can tim muon mua dat hang nha cung cap don vi cong ty doi tac doanh nghiep co the la va hoac cua
    cho tu den tai o trong ngoai tren duoi voi khong chua duoc phai yeu cau nen se dang da cac nhung mot moi thang nam
    tuan ngay quy so luong san nhu giao nhan thoi gian tien do gia bao gom theo ban ve kem chat vat lieu dung sai kich
    thuoc khoi be mat nham chung chi tieu chuan uu neu loi them khoang thieu da it nhat nhieu hon tiet pham cai chiec
    bo linh kien phoi nay xin vui long gui ai lam rat tot du nang luc kha
    """
)
