"""What people of the sample office write."""

from __future__ import annotations

INSPECTED = (
    ("Hộ kinh doanh Trần Văn Lộc (mẫu)", "22A8000001"),
    ("Hộ kinh doanh Bùi Thị Hòa (mẫu)", "22A8000002"),
    ("Công ty TNHH Thương mại Gió Đông (mẫu)", "5700000000"),
    ("Hộ kinh doanh Ngô Văn Thắng (mẫu)", None),
    ("HTX Dịch vụ Bến Thuyền (mẫu)", "22A8000003"),
)
REMARKS = (
    "Chủ sạp hợp tác, có đủ hóa đơn mua vào.",
    "Chủ hàng hẹn bổ sung giấy tờ trong tuần.",
    "Ban quản lý chợ cùng làm việc.",
    "Đã nhắc người bán để riêng hàng hết hạn.",
    "",
)
SELLER_SAID = {
    "certificate_ended": "Hàng nhập từ trước, chưa biết giấy đã hết hiệu lực.",
    "past_date": "Chưa kịp lọc hàng cũ, sẽ bỏ ra ngay.",
    "stars_differ": "Nhãn do cơ sở in, cửa hàng chỉ bán lại.",
    "no_papers": "Mua của người quen, không lấy hóa đơn.",
    "looks_copied": "Lấy hàng qua mạng, thấy rẻ nên mua thử.",
    "label_differs": "Cơ sở mới đổi nhãn từ đầu tháng.",
}
FOUND = {
    "certificate_ended": "Nhãn vẫn in sao OCOP sau khi giấy hết hiệu lực.",
    "past_date": "Ba gói quá hạn dùng trên kệ, đã yêu cầu cất.",
    "stars_differ": "Nhãn in nhiều hơn số sao trong giấy chứng nhận.",
    "no_papers": "Không xuất trình được hóa đơn, giấy tờ của lô hàng.",
    "looks_copied": "Tem mờ, nét in khác mẫu đã đăng ký.",
    "label_differs": "Địa chỉ cơ sở trên nhãn khác sổ đăng ký.",
}
DECIDED = {
    "certificate_ended": "Yêu cầu gỡ nhãn có sao, chủ thể nộp hồ sơ đánh giá lại trước khi in nhãn mới.",
    "past_date": "Tịch thu và tiêu hủy hàng quá hạn, nhắc nhở người bán bằng văn bản.",
    "stars_differ": "Yêu cầu in lại nhãn đúng số sao trong 15 ngày.",
    "no_papers": "Người bán đã bổ sung hóa đơn hợp lệ. Không xử phạt.",
    "looks_copied": "Chuyển Đội quản lý thị trường xử lý lô hàng nghi giả.",
    "label_differs": "Cơ sở đã đăng ký nhãn mới. Trả lại hàng.",
}
ASKED = (
    "Xin bổ sung ảnh mặt sau của nhãn, nơi ghi hạn dùng.",
    "Xin cho biết số lượng còn lại ở kho của người bán.",
    "Xin ghi rõ tên đại lý mà người bán đã nhắc tới.",
)
ANSWERED = (
    "Đã chụp lại mặt sau, hạn dùng in ở góc dưới bên phải.",
    "Kho còn 14 gói cùng lô, đã niêm phong chờ kết luận.",
    "Đại lý ở phường Cẩm Phả, người bán đã đưa số điện thoại cho tổ công tác.",
)
REVIEWING = ("Đã nhận, đang đối chiếu với hồ sơ chứng nhận.", "Đang làm việc với chủ thể.", "")
INSIDE = (
    "Chủ thể này đã bị nhắc một lần hồi tháng trước, cần xem lại hồ sơ cũ.",
    "Đã gọi cho chủ thể, họ hứa gửi mẫu nhãn mới trong tuần.",
    "Nhờ xem giúp ảnh nhãn, số sao hơi khó đọc.",
    "Ảnh rõ, có thể kết luận.",
)
ROUND_DONE = "Đã xem biên bản, đồng ý với kết quả kiểm tra của tổ."

