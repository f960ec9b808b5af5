"""Names of hosts to measure the warnings of links with: known ones, ordinary ones, and lookalikes made by rule."""

from __future__ import annotations

import random
from collections.abc import Callable

KNOWN = (
    "check.net.vn",
    "truyxuat.example",
    "idocop.example",
    "ocopquangninh.vn",
    "ocop.quangninh.vn",
    "traxanh-bache.vn",
    "ruoubanlieu.com.vn",
    "chamuc-halong.vn",
    "htxhoanui.com.vn",
    "matongrung.vn",
    "nuocmamcaibau.vn",
    "miendong-binhlieu.vn",
    "garung-tienyen.com",
    "sanphamsach.net.vn",
    "langnghe.org.vn",
)
"""Fictional: a register's domains and its producers' shops."""

_ORDINARY = """
vnexpress.net tuoitre.vn thanhnien.vn dantri.com.vn vietnamnet.vn vietnamnews.vn nhandan.vn vtv.vn vov.vn vtc.vn
laodong.vn tienphong.vn zingnews.vn znews.vn kenh14.vn cafef.vn cafebiz.vn soha.vn 24h.com.vn afamily.vn genk.vn
baomoi.com nld.com.vn plo.vn sggp.org.vn hanoimoi.vn vneconomy.vn vietnamplus.vn qdnd.vn cand.com.vn congan.com.vn
baochinhphu.vn chinhphu.vn quochoi.vn baophapluat.vn phunuvietnam.vn giadinh.net.vn suckhoedoisong.vn baoxaydung.vn
congthuong.vn moit.gov.vn mard.gov.vn most.gov.vn moh.gov.vn monre.gov.vn mic.gov.vn mof.gov.vn sbv.gov.vn gso.gov.vn
vbpl.vn dichvucong.gov.vn quangninh.gov.vn quangbinh.gov.vn quangnam.gov.vn quangtri.gov.vn quangngai.gov.vn
hanoi.gov.vn haiphong.gov.vn haiduong.gov.vn thaibinh.gov.vn ninhbinh.gov.vn hoabinh.gov.vn binhdinh.gov.vn
namdinh.gov.vn binhthuan.gov.vn ninhthuan.gov.vn bacninh.gov.vn bacgiang.gov.vn hagiang.gov.vn angiang.gov.vn
kiengiang.gov.vn haugiang.gov.vn tiengiang.gov.vn baoquangninh.vn baoquangbinh.vn baoquangnam.vn baoquangtri.vn
baohaiphong.vn baohaiduong.vn baobacninh.com.vn baobacgiang.vn baothaibinh.com.vn baoninhbinh.org.vn baonghean.vn
baohatinh.vn baothanhhoa.vn baodanang.vn baobinhdinh.vn baolamdong.vn baocantho.com.vn baodongnai.com.vn
baobinhduong.vn vietcombank.com.vn vietinbank.vn bidv.com.vn agribank.com.vn techcombank.com mbbank.com.vn acb.com.vn
vpbank.com.vn tpb.vn sacombank.com.vn hdbank.com.vn vib.com.vn shb.com.vn ocb.com.vn msb.com.vn seabank.com.vn
eximbank.com.vn lpbank.com.vn abbank.vn namabank.com.vn vietbank.com.vn vietabank.com.vn bacabank.com.vn
pvcombank.com.vn ncb-bank.vn saigonbank.com.vn kienlongbank.com baovietbank.vn dongabank.com.vn cbbank.vn oceanbank.vn
gpbank.com.vn vnpay.vn momo.vn zalopay.vn viettelmoney.vn shopeepay.vn payoo.vn vnpt.com.vn vnpt.vn viettel.com.vn
viettel.vn mobifone.vn vinaphone.com.vn vietnamobile.com.vn fpt.com fpt.vn fptshop.com.vn fptplay.vn fpt.edu.vn
cmc.com.vn misa.vn misa.com.vn bkav.com.vn bkav.com vng.com.vn vnptpay.vn vinaid.vn zalo.me sapo.vn haravan.com
kiotviet.vn nhanh.vn matbao.net pavietnam.vn tenten.vn inet.vn nhanhoa.com azdigi.com vnnic.vn tenmien.vn dot.vn
shopee.vn lazada.vn tiki.vn sendo.vn voso.vn postmart.vn buudien.vn chotot.com cellphones.com.vn thegioididong.com
dienmayxanh.com bachhoaxanh.com nguyenkim.com mediamart.vn hoanghamobile.com hacom.vn phongvu.vn gearvn.com
anphatpc.com.vn winmart.vn coopmart.vn co-opmart.com.vn bigc.vn go-vietnam.vn lottemart.vn aeon.com.vn emart.com.vn
mmvietnam.com vinmec.com medlatec.vn pharmacity.vn nhathuoclongchau.com.vn ankhang.vn medigo.vn hellobacsi.com
youmed.vn vinamilk.com.vn vinamit.com.vn thmilk.vn dalatmilk.vn mocchaumilk.com vissan.com.vn masangroup.com
acecookvietnam.vn trungnguyenlegend.com highlandscoffee.com.vn thecoffeehouse.com phuclong.com.vn kido.vn
bibica.com.vn haihaco.com.vn huunghi.com.vn sabeco.com.vn habeco.com.vn halico.com.vn cholimexfood.com.vn namngu.vn
chinsu.vn vietnamairlines.com vietjetair.com bambooairways.com vietravel.com saigontourist.net ivivu.com mytour.vn
traveloka.com vexere.com dsvn.vn grab.com be.com.vn xanhsm.com ahamove.com giaohangnhanh.vn giaohangtietkiem.vn ghn.vn
ghtk.vn vnpost.vn viettelpost.com.vn jtexpress.vn ninjavan.co bestexpress.vn ems.com.vn hust.edu.vn vnu.edu.vn
hcmut.edu.vn ueh.edu.vn neu.edu.vn ftu.edu.vn ctu.edu.vn hueuni.edu.vn tdtu.edu.vn uit.edu.vn evn.com.vn pvn.vn
pvoil.com.vn petrolimex.com.vn vinacomin.vn vingroup.net vinhomes.vn vinfastauto.com vinpearl.com sungroup.com.vn
novaland.com.vn batdongsan.com.vn muaban.net alonhadat.com.vn nhatot.com topcv.vn vietnamworks.com careerlink.vn
timviec365.vn itviec.com jobsgo.vn tinhte.vn voz.vn webtretho.com lamchame.com otofun.net otosaigon.com google.com
google.com.vn youtube.com facebook.com instagram.com tiktok.com wikipedia.org microsoft.com apple.com amazon.com
icheck.vn vntrace.vn agritrade.vn ocop.gov.vn ocopvietnam.com.vn nongsanviet.vn nongsansach.vn sannongsan.vn
langngheviet.com.vn dacsanvungmien.vn dacsanquangninh.vn quatangocop.vn chuoicungung.vn nongthonmoi.net
truyxuatnguongoc.vn traceverified.com tefood.vn checkvn.com.vn hangthat.vn chongangia.vn qrcode.com.vn smartcheck.vn
"""
ORDINARY = tuple(_ORDINARY.split())
"""Well-known or ordinary names in Vietnam, none of which is a lookalike of another but by the same owner's will."""

