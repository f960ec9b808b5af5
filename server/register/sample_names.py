"""The words of the sample register: products as Quảng Ninh has them, and producers' names that nobody has."""
# ruff: noqa: E501 - one row of the table a line

from __future__ import annotations

from dataclasses import dataclass

ALL = (
    "ha-long", "mong-cai", "cam-pha", "uong-bi", "dong-trieu", "quang-yen", "van-don", "tien-yen", "dam-ha", "hai-ha",
    "ba-che", "binh-lieu", "co-to",
)  # fmt: skip


@dataclass(frozen=True)
class Family:
    """A kind of product: its group, its trade, its name, the former units it comes from, the forms it is sold in.

    `name` may say where the form goes (`Tinh dầu {form} {place}`); else the place follows it, then the form.
    """

    group: str
    trade: str
    name: str
    units: tuple[str, ...]
    forms: tuple[str, ...]

    @property
    def stem(self) -> str:
        """The name without the form and the place."""
        return self.name.replace("{form}", "").replace("{place}", "").strip()

    def on_label(self, place: str, form: str) -> tuple[str, str]:
        """What stands largest on the pack, and the line below it."""
        if "{" not in self.name:
            return self.name, f"{place} · {form}"
        return " ".join(self.name.format(place="", form=form).split()), place

    def product_name(self, place: str, form: str) -> str:
        """The product's whole name."""
        template = self.name if "{" in self.name else self.name + " {place} {form}"
        return template.format(place=place, form=form)