REPORTS = (
    ("shows_stars", "Gói này in 4 sao nhưng quét thì báo giấy đã hết hiệu lực.", True),
    ("looks_copied", "Tem nhòe, chữ sai chính tả, giá rẻ hơn một nửa.", True),
    ("past_date", "Hàng quá hạn hai tháng vẫn bày trên kệ.", True),
    ("other", "Mua về mở ra có mùi lạ, người bán không nhận đổi.", False),
    ("shows_stars", "Bao bì in 5 sao, ứng dụng nói 3 sao.", True),
    ("looks_copied", "Cùng một mã mà hai gói khác màu nhãn.", True),
    ("other", "Quét không ra sản phẩm nào, người bán nói là hàng OCOP.", False),
    ("past_date", "Không thấy ghi hạn dùng trên hũ.", False),
    ("shows_stars", "Trên mạng rao là OCOP 4 sao, không thấy giấy.", False),
    ("looks_copied", "Nhãn giống hệt nhưng tên cơ sở khác một chữ.", True),
    ("past_date", "Tem hạn dùng bị dán đè tem khác.", True),
    ("other", "Cân thiếu so với ghi trên bao bì.", False),
    ("shows_stars", "Quầy treo biển OCOP cho cả hàng không có trong sổ.", True),
)
"""What was seen, in whose words, and whether there is a photo."""
REPORT_ANSWERS = (
    "Cảm ơn bạn. Chúng tôi đã kiểm tra nơi bán, hàng đã được cất khỏi kệ.",
    "Cảm ơn bạn. Sản phẩm đúng với sổ đăng ký, cơ sở vừa đổi nhãn và đã khai báo.",
    "Cảm ơn bạn. Tổ công tác đã làm việc với người bán và lập biên bản.",
)
REPORT_ASKED = "Cảm ơn bạn. Xin cho biết bạn mua hàng ngày nào, và còn giữ gói hàng không?"
NOTES = {
    "matches": "",
    "expired": "Quá hạn, đã cất khỏi kệ.",
    "mislabelled": "Nhãn thiếu địa chỉ cơ sở.",
    "suspected_copy": "Số sê-ri này đã thấy ở nơi khác.",
    "other": "Người bán hỏi thủ tục đăng ký.",
}
CONTACTS = ("0203 000 0101", None, None, "0203 000 0102", None)

IMPORT_NAME = "danh-sach-cong-nhan-bo-sung-mau.xlsx"
IMPORT_HEADER = (
    "TT", "Tên sản phẩm", "Chủ thể", "Địa chỉ", "Hạng sao", "Số QĐ", "Ngày cấp", "Ngày hết hạn", "Nhóm", "Mã vạch",
)  # fmt: skip
IMPORTED = (
    ("Chả mực giã tay Bến Đò Mới (mẫu)", "HTX Bến Đò Mới (mẫu)", "Tổ 4, phường Cẩm Phả", "4 sao", "Thực phẩm"),
    ("Ruốc hàu Bến Đò Mới (mẫu)", "HTX Bến Đò Mới (mẫu)", "Tổ 4, phường Cẩm Phả", "3 sao", "Thực phẩm"),
    ("Trà hoa vàng Rừng Hồi (mẫu)", "HTX Rừng Hồi (mẫu)", "Thôn 2, xã Bình Liêu", "4 sao", "Đồ uống"),
    ("Miến dong Rừng Hồi (mẫu)", "HTX Rừng Hồi (mẫu)", "Thôn 2, xã Bình Liêu", "4 sao", "Thực phẩm"),
    ("Mật ong Khe Lạnh (mẫu)", "Hộ kinh doanh Khe Lạnh (mẫu)", "Thôn 5, xã Ba Chẽ", "3 sao", "Thực phẩm"),
    ("Rượu ba kích Khe Lạnh (mẫu)", "Hộ kinh doanh Khe Lạnh (mẫu)", "Thôn 5, xã Ba Chẽ", "3 sao", "Đồ uống"),
    ("Nón lá Trăng Non (mẫu)", "Tổ hợp tác Trăng Non (mẫu)", "Khu 1, phường Đông Triều", "3 sao",
     "Thủ công mỹ nghệ"),
    ("Gà đồi Cầu Đá (mẫu)", "HTX Cầu Đá Trắng (mẫu)", "Thôn 3, xã Tiên Yên", "4 sao", "Thực phẩm"),
)  # fmt: skip
