"""Markets and shops that do not exist, in communes that do, with roughly where those are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SamplePlace:
    """A place as inspectors write it: kind, name, stall with its commune, and degrees (WGS 84)."""

    kind: str
    name: str
    address: str
    lat: float
    lon: float


PLACES = (
    SamplePlace("market", "Chợ Cửa Sông", "Dãy B, sạp 12, phường Hồng Gai", 20.951, 107.079),
    SamplePlace("market", "Chợ Bến Đò Mới", "Khu hải sản, sạp 4, phường Cẩm Phả", 21.012, 107.288),
    SamplePlace("shop", "Cửa hàng Sóng Biếc", "Tổ 3, khu 5, phường Bãi Cháy", 20.957, 107.041),
    SamplePlace("market", "Chợ Đồi Thông", "Dãy A, sạp 31, phường Uông Bí", 21.034, 106.771),
    SamplePlace("market", "Chợ Ngã Ba Sim", "Sạp 8, phường Mạo Khê", 21.058, 106.604),
    SamplePlace("shop", "Siêu thị mini Hoa Ban", "Tổ 1, khu 2, phường Quảng Yên", 20.941, 106.801),
    SamplePlace("warehouse", "Kho lạnh Mũi Thuyền", "Thôn 2, đặc khu Vân Đồn", 21.071, 107.419),
    SamplePlace("fair", "Hội chợ Mùa Vàng", "Gian 17, phường Hạ Long", 20.953, 107.121),
    SamplePlace("market", "Chợ Phiên Rừng Hồi", "Sạp 5, xã Bình Liêu", 21.527, 107.399),
    SamplePlace("market", "Chợ Cầu Đá Trắng", "Dãy C, sạp 2, xã Tiên Yên", 21.331, 107.402),
    SamplePlace("market", "Chợ Cửa Khẩu Nam", "Khu đặc sản, sạp 19, phường Móng Cái 1", 21.529, 107.968),
    SamplePlace("shop", "Quà quê Trà Hoa", "Thôn 4, xã Đầm Hà", 21.352, 107.598),
    SamplePlace("market", "Chợ Suối Khe Lạnh", "Sạp 11, xã Ba Chẽ", 21.268, 107.279),
    SamplePlace("shop", "Đặc sản Đảo Xanh", "Khu 3, đặc khu Cô Tô", 20.972, 107.758),
    SamplePlace("market", "Chợ Trăng Non", "Sạp 20, phường Đông Triều", 21.081, 106.512),
    SamplePlace("market", "Chợ Bãi Sò", "Sạp 6, xã Quảng Hà", 21.448, 107.752),
)
