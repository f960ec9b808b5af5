"""What the office reads about an import: one Vietnamese sentence for each code, with `{}` for the detail."""

from __future__ import annotations

from imports.bounds import LONGEST_CELL
from imports.values import Outcome, Problem, Question

_FILE = {
    "file_too_large": "Tệp lớn hơn {} MB nên không đọc. Hãy bỏ bớt ảnh hoặc chia thành nhiều tệp.",
    "file_too_many_rows": "Tệp có hơn {} dòng có nội dung nên không đọc. Hãy chia thành nhiều tệp.",
    "file_too_many_columns": "Có ô nằm ngoài {} cột đầu (trong ngoặc là số dòng). Hãy xóa các cột thừa.",
    "file_too_many_cells": "Tệp có hơn {} ô nên không đọc. Hãy chia thành nhiều tệp.",
    "file_too_many_sheets": "Tệp có hơn {} trang tính nên không đọc.",
    "file_too_many_parts": "Tệp gồm hơn {} phần nén nên không đọc. Hãy bỏ bớt ảnh hoặc chia thành nhiều tệp.",
    "file_unpacks_too_large": "Nội dung nén của tệp lớn hơn {} MB nên không đọc.",
    "file_damaged": "Tệp bị hỏng nên không đọc được. Hãy mở bằng Excel hoặc LibreOffice rồi lưu lại.",
    "file_protected": "Tệp có mật khẩu nên không đọc được. Hãy bỏ mật khẩu rồi lưu lại.",
    "file_old_excel": "Đây là tệp Excel cũ (.xls). Hãy mở tệp rồi lưu thành “Excel Workbook (.xlsx)”.",
    "file_unknown": "Đây không phải tệp XLSX, ODS hay CSV. Hãy mở tệp rồi lưu thành một trong ba loại này.",
    "file_empty": "Tệp không có ô nào có nội dung.",
    "csv_delimiter": "Các cột của tệp CSV cách nhau bằng “{}”.",
    "csv_coding": "Tệp CSV dùng bảng mã {} và đã được chuyển sang Unicode.",
    "file_gone": "Tệp gốc đã hết thời hạn lưu nên bị xóa. Các dòng đã đọc vẫn còn. Muốn đọc lại, hãy đưa tệp lên lại.",
    "csv_coding_unknown": "Không biết chắc tệp CSV dùng bảng mã nào nên không đọc. Hãy lưu lại thành “CSV UTF-8”.",
}
_SHEET = {
    "header_not_found": "Không tìm thấy dòng tiêu đề. Hãy chọn dòng tiêu đề và cột của từng mục.",
    "column_of_field": "Có nhiều cột hợp với mục này. Dùng cột nào?",
    "column_not_used": "Cột “{}” không thuộc mục nào của sổ đăng ký nên để ngoài.",
    "column_hidden": "Cột “{}” đang bị ẩn trong tệp nhưng vẫn được đọc.",
    "title_decision": "Phần đầu bảng ghi quyết định {}; dùng cho mọi dòng không ghi quyết định riêng.",
    "title_several_decisions": "Phần đầu bảng ghi nhiều quyết định nên không dùng quyết định nào cho cả bảng.",
    "day_order_dmy": "Cột này ghi ngày trước tháng (như {}).",
    "day_order_mdy": "Cột này ghi tháng trước ngày (như {}).",
    "day_order": "Các ngày của cột này có thể đọc theo hai cách. Cột ghi ngày trước hay tháng trước?",
    "days_held": (
        "Cột này có ngày dạng chữ ghi ngày trước tháng, còn mọi ô kiểu ngày đều có ngày không quá 12. "
        "Excel có thể đã đổi chỗ ngày và tháng của các ô đó. Giữ nguyên hay đổi lại?"
    ),
    "carry_down": "Có dòng để trống chủ thể. Chủ thể là của dòng ngay phía trên, đúng không?",
    "hidden_rows": "Có dòng bị ẩn trong tệp. Đọc hay để ngoài?",
}
_ROWS = {
    "row_title": "Dòng thuộc phần đầu bảng.",
    "row_header": "Dòng tiêu đề cột.",
    "row_subtotal": "Dòng cộng, không phải sản phẩm nên để ngoài.",
    "row_signature": "Dòng nơi nhận hoặc chữ ký nên để ngoài.",
    "row_unknown": "Dòng chỉ có một ô và không rõ là gì nên để ngoài.",
    "row_hidden": "Dòng bị ẩn trong tệp.",
    "section_read": "Tiêu đề nhóm “{}”: dùng cho các dòng bên dưới.",
    "section_says_nothing": "Tiêu đề nhóm “{}” không nói gì về sao, nhóm hay địa phương.",
    "maybe_same_as_above": "Ô để trống. Có phải giống dòng trên (“{}”)?",
}
_CELLS = {
    "cell_error": "Ô báo lỗi {} của bảng tính.",
    "formula_result": "Ô có công thức. Đã đọc kết quả lưu trong tệp, không tính lại.",
    "formula_without_result": "Ô có công thức nhưng tệp không lưu kết quả nên coi như trống.",
    "emptied_by_person": "Người nhập đã bỏ nội dung của ô.",
    "letters_converted": "Chữ trong ô dùng bảng mã {} và đã được chuyển sang Unicode.",
    "letters_unsure": "Chữ trong ô có thể dùng bảng mã cũ hoặc đã đúng. Hãy chọn.",
    "identity_number": "Ô có số căn cước. Đây là dữ liệu cá nhân nên để ngoài.",
    "text_too_long": "Nội dung dài hơn {} ký tự.",
    "cell_cut": f"Ô dài hơn {LONGEST_CELL} ký tự; phần sau không được đọc.",
    "text_empty": "Ô không có chữ nào đọc được.",
    "name_several": "Ô có thể nêu nhiều sản phẩm. Hãy tách hoặc giữ nguyên.",
    "producer_with_place": "Ô chủ thể có cả địa chỉ “{}”. Hãy chọn tên chủ thể.",
}
_FIELDS = {
    "stars_none": "Sản phẩm không được xếp hạng.",
    "stars_potential": "Sao tiềm năng không được tính.",
    "stars_several": "Ô nêu nhiều hạng sao.",
    "stars_unreadable": "Không đọc được số sao.",
    "stars_out_of_range": "{} sao không có trong sổ đăng ký (3 đến 5 sao).",
    "stars_against_section": "Số sao của dòng khác tiêu đề nhóm ({} sao).",
    "points_unreadable": "Không đọc được điểm.",
    "points_out_of_range": "Điểm lớn hơn 100.",
    "points_against_stars": "Điểm không ứng với {} sao theo Quyết định 148/QĐ-TTg.",
    "decision_none": "Ô ghi là chưa có quyết định.",
    "decision_several": "Ô nêu nhiều quyết định.",
    "decision_number_alone": "Chỉ có số {}, thiếu ký hiệu của quyết định.",
    "decision_maybe_year": "Không rõ đây là số quyết định hay năm.",
    "decision_batch_only": "Ô chỉ nêu đợt hoặc năm, không có số quyết định.",
    "decision_unreadable": "Không đọc được số quyết định.",
    "decision_two_dates": "Ngày trong ô quyết định khác ngày ở cột ngày quyết định.",
    "day_year_only": "Ô chỉ ghi năm {}.",
    "day_month_only": "Ô chỉ ghi tháng {}.",
    "day_impossible": "Không có ngày này trong lịch.",
    "day_unreadable": "Không đọc được ngày.",
    "day_duration": "Ô ghi thời hạn, không phải ngày.",
    "day_short_year": "Năm chỉ có hai chữ số.",
    "day_order_open": "Chưa rõ cột này ghi ngày trước hay tháng trước.",
    "day_other_order": "Ngày ghi ngược với cách ghi của cột.",
    "day_serial": "Ô giữ số thứ tự ngày của Excel: {}.",
    "day_serial_unsure": "Số này có thể là số thứ tự ngày của Excel, nhưng tệp CSV không cho biết tính từ năm nào.",
    "day_maybe_swapped": "Excel có thể đã đổi chỗ ngày và tháng.",
    "day_before_beginning": "Ngày hết hạn trước ngày bắt đầu {}.",
    "gtin_pending": "Sản phẩm chưa có mã vạch.",
    "gtin_scientific": "Excel đã làm mất chữ số của mã vạch. Hãy nhập lại mã từ bao bì.",
    "gtin_not_shown": "Bảng tính hiện mã dạng rút gọn nên chưa ai nhìn thấy đủ chữ số: {}. Hãy so với bao bì.",
    "gtin_rounded": "Mã {} có nhiều số 0 ở cuối, có thể đã bị làm tròn. Hãy so với bao bì.",
    "gtin_lost_zero": "Có thể mất số 0 ở đầu: {}. Hãy so với bao bì.",
    "gtin_check_digit": "Số kiểm tra của mã vạch sai (các chữ số trước ứng với số {}). Hãy so với bao bì.",
    "gtin_length": "Mã vạch có {} chữ số; mã đúng có 8, 12, 13 hoặc 14.",
    "gtin_unreadable": "Không đọc được mã vạch.",
    "gtin_several": "Ô có nhiều mã vạch.",
    "gtin_case": "Mã 14 chữ số này là của thùng hoặc gói nhiều sản phẩm.",
    "gtin_is_ocop_code": "Đây là mã OCOP, không phải mã vạch; đã ghi vào mã OCOP.",
    "gtin_is_phone": "Đây là số điện thoại, không phải mã vạch.",
    "gtin_is_link": "Đây là địa chỉ trang web, không phải mã vạch.",
    "gtin_twice": "Mã vạch này còn ở dòng {} với tên khác.",
    "gtin_in_other_column": "Cột mã OCOP có mã vạch {}.",
    "ocop_code_other_form": "Mã không theo dạng tỉnh-huyện-xã-số-năm.",
    "district_unknown": "Không có đơn vị cấp huyện này ở Quảng Ninh.",
    "district_ended": "Từ 01/07/2025 không còn {}.",
    "commune_unknown": "Không có xã, phường, đặc khu này ở Quảng Ninh từ 01/07/2025.",
    "commune_by_district": "Xã cũ; theo huyện cũ, nơi mới có thể là {}.",
    "commune_of_district": "Xã cũ; nơi mới là một trong các xã, phường của huyện cũ.",
    "commune_other_kind": "Loại đơn vị khác; có thể là {}.",
    "commune_several": "Tên này có ở nhiều xã, phường.",
    "commune_undated": "Dòng không cho biết là xã cũ hay mới; có thể là {}.",
    "group_unknown": "Nhóm không có trong Quyết định 148/QĐ-TTg.",
    "group_former": "Nhóm theo quy định cũ. Hãy xác nhận nhóm mới.",
    "phone_several": "Ô có nhiều số điện thoại.",
    "phone_lost_zero": "Có thể mất số 0 ở đầu số điện thoại.",
    "phone_none": "Ô ghi là không có điện thoại.",
    "phone_unreadable": "Không đọc được số điện thoại.",
    "tax_code_lost_zero": "Có thể mất số 0 ở đầu mã số thuế.",
    "tax_code_unreadable": "Mã số thuế có 10 chữ số, hoặc 10 và 3 chữ số của chi nhánh.",
    "link_plain": "Địa chỉ không dùng https.",
    "link_bare": "Địa chỉ thiếu https://.",
    "link_unreadable": "Không đọc được địa chỉ trang web.",
    "state_withdrawn": "Ghi chú cho biết sản phẩm đã bị thu hồi: “{}”. Hãy xác nhận.",
    "state_not_renewed": "Ghi chú cho biết sản phẩm không được đánh giá lại: “{}”. Hãy xác nhận.",
    "state_upgraded": "Ghi chú cho biết sản phẩm được nâng hạng: “{}”. Hãy xác nhận.",
    "state_red": "Tên sản phẩm in màu đỏ. Có phải đã bị thu hồi?",
    "state_struck": "Tên sản phẩm bị gạch ngang. Có phải đã bị thu hồi?",
    "state_unreadable": "Không đọc được trạng thái.",
}
WORDS: dict[str, str] = _FILE | _SHEET | _ROWS | _CELLS | _FIELDS

OUTCOMES = {
    Outcome.TAKEN: "đã nhận",
    Outcome.CARRIED: "lấy từ dòng trên",
    Outcome.PROPOSED: "đề nghị",
    Outcome.ASKED: "cần trả lời",
    Outcome.REFUSED: "không nhận",
    Outcome.LEFT_OUT: "để ngoài",
}
OPTIONS = {
    "dmy": "ngày/tháng/năm", "mdy": "tháng/ngày/năm", "as_held": "giữ nguyên", "swapped": "đổi lại", "yes": "đúng",
    "no": "không", "read": "đọc", "leave_out": "để ngoài", "none": "không cột nào",
}  # fmt: skip
"""Answers to questions; a column is told by its header's words."""


def told(problem: Problem | Question) -> str:
    """The sentence of a problem or a question."""
    detail = problem.detail if isinstance(problem, Problem) else ""
    return WORDS[problem.code].replace("{}", detail)
