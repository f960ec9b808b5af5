"""Says in words why the app reached a verdict. A record holds the codes of the reasons alone."""

from __future__ import annotations

from collections.abc import Iterable

_WORDS = {
    "certificate_valid": "Giấy chứng nhận còn hiệu lực vào ngày kiểm tra.",
    "certificate_ends": "Giấy chứng nhận sắp hết hiệu lực.",
    "certificate_ended": "Giấy chứng nhận đã hết hiệu lực, máy không biết giấy nào mới hơn.",
    "certificate_withdrawn": "Giấy chứng nhận đã bị thu hồi.",
    "certificate_will_be_withdrawn": "Giấy chứng nhận sẽ bị thu hồi vào một ngày đã định.",
    "certificate_not_yet": "Giấy chứng nhận chưa đến ngày có hiệu lực.",
    "no_certificate": "Sổ đăng ký có sản phẩm này nhưng không có giấy chứng nhận.",
    "no_copy": "Máy khi đó chưa có bản sổ đăng ký nào.",
    "copy_incomplete": "Bản sổ trên máy khi đó chưa đủ: có thể chỉ là chưa chép tới sản phẩm này.",
    "product_unread": "Bản ứng dụng trên máy quá cũ để đọc sản phẩm này trong sổ.",
    "codes_unread": "Sổ có những mã mà bản ứng dụng trên máy chưa đọc được, đây có thể là một mã như vậy.",
    "gtin_not_in_copy": "Mã đúng dạng, nhưng bản sổ trên máy không có sản phẩm này.",
    "gtin_not_registered": "Mã đúng dạng, nhưng sổ đăng ký không có sản phẩm này.",
    "mark_not_registered": "Bao bì có dấu OCOP hoặc sao, nhưng sổ đăng ký không có sản phẩm mang mã này.",
    "mark_not_in_copy": "Bao bì có dấu OCOP hoặc sao; bản sổ trên máy không đủ để biết có được ghi hay không.",
    "copy_old": "Bản sổ trên máy khi đó đã cũ.",
    "clock_behind": "Đồng hồ của máy khi đó chậm hơn giờ thật.",
    "shops_own_number": "Mã do cửa hàng tự đặt, chỉ có nghĩa trong cửa hàng đó.",
    "no_product_number": "Mã của phiếu giảm giá hoặc phiếu hoàn tiền, không phải của sản phẩm.",
    "publication_number": "Mã của sách, báo hoặc bản nhạc.",
    "demonstration_number": "Mã dùng làm ví dụ, không sản phẩm thật nào mang mã này.",
    "pack_date_passed": "Ngày ghi trong mã đã qua.",
    "produced_ahead": "Ngày sản xuất ghi trong mã còn chưa tới.",
    "other_code_differs": "Các mã trên cùng một gói chỉ những sản phẩm khác nhau.",
    "label_stars_too_many": "Nhãn ghi nhiều sao hơn giấy chứng nhận còn hiệu lực.",
    "label_stars_without_certificate": "Nhãn có ghi sao, nhưng không biết giấy chứng nhận nào còn hiệu lực.",
    "serial_too_far_apart": "Số sê-ri này đã được thấy ở những nơi quá xa nhau. Gói nào cũng có thể là gói thật.",
    "serial_seen_after_sale": "Gói mang số sê-ri này được báo là đã bán, sau đó lại thấy bày bán.",
    "serial_doubted": "Sổ đăng ký nghi số sê-ri này vì lý do mà bản ứng dụng trên máy chưa biết.",
    "seen_near": "Có những lần thấy khác của số sê-ri này, kèm nơi.",
    "seen": "Có những lần thấy khác của số sê-ri này, không rõ nơi.",
    "statement_valid": "Xác nhận ký số trong mã là đúng. Điều đó chưa nói gói này là gói gốc.",
    "statement_ended": "Xác nhận ký số trong mã đã hết hạn.",
    "statement_not_yet": "Xác nhận ký số trong mã chưa đến ngày có hiệu lực.",
    "statement_unreadable": "Mã mang một đoạn giống xác nhận ký số nhưng không đọc được.",
    "statement_unread": "Bản ứng dụng trên máy quá cũ để đọc xác nhận ký số này.",
    "statement_altered": "Chữ ký của xác nhận trong mã là sai: đã bị sửa, hoặc sổ đăng ký không hề ký.",
    "statement_unknown_key": "Xác nhận trong mã ký bằng khóa mà máy không biết.",
    "statement_key_revoked": "Xác nhận trong mã ký bằng khóa đã bị thu hồi.",
    "statement_key_not_in_use": "Xác nhận trong mã ghi ngày ký mà khi đó khóa không được dùng.",
    "statement_revoked": "Sổ đăng ký đã rút lại xác nhận này.",
    "statement_other_product": "Xác nhận trong mã là của một sản phẩm khác.",
    "statement_differs": "Xác nhận trong mã khác với giấy chứng nhận trong sổ.",
    "link_not_in_copy": "Bản sổ trên máy không có liên kết này.",
    "producers_page": "Liên kết dẫn tới trang của chính chủ thể.",
    "link_lookalike": "Tên miền của liên kết giống một tên miền khác, dễ nhầm.",
    "link_credentials": "Liên kết có phần đăng nhập giả ở trước tên miền.",
    "link_hidden": "Trong tên miền có ký tự không nhìn thấy được.",
    "link_ip_address": "Liên kết dẫn tới một địa chỉ bằng số.",
    "link_idn": "Tên miền của liên kết có chữ của bảng chữ khác.",
    "link_shortener": "Liên kết rút gọn, không thấy được nơi nó dẫn tới.",
    "link_local_name": "Liên kết dẫn tới một tên chỉ có trong mạng riêng.",
    "link_not_https": "Liên kết không dùng kết nối an toàn.",
    "link_port": "Liên kết dùng một cổng khác thường.",
    "link_unknown_domain": "Sổ đăng ký không biết tên miền của liên kết.",
    "wrong_check_digit": "Chữ số kiểm tra của mã sai.",
    "wrong_length": "Mã không đủ hoặc thừa chữ số.",
    "contradiction": "Các phần trong mã mâu thuẫn với nhau.",
    "bad_gs1": "Mã viết không đúng cách của GS1.",
    "bad_link": "Liên kết trong mã viết không đúng.",
    "not_a_product_code": "Mã này không phải mã của sản phẩm.",
    "kind_without_number": "Loại mã này không mang số của sản phẩm.",
}


def in_words(reasons: Iterable[str]) -> list[str]:
    """A sentence for each reason; a newer app may know others, which are told by their codes.

    >>> in_words(["wrong_length"])
    ['Mã không đủ hoặc thừa chữ số.']
    """
    return [_WORDS.get(reason, f"Lý do mà sổ đăng ký chưa biết: {reason}.") for reason in reasons]