RULES: dict[str, Callable[[str, random.Random], str]] = {}
"""How lookalikes are made of a registrable domain."""

_CYRILLIC = dict(zip("aceopxysijhkmtw", "асеорхуѕіјһкмтш", strict=True))
_GREEK = dict(zip("aiknopuvtw", "αικηορυντω", strict=True))
_MARKED = {"a": "áàạăâ", "e": "éẹê", "i": "íịĩ", "o": "óọộơô", "u": "úụư", "y": "ýỵ", "d": "đ", "c": "ç", "h": "ḥ"}
_BESIDE = {
    letter: "".join(row[max(0, index - 1) : index] + row[index + 1 : index + 2])
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for index, letter in enumerate(row)
}
_OTHER_SUFFIXES = ("com", "vn", "com.vn", "net", "org", "shop", "info", "xyz", "top", "id.vn", "io.vn", "store")


def _rule(make: Callable[[str, random.Random], str]) -> Callable[[str, random.Random], str]:
    RULES[make.__name__.replace("_", " ")] = make
    return make


def _parted(domain: str) -> tuple[str, str]:
    label, _, suffix = domain.partition(".")
    return label, suffix


def _one_replaced(label: str, by: dict[str, str], rng: random.Random) -> str:
    spots = [index for index, letter in enumerate(label) if letter in by]
    if not spots:
        return label
    index = rng.choice(spots)
    return label[:index] + rng.choice(by[label[index]]) + label[index + 1 :]


