"""The one line of help of each page: what is seen there and what can be done, in plain words.

A page of the office's own may give its line itself, as `help` of its template's context.
"""

from __future__ import annotations

_PAGES = {
    "password_change": "Mật khẩu mới cần ít nhất 10 ký tự và không được dễ đoán. Sau khi đổi, hãy dùng nó ở mọi nơi.",
    "office-first-password": "Mật khẩu mới cần ít nhất 10 ký tự và không được dễ đoán, và chỉ mình bạn biết.",
    "password_change_done": "Mật khẩu mới đã dùng được ngay.",
    "logout": "Bạn có thể đóng trang này hoặc đăng nhập lại.",
    "app_list": "Các danh sách của phần này. Bấm vào một tên để mở danh sách.",
}
"""By the name of the address."""

_LISTS = {
    "register_product": "Mọi sản phẩm OCOP trong sổ. Tìm không cần dấu, mở Bộ lọc, bấm vào tên để xem và sửa.",
    "register_producer": "Hợp tác xã, công ty, hộ làm ra sản phẩm. Bấm vào tên để sửa địa chỉ, liên hệ và điểm bán.",
    "linking_productlink": "Nơi mà mã trên bao bì dẫn tới ngoài trang sản phẩm: truy xuất, thu hồi, hướng dẫn, món ăn.",
    "register_locality": "Xã, phường, đặc khu ngày nay và đơn vị trước tháng 7/2025, để tìm được cả địa chỉ cũ.",
    "register_register": "Tên sổ đăng ký, cơ quan quản lý và các tên miền mà ứng dụng tin khi quét mã.",
    "checklists_checklist": "Câu hỏi mà cán bộ trả lời khi kiểm tra. Mỗi bản có ngày hiệu lực, bản cũ vẫn được giữ.",
    "register_issuerkey": "Khóa dùng để ký xác nhận in trên nhãn. Bị lộ khóa nào thì thu hồi khóa đó ở đây.",
    "register_signedstatement": "Xác nhận đã ký cho từng sản phẩm; ứng dụng kiểm tra được khi không có mạng.",
    "reports_report": "Báo cáo mà người dân gửi, mới nhất ở trên. Mở một báo cáo để xem ảnh và trả lời.",
    "rounds_round": "Các đợt kiểm tra mà cán bộ đã làm, mỗi dòng một đợt. Mở đợt để xem các phiếu và chữ ký.",
    "rounds_inspection": "Phiếu kiểm tra từng gói hàng trong các đợt. Mở phiếu để xem ảnh, câu trả lời và kết luận.",
    "audits_audit": "Các lần kiểm kệ của cửa hàng: đã quét gì, thấy gì và đã cất gì.",
    "answers_answer": "Điều người gửi trả lời khi bạn hỏi thêm về phiếu hoặc báo cáo của họ.",
    "inspections_inspection": "Ghi chép và phiếu mà máy của cán bộ đã gửi về, mới nhất ở trên.",
    "inspections_suspicion": "Mã gặp ở nhiều nơi hơn một gói hàng có thể đi qua. Xem các lần gặp rồi quyết định.",
    "records_break": "Chỗ mà chuỗi phiếu của một máy không nối tiếp: có thể thiếu phiếu hoặc phiếu đã bị sửa.",
    "accounts_user": "Ai được vào văn phòng và ứng dụng, với vai trò nào. Mở một người để đổi vai trò hoặc khóa lại.",
    "accounts_devicesession": "Những máy đang đăng nhập. Kết thúc một phiên thì máy đó phải đăng nhập lại.",
    "accounts_devicekey": "Khóa mà mỗi máy dùng để ký phiếu. Thu hồi khóa của máy bị mất.",
    "reviewing_deadline": "Số ngày để xử lý mỗi loại hồ sơ. Hộp việc tô màu theo các hạn này.",
    "overview_countedrecord": "Các phiếu đứng sau những con số của trang tổng quan. Bấm vào lúc nhận để mở phiếu.",
}
"""Lists of records, by the name of the model."""

_KINDS = {
    "changelist": "Danh sách của văn phòng. Tìm không cần dấu, bấm vào một dòng để mở.",
    "add": "Điền các ô rồi bấm Lưu (hoặc Ctrl+S). Ô có dấu sao là bắt buộc; chưa có gì vào sổ trước khi bạn lưu.",
    "change": "Xem và sửa rồi bấm Lưu (hoặc Ctrl+S). Nếu người khác cùng sửa, văn phòng cho bạn biết trước khi lưu.",
    "view": "Trang này chỉ để xem, không sửa được ở đây. Việc làm được với bản ghi nằm ở các nút phía trên.",
    "delete": "Xem những gì sẽ mất trước khi xóa. Xóa rồi thì không lấy lại được; lịch sử vẫn ghi ai đã xóa.",
    "history": "Ai đã đổi gì, lúc nào, giá trị cũ và mới; thay đổi gần nhất ở trên.",
    "simple_history": "Bản ghi như nó đã được lưu vào lúc đó. Trang này chỉ để xem.",
    "export": "Chọn dạng tệp và các cột rồi tải về. Tệp mở được bằng phần mềm bảng tính.",
    "event": "Ghi bước tiếp theo và lời cho người gửi; họ đọc được ở lần đồng bộ sau.",
}
"""Pages of records, by the end of the name of the address; `view` is a record that nobody may change."""


def help_of(url_name: str, *, may_change: bool = True) -> str:
    """The line of the page whose address has this name; "" for a page that says it itself, or does not.

    `may_change` is whether the person may save what the page shows.

    >>> help_of("register_product_history")
    'Ai đã đổi gì, lúc nào, giá trị cũ và mới; thay đổi gần nhất ở trên.'
    """
    if url_name.endswith("_change") and not may_change:
        return _KINDS["view"]
    if url_name in _PAGES:
        return _PAGES[url_name]
    for kind in ("simple_history", *_KINDS):
        if url_name.endswith(f"_{kind}"):
            return (_LISTS.get(url_name.removesuffix("_changelist")) if kind == "changelist" else "") or _KINDS[kind]
    return ""