FAMILIES = (
    # Seafood
    Family("thuc_pham", "hai_san", "Chả mực", ("ha-long", "cam-pha", "van-don"), ("giã tay", "giòn", "hộp 500 g", "thượng hạng")),
    Family("thuc_pham", "hai_san", "Chả cá {form} {place}", ("ha-long", "quang-yen", "co-to"), ("thu", "nhồng", "mối")),
    Family("thuc_pham", "hai_san", "Ruốc hàu", ("van-don", "ha-long", "quang-yen"), ("hũ 150 g", "vị cay", "rong biển")),
    Family("thuc_pham", "hai_san", "Ruốc tôm", ("ha-long", "quang-yen", "dam-ha", "mong-cai"), ("hũ 200 g", "không cay")),
    Family("thuc_pham", "hai_san", "Ruốc bề bề", ("ha-long", "cam-pha", "van-don"), ("hũ 150 g", "vị tỏi")),
    Family("thuc_pham", "hai_san", "Hàu sữa", ("van-don", "quang-yen"), ("tách vỏ cấp đông", "hun khói", "sấy giòn")),
    Family("thuc_pham", "hai_san", "Sá sùng khô", ("van-don", "mong-cai", "dam-ha"), ("loại 1", "gói 100 g")),
    Family("thuc_pham", "hai_san", "Mực khô", ("co-to", "van-don", "cam-pha"), ("một nắng", "câu", "xé tẩm")),
    Family("thuc_pham", "hai_san", "Cá thu một nắng", ("co-to", "van-don", "mong-cai"), ("cắt khúc", "nguyên con")),
    Family("thuc_pham", "hai_san", "Nước mắm", ("van-don", "quang-yen", "mong-cai", "co-to"), ("cá nhâm", "40 độ đạm", "sá sùng", "cốt truyền thống")),
    Family("thuc_pham", "hai_san", "Mắm tép", ("quang-yen", "dong-trieu", "tien-yen"), ("chưng thịt", "hũ 300 g")),
    Family("thuc_pham", "hai_san", "Sứa ăn liền", ("co-to", "quang-yen"), ("vị chua cay", "gói 400 g")),
    Family("thuc_pham", "hai_san", "Ngán", ("ha-long", "quang-yen"), ("hấp đông lạnh", "tươi sống")),
    Family("thuc_pham", "hai_san", "Cua biển {form} {place}", ("mong-cai", "quang-yen", "tien-yen"), ("gạch", "thịt")),
    Family("thuc_pham", "hai_san", "Tôm thẻ chân trắng", ("dam-ha", "mong-cai", "hai-ha"), ("cấp đông", "bóc nõn")),
    # Noodles, rice, cakes
    Family("thuc_pham", "bun_banh", "Miến dong", ("binh-lieu", "ba-che", "tien-yen"), ("sợi nhỏ", "gói 500 g", "không tẩm màu", "củ dong riềng đỏ")),
    Family("thuc_pham", "bun_banh", "Bánh gật gù", ("tien-yen",), ("khô", "tươi")),
    Family("thuc_pham", "bun_banh", "Bánh gio", ("quang-yen", "uong-bi", "dong-trieu"), ("mật mía", "truyền thống")),
    Family("thuc_pham", "bun_banh", "Bánh coóc mò", ("tien-yen", "binh-lieu", "ba-che"), ("lá dong", "nhân lạc")),
    Family("thuc_pham", "bun_banh", "Gạo nếp cái hoa vàng", ("dong-trieu", "uong-bi"), ("túi 2 kg", "túi 5 kg")),
    Family("thuc_pham", "bun_banh", "Gạo Bao thai", ("hai-ha", "dam-ha", "binh-lieu"), ("túi 5 kg", "túi 10 kg")),
    Family("thuc_pham", "bun_banh", "Bún ngũ sắc", ("ha-long", "uong-bi"), ("gói 400 g", "rau củ")),
    # Meat, eggs, honey
    Family("thuc_pham", "chan_nuoi", "Gà đồi", ("tien-yen", "dam-ha", "hai-ha"), ("nguyên con làm sạch", "ủ muối", "hun khói")),
    Family("thuc_pham", "chan_nuoi", "Trứng vịt biển", ("tien-yen", "quang-yen", "mong-cai"), ("hộp 10 quả", "muối")),
    Family("thuc_pham", "chan_nuoi", "Trứng gà", ("dong-trieu", "uong-bi", "tien-yen"), ("hộp 10 quả", "thảo mộc")),
    Family("thuc_pham", "chan_nuoi", "{form} lợn {place}", ("mong-cai", "dam-ha"), ("Giò lụa", "Lạp xưởng", "Thịt chua")),
    Family("thuc_pham", "chan_nuoi", "Thịt trâu gác bếp", ("binh-lieu", "ba-che"), ("gói 300 g", "vị mắc khén")),
    Family("thuc_pham", "mat_ong", "Mật ong", ALL[:-1], ("hoa rừng", "sú vẹt", "hoa vải")),
    # Vegetables and fruit
    Family("thuc_pham", "rau_qua", "Khoai lang {form} {place}", ("hai-ha", "dam-ha", "quang-yen"), ("sấy dẻo", "tươi", "mật")),
    Family("thuc_pham", "rau_qua", "Khoai sọ", ("dong-trieu", "ba-che"), ("túi 2 kg", "tươi")),
    Family("thuc_pham", "rau_qua", "Măng {form} {place}", ("ba-che", "binh-lieu", "uong-bi", "tien-yen"), ("khô", "trúc muối", "mai ngâm ớt")),
    Family("thuc_pham", "rau_qua", "Nấm {form} {place}", ("uong-bi", "dong-trieu", "ha-long", "binh-lieu"), ("linh chi sấy", "hương rừng khô", "sò tươi")),
    Family("thuc_pham", "rau_qua", "Na dai", ("dong-trieu",), ("hộp 3 kg", "loại 1")),
    Family("thuc_pham", "rau_qua", "Vải chín sớm {form} {place}", ("uong-bi",), ("Phương Nam", "sấy khô")),
    Family("thuc_pham", "rau_qua", "Cam {form} {place}", ("van-don", "ha-long"), ("Bản Sen", "sành")),
    Family("thuc_pham", "rau_qua", "Ổi {form} {place}", ("ha-long", "quang-yen"), ("lê", "không hạt")),
    Family("thuc_pham", "rau_qua", "Thanh long ruột đỏ", ("uong-bi", "ha-long"), ("tươi", "sấy dẻo")),
    Family("thuc_pham", "rau_qua", "Rau an toàn {form} {place}", ("quang-yen", "dong-trieu", "ha-long"), ("cải ngồng", "theo mùa")),
    Family("thuc_pham", "rau_qua", "Hồi khô", ("binh-lieu",), ("gói 100 g", "nguyên cánh")),
    # Drinks
    Family("do_uong", "tra", "Trà hoa vàng", ("ba-che", "hai-ha", "dam-ha", "tien-yen"), ("hoa sấy thăng hoa", "túi lọc", "nụ sấy", "lá")),
    Family("do_uong", "tra", "Chè {form} {place}", ("hai-ha", "binh-lieu", "uong-bi"), ("Ngọc Thúy", "xanh Đường Hoa", "dây")),
    Family("do_uong", "tra", "Trà vối {form} {place}", ("quang-yen", "uong-bi"), ("nụ", "túi lọc")),
    Family("do_uong", "tra", "Trà thảo mộc {form} {place}", ("uong-bi", "ha-long", "ba-che"), ("cà gai leo", "xạ đen", "giảo cổ lam")),
    Family("do_uong", "ruou", "Rượu ba kích", ("ba-che", "uong-bi", "ha-long", "cam-pha", "tien-yen"), ("tím", "trắng", "hạ thổ")),
    Family("do_uong", "ruou", "Rượu mơ {form} {place}", ("uong-bi", "dong-trieu"), ("Yên Tử", "ngâm lâu năm")),
    Family("do_uong", "ruou", "Rượu nếp", ("ha-long", "dong-trieu", "binh-lieu", "quang-yen"), ("men lá", "cái hoa vàng")),
    Family("do_uong", "ruou", "Rượu sim", ("van-don", "co-to", "cam-pha"), ("rừng", "hộp quà")),
    Family("do_uong", "nuoc", "Nước khoáng", ("cam-pha",), ("đóng chai", "có ga")),
    Family("do_uong", "nuoc", "Sữa tươi thanh trùng", ("dong-trieu",), ("chai 500 ml", "không đường")),
    # Herbs
    Family("duoc_lieu", "duoc_lieu", "Ba kích tím khô", ("ba-che", "hai-ha", "tien-yen"), ("gói 500 g", "bỏ lõi")),
    Family("duoc_lieu", "duoc_lieu", "Cao {form} {place}", ("uong-bi", "ba-che", "binh-lieu"), ("cà gai leo", "ba kích", "sâm cau")),
    Family("duoc_lieu", "duoc_lieu", "Sâm cau", ("binh-lieu", "hai-ha"), ("khô", "ngâm mật ong")),
    Family("duoc_lieu", "duoc_lieu", "Tinh dầu {form} {place}", ("binh-lieu", "ba-che", "uong-bi", "dam-ha"), ("hồi", "quế", "sả", "tràm")),
    Family("duoc_lieu", "duoc_lieu", "Tinh bột nghệ", ("dong-trieu", "hai-ha", "ha-long"), ("vàng", "viên mật ong")),
    Family("duoc_lieu", "duoc_lieu", "Đông trùng hạ thảo", ("ha-long", "cam-pha", "uong-bi"), ("sấy thăng hoa", "ngâm mật ong")),
    Family("duoc_lieu", "duoc_lieu", "Viên hàu", ("van-don",), ("hộp 60 viên", "hộp 120 viên")),
    # Crafts
    Family("thu_cong_my_nghe", "thu_cong", "Gốm sứ", ("dong-trieu",), ("ấm chén men lam", "bình hoa vẽ tay", "bát đĩa")),
    Family("thu_cong_my_nghe", "thu_cong", "Ngọc trai", ("ha-long", "van-don"), ("vòng cổ", "hoa tai", "nhẫn")),
    Family("thu_cong_my_nghe", "thu_cong", "Than đá mỹ nghệ {form} {place}", ("ha-long", "cam-pha"), ("tượng nhỏ", "tranh khắc")),
    Family("thu_cong_my_nghe", "thu_cong", "Thuyền nan mỹ nghệ", ("quang-yen",), ("cỡ nhỏ", "lưu niệm")),
    Family("thu_cong_my_nghe", "thu_cong", "Thổ cẩm", ("binh-lieu", "ba-che"), ("túi thêu Dao", "khăn Sán Chỉ")),
    # Plants, places to go
    Family("sinh_vat_canh", "cay_canh", "Mai vàng", ("uong-bi",), ("chậu", "bonsai")),
    Family("sinh_vat_canh", "cay_canh", "Hoa đào {form} {place}", ("dong-trieu", "ha-long"), ("cành", "chậu")),
    Family("sinh_vat_canh", "cay_canh", "Lan hồ điệp", ("ha-long", "dong-trieu"), ("chậu 3 cành", "chậu 5 cành")),
    Family("du_lich", "du_lich", "Du lịch cộng đồng", ("binh-lieu", "ha-long", "co-to", "van-don"), ("nghỉ tại nhà dân", "một ngày làm nông dân")),
    Family("du_lich", "du_lich", "Điểm du lịch sinh thái", ("quang-yen", "dong-trieu", "mong-cai"), ("vườn quả", "rừng ngập mặn")),
)  # fmt: skip