@_rule
def a_letter_of_another_script(domain: str, rng: random.Random) -> str:
    label, suffix = _parted(domain)
    return f"{_one_replaced(label, rng.choice([_CYRILLIC, _GREEK]), rng)}.{suffix}"


@_rule
def all_letters_of_another_script(domain: str, _rng: random.Random) -> str:
    label, suffix = _parted(domain)
    return f"{''.join(_CYRILLIC.get(letter, letter) for letter in label)}.{suffix}"


@_rule
def a_mark_on_a_letter(domain: str, rng: random.Random) -> str:
    label, suffix = _parted(domain)
    return f"{_one_replaced(label, _MARKED, rng)}.{suffix}"


@_rule
def a_digit_for_a_letter(domain: str, rng: random.Random) -> str:
    label, suffix = _parted(domain)
    return f"{_one_replaced(label, {'o': '0', 'i': '1l', 'l': '1i', 's': '5'}, rng)}.{suffix}"


@_rule
def two_letters_for_one(domain: str, rng: random.Random) -> str:
    label, suffix = _parted(domain)
    pairs = [(one, two) for one, two in (("m", "rn"), ("w", "vv"), ("d", "cl")) if one in label]
    return f"{label.replace(*rng.choice(pairs), 1)}.{suffix}" if pairs else domain


@_rule
def a_letter_left_out(domain: str, rng: random.Random) -> str:
    label, suffix = _parted(domain)
    index = rng.randrange(1, len(label))
    return f"{label[:index]}{label[index + 1 :]}.{suffix}"


@_rule
def a_letter_doubled(domain: str, rng: random.Random) -> str:
    label, suffix = _parted(domain)
    index = rng.randrange(len(label))
    return f"{label[:index]}{label[index]}{label[index:]}.{suffix}"


@_rule
def two_letters_swapped(domain: str, rng: random.Random) -> str:
    label, suffix = _parted(domain)
    index = rng.randrange(len(label) - 1)
    return f"{label[:index]}{label[index + 1]}{label[index]}{label[index + 2 :]}.{suffix}"


@_rule
def the_key_beside(domain: str, rng: random.Random) -> str:
    label, suffix = _parted(domain)
    return f"{_one_replaced(label, _BESIDE, rng)}.{suffix}"


@_rule
def another_suffix(domain: str, rng: random.Random) -> str:
    label, suffix = _parted(domain)
    return f"{label}.{rng.choice([other for other in _OTHER_SUFFIXES if other != suffix])}"


@_rule
def below_another_domain(domain: str, rng: random.Random) -> str:
    return f"{domain}.{rng.choice(['tra-cuu', 'kiemtra', 'qrcode', 'a1b2'])}.{rng.choice(_OTHER_SUFFIXES)}"


@_rule
def dots_as_hyphens(domain: str, rng: random.Random) -> str:
    return f"{domain.replace('.', '-')}.{rng.choice(_OTHER_SUFFIXES)}"


@_rule
def run_together(domain: str, rng: random.Random) -> str:
    return rng.choice([f"www{domain}", f"{domain.replace('.', '')}.{rng.choice(_OTHER_SUFFIXES)}"])


def lookalikes(domain: str, rng: random.Random) -> list[tuple[str, str]]:
    """One lookalike of a registrable domain by each rule that has something to change in it, with the rule."""
    made = [(rule, make(domain, rng)) for rule, make in RULES.items()]
    return [(rule, name) for rule, name in made if name != domain and not name.startswith((".", "-"))]
