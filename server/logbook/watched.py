"""Which records the log follows, under which heading, and what of them it does not write down."""

from __future__ import annotations

from dataclasses import dataclass

from logbook.models import Group

SECRET = ("password", "secret", "token", "hash", "mark", "seed", "recovery")
"""Parts of the names of fields whose values are never written: only that they changed."""


@dataclass(frozen=True)
class Watched:
    """How the log follows a model: `only` are the fields that count, all editable ones where it is empty.

    `why` is a field that holds the reason, `by` one that holds who did it, `added`, `changed` and `deleted` are what
    the log calls it; what has no name is not written.
    """

    group: Group
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    why: str = ""
    by: str = ""
    added: str = "Thêm"
    changed: str = "Sửa"
    deleted: str = "Xóa"


_REGISTER = Watched(Group.REGISTER)

WATCHED = {
    "register.register": Watched(Group.SETTING),
    "register.locality": _REGISTER,
    "register.producer": _REGISTER,
    "register.product": _REGISTER,
    "register.certificate": _REGISTER,
    "register.packcode": _REGISTER,
    "register.picture": _REGISTER,
    "register.shop": _REGISTER,
    "linking.productlink": _REGISTER,
    "inspections.suspicion": Watched(Group.CASE, only=("decision", "decision_reason"), added=""),
    "checklists.checklist": Watched(Group.SETTING),
    "register.issuerkey": Watched(Group.KEY, why="revoked_reason"),
    # They are signed when somebody's device asks for one, which nobody of the office does.
    "register.signedstatement": Watched(
        Group.KEY, only=("revoked_at", "revoked_reason"), why="revoked_reason", added="",
        changed="Thu hồi xác nhận ký số", deleted="",
    ),
    "records.event": Watched(
        Group.CASE, only=("state", "text", "number"), by="written_by", added="Trả lời người gửi"
    ),
    "reviewing.remark": Watched(Group.CASE, only=("what", "to", "text"), by="by", added="Ghi nội bộ"),
    "reviewing.deadline": Watched(Group.SETTING, only=("days",)),
    "reviewing.digest": Watched(
        Group.SETTING, only=("address",), added="Bật thư hằng ngày", deleted="Tắt thư hằng ngày"
    ),
    "imports.importrun": Watched(Group.IMPORT, only=("name", "size"), added="Đưa tệp lên"),
    "imports.producermerge": Watched(
        Group.IMPORT, only=("undone_at",), added="Gộp chủ thể", changed="Tách lại chủ thể"
    ),
    "accounts.user": Watched(
        Group.ACCOUNT, without=("last_login", "date_joined", "is_staff", "is_superuser", "groups", "user_permissions")
    ),
    "accounts.devicesession": Watched(
        Group.SIGN_IN, only=("user", "device", "signed_in_at", "revoked_at"), added="Đăng nhập trên máy",
        changed="Phiên trên máy", deleted="",
    ),
    "accounts.devicekey": Watched(
        Group.KEY, only=("user", "device", "revoked_at", "revoked_reason"), why="revoked_reason",
        added="Xác nhận khóa của máy", changed="Đổi khóa của máy",
    ),
    "accounts.servicekey": Watched(
        Group.KEY, only=("name", "beginning", "scopes", "per_minute", "expires_at", "revoked_at", "revoked_reason"),
        why="revoked_reason", added="Cấp khóa dịch vụ", changed="Đổi khóa dịch vụ",
    ),
}  # fmt: skip
"""By a model's label. Bulk writers send no signals: an import writes one entry of its own, and what it changed stands
in its rows and in the histories of the records."""