# Two syllables make a plausible name that belongs to nobody we know.
FIRST = (
    "An", "Bảo", "Cát", "Diên", "Đại", "Gia", "Hải", "Hoàng", "Khánh", "Kim", "Lam", "Linh", "Minh", "Nam", "Ngân", "Phúc",
    "Quỳnh", "Sơn", "Tân", "Thiên", "Thuận", "Trúc", "Vân", "Xuân",
)  # fmt: skip
LAST = (
    "Biển", "Châu", "Duyên", "Đông", "Hà", "Hưng", "Khê", "Lạc", "Long", "Lộc", "Mai", "Nguyên", "Phát", "Quang", "Sen",
    "Thành", "Thịnh", "Tiến", "Tùng", "Vượng", "Yên",
)  # fmt: skip
KINDS = {
    "hai_san": ("HTX Thủy sản", "Công ty TNHH Hải sản", "Hộ kinh doanh", "Công ty TNHH Chế biến"),
    "bun_banh": ("HTX Nông nghiệp", "Hộ kinh doanh", "Công ty TNHH Thực phẩm"),
    "chan_nuoi": ("HTX Chăn nuôi", "Công ty TNHH Nông sản", "Hộ kinh doanh"),
    "mat_ong": ("HTX Ong mật", "Hộ kinh doanh"),
    "rau_qua": ("HTX Dịch vụ nông nghiệp", "Công ty TNHH Nông nghiệp sạch", "Hộ kinh doanh"),
    "tra": ("HTX Chè", "Công ty TNHH Trà", "Hộ kinh doanh"),
    "ruou": ("Công ty TNHH Rượu", "HTX Nông lâm", "Hộ kinh doanh"),
    "nuoc": ("Công ty TNHH Đồ uống", "Công ty CP"),
    "duoc_lieu": ("HTX Dược liệu", "Công ty TNHH Dược thảo", "Hộ kinh doanh"),
    "thu_cong": ("Công ty TNHH Mỹ nghệ", "Hộ kinh doanh", "HTX Làng nghề"),
    "cay_canh": ("HTX Hoa cây cảnh", "Hộ kinh doanh"),
    "du_lich": ("HTX Du lịch cộng đồng", "Công ty TNHH Du lịch"),
}
# In Vietnamese and in English.
WITHDRAWN_REASONS = (
    ("Chủ thể ngừng sản xuất sản phẩm", "The producer has stopped making this product"),
    ("Không duy trì điều kiện an toàn thực phẩm", "Food safety conditions were not maintained"),
    ("Chủ thể đề nghị thu hồi", "The producer asked for the withdrawal"),
    ("Nhãn không đúng hồ sơ đã được đánh giá", "The label differs from the dossier that was graded"),
)
