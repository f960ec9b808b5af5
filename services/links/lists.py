"""Lists of names on the web, as of November 2026. They are not complete, and are added to."""

from __future__ import annotations


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


TRACKING_PREFIXES = ("utm_", "mtm_", "pk_campaign", "pk_kwd", "pk_source", "pk_medium")
"""Beginnings of parameters that only say where a visitor came from: Google's and others' `utm_`, Matomo's."""

TRACKING_PARAMETERS = _names(
    """
    fbclid fb_action_ids fb_action_types fb_ref fb_source mibextid igsh igshid
    gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid srsltid _ga _gl
    msclkid zarsrc zanpid ttclid twclid li_fat_id rdt_cid epik scclid
    yclid ysclid _openstat mc_cid mc_eid mkt_tok
    _hsenc _hsmi __hssc __hstc __hsfp hsctatracking
    oly_anon_id oly_enc_id vero_id vero_conv wickedid s_kwcid ef_id
    """
)
"""Parameters that only follow a visitor, in lower case: of Facebook, Google, Microsoft, Zalo, TikTok, mail senders, ...

None of them can tell one product from another, so short or common names (`ref`, `src`, `id`, `cid`) are left out.
"""

SHORTENERS = _names(
    """
    bit.ly bitly.com bitly.is bitly.lc bityl.co j.mp bl.ink tinyurl.com tiny.cc tiny.one tinylink.net is.gd v.gd
    t.co goo.gl goo.su ow.ly ht.ly owl.li buff.ly cutt.ly cutt.us rebrand.ly rb.gy shorturl.at shorturl.asia
    shorturl.com shorten.asia short.gy t.ly s.id qr.ae qr.net qrco.de qrs.ly dub.sh da.gd bom.so adf.ly ouo.io
    ouo.press exe.io bc.vc linkjust.com lnkd.in linkd.in fb.me on.fb.me m.me youtu.be t.me wa.me amzn.to lin.ee
    reurl.cc lihi.cc lihi1.cc pse.is ppt.cc u.to clck.ru vk.cc kutt.it snip.ly soc.cr smarturl.it geni.us t2m.io
    url.ie urlz.fr x.gd 2.gp y2u.be shope.ee shp.ee lzd.co forms.gle g.co aka.ms b.link hyperurl.co link.ac migre.me
    mz.cm n9.cl rotf.lol tny.im ulvis.net u.nu vo.la w.wiki yourls.org zws.im iplogger.org iplogger.com s.net.vn
    by.com.vn ti.ki s.shopee.vn s.lazada.vn vt.tiktok.com vm.tiktok.com
    """
)
"""Services whose addresses forward to another one and do not show it: the most used, and those met in Vietnam."""

SHARED_HOSTS = _names(
    """
    facebook.com fb.com fb.watch messenger.com instagram.com threads.net tiktok.com youtube.com twitter.com x.com
    linkedin.com pinterest.com zalo.me oa.zalo.me chat.zalo.me telegram.org linktr.ee beacons.ai
    shopee.vn lazada.vn tiki.vn sendo.vn alibaba.com amazon.com ebay.com etsy.com
    google.com drive.google.com docs.google.com sites.google.com maps.google.com maps.app.goo.gl g.page
    dropbox.com onedrive.live.com 1drv.ms notion.site canva.com canva.site medium.com wordpress.com
    """
)
"""Sites on which anybody may have a page: that one page belongs to a producer says nothing about the others."""

LOCAL_SUFFIXES = tuple(
    f".{name}" for name in _names("local localhost localdomain internal intranet private corp home lan home.arpa")
)
"""Suffixes of names that mean a different machine in each network (RFC 6761, RFC 6762 appendix G, RFC 8375, ICANN)."""

STATE_SUFFIXES = frozenset({"gov.vn"})
"""Suffixes under which only state bodies get a name, so that no name there is a lookalike."""

PLACES = _names(
    """
    angiang bacgiang backan baclieu bacninh baria vungtau bentre binhdinh binhduong binhphuoc binhthuan camau cantho
    caobang daklak daknong danang dienbien dongnai dongthap gialai hagiang haiduong haiphong hanam hanoi hatinh haugiang
    hoabinh hochiminh hungyen khanhhoa kiengiang kontum laichau lamdong langson laocai longan namdinh nghean
    ninhbinh ninhthuan phutho phuyen quangbinh quangnam quangngai quangninh quangtri saigon soctrang sonla tayninh
    thaibinh thainguyen thanhhoa tiengiang travinh tuyenquang vinhlong vinhphuc yenbai
    halong mongcai campha uongbi dongtrieu quangyen vandon tienyen damha haiha bache binhlieu coto
    """
)
"""Provinces and, for Quảng Ninh, the former 13 units: a name with another place in it is another name, not a slip."""
