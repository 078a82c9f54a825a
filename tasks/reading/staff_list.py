"""Read a staff list: find the header, take each row apart, and check what can be checked without the database."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from models.errors import BadInputError, CellError, UnreadableFileError
from models.ledgers.field import LedgerField
from models.ledgers.sheet_kind import SheetKind
from models.people.person import Role
from tasks.containers.sheet_marks import Broken
from tasks.reading.cells import broken
from tasks.reading.sheet import Cell, Sheet
from tasks.reading.sheet_header import columns_below, find_header, tell_unseen

STAFF = SheetKind(
    code="people",
    title="人员名册",
    wants=("姓名",),
    in_row=True,
    fields=(
        LedgerField(
            "单位", "单位", longest=200, width=20, hint="单位全称。只有一个单位时可以留空。",
            headings=("单位名称", "所在单位", "工作单位", "机关", "organ"),
        ),
        LedgerField("单位代码", "单位代码", headings=("单位编码", "机构代码", "organcode")),
        LedgerField("上级单位", "上级单位", longest=200, headings=("上级机关", "主管单位", "parent")),
        LedgerField(
            "部门", "部门", longest=200, width=18, hint="科室名称。局领导写其分管的科室，多个用顿号隔开。",
            headings=(
                "科室", "处室", "内设机构", "所在部门", "所属部门", "所在科室", "所属科室", "部门/科室", "department",
            ),
        ),
        LedgerField(
            "姓名", "姓名", longest=64, width=12, centred=True, hint="必填。一人任几个岗位的，每个岗位一行。",
            headings=("名字", "人员", "人员姓名", "name"),
        ),
        LedgerField(
            "职务", "职务", longest=100, width=14, centred=True, hint="如 科长、副局长。留空时与角色相同。",
            headings=("职位", "岗位", "职务名称", "title", "post"),
        ),
        LedgerField(
            "角色", "角色", choices=Role, width=14, centred=True, headings=("督办角色", "系统角色", "role"),
            hint=f"{'、'.join(role.label for role in Role)}之一；多个用顿号隔开，留空为承办人。",
        ),
        LedgerField(
            "邮箱", "邮箱", longest=254, width=28, hint="通知送到这里。没有可以留空。",
            headings=("电子邮箱", "电子邮件", "邮件", "邮箱地址", "邮件地址", "email", "mail"),
        ),
        LedgerField(
            "手机", "手机", width=16, centred=True, hint="有同名人员时必填，用来区分。",
            headings=("手机号", "手机号码", "移动电话", "联系电话", "联系方式", "电话", "mobile", "phone"),
        ),
        LedgerField(
            "代理人", "代理人", width=12, centred=True, hint="请假时代为办理的人，本单位人员的姓名。",
            headings=("代理", "ab岗", "a/b岗", "b岗", "b角", "顶岗人", "deputy"),
        ),
    ),
    template=("单位", "部门", "姓名", "职务", "角色", "邮箱", "手机", "代理人"),
    departments=("部门",),
    examples=(
        ("", "法规科", "张三", "科长", "科室负责人", "zhangsan@example.gov.cn", "13800000000", "李四"),
        ("", "法规科、办公室", "王五", "副局长", "分管领导", "wangwu@example.gov.cn", "", ""),
    ),
)  # fmt: skip
"""A staff list, with the headings that offices give its columns. No field is a table's column: names are labels."""

COLUMNS = tuple(field.name for field in STAFF.fields)

ROLE_WORDS = {
    Role.HANDLER: ("承办人", "责任人", "具体责任人", "经办人", "科员"),
    Role.DEPARTMENT_HEAD: ("科室负责人", "部门负责人", "处室负责人", "科长", "处长"),
    Role.LEADER: ("分管领导", "分管负责人", "副局长"),
    Role.FIRST_RESPONSIBLE: ("第一责任人", "主要负责人", "局长", "主任（主要负责人）"),
    Role.SUPERVISOR: ("督办员",),
    Role.AUDITOR: ("监督检查", "审计员", "安全审计员"),
    Role.ADMINISTRATOR: ("管理员", "系统管理员"),
    Role.SECURITY: ("安全管理员", "安全保密管理员"),
}
"""What the column 角色 may say."""

_ACCEPTED_ROLES = "应为：" + "；".join("、".join(words) for words in ROLE_WORDS.values()) + "；留空为承办人"
_SEPARATORS = re.compile(r"[、,，;；\n]+")
_LEADERSHIP = re.compile(r".{0,4}(领导|领导班子|班子|班子成员)")
"""局领导 and the like name the leadership, which is no department."""

_REMARK = re.compile(r"注[:：]|备注|说明|填表|合计|总计|制表")
_MAIL = re.compile(r"[^@\s<>,;\"()]+@[^@\s<>,;\"()]+\.[^@\s<>,;\"().]+")
_PHONE = re.compile(r"\+?[\d-]{5,20}")
_ONE_MAIL = "应为一个邮箱地址，如 zhangsan@example.gov.cn；没有可留空"
_ONE_PHONE = "应为一个号码，如 13800000000 或 0591-12345678；没有可留空"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass
class StaffRow:
    """One row: every column's text as `STAFF` names it, and what its cells list. `place` counts from 1."""

    sheet: str | None
    place: int
    text: dict[str, str]
    roles: list[Role] = field(default_factory=list)
    departments: list[str] = field(default_factory=list)

    @property
    def organ(self) -> str:
        return plain(self.text["单位"])

    @property
    def name(self) -> str:
        return plain(self.text["姓名"])

    def wrong(self, column: str, accepted: str) -> CellError:
        return CellError(self.sheet, self.place, column, self.text[column], accepted)


class StaffList(NamedTuple):
    """What a list says, every cell that is wrong in itself, and what stands hidden or struck out in it, in words."""

    rows: list[StaffRow]
    errors: list[CellError]
    notes: list[str]


def read_staff(sheets: Sequence[Sheet], file_name: str) -> StaffList:
    """The rows below each sheet's header.

    Raises UnreadableFileError where no sheet has a header or nobody is listed.
    """
    rows: list[StaffRow] = []
    notes: list[str] = []
    headed = False
    for sheet in sheets:
        header = find_header(sheet, STAFF)
        if header is None:
            continue
        headed = True
        columns = columns_below(sheet, header, STAFF)
        before = len(rows)
        for index in range(header.below, len(sheet.rows)):
            text = {name: _text(column[index]) for name, column in columns.items()}
            if any(text.values()) and not _is_remark(sheet.rows[index]):
                rows.append(StaffRow(sheet.name, index + 1, dict.fromkeys(COLUMNS, "") | text))
        read = [row.place - 1 for row in rows[before:]]
        notes += tell_unseen(sheet, read, header.columns["姓名"], "也按人员读取")[0]
        if ignored := header.ignored(STAFF):
            notes.append(f"没有读取的列：{'、'.join(ignored)}。")
    if not headed:
        raise UnreadableFileError(f"“{file_name}”中没有找到表头：应有一行写明“姓名”和{'、'.join(COLUMNS)}中的列。")
    if not rows:
        raise UnreadableFileError(f"“{file_name}”的表头下面没有一行人员。")
    return StaffList(rows, [error for row in rows for error in _clean(row)], notes)


def _is_remark(cells: list[Cell]) -> bool:
    said = {_text(cell) for cell in cells} - {""}
    return len(said) == 1 and _REMARK.match(said.pop()) is not None


def _text(cell: Cell) -> str:
    """A cell as text; Excel keeps a telephone number as a fraction."""
    if isinstance(cell, Broken):
        return cell
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()


def plain(text: str) -> str:
    """Full-width letters, digits and brackets as ordinary ones, without spaces: what is compared, never stored."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lower()


_ROLES = {plain(word): role for role, words in ROLE_WORDS.items() for word in (*words, str(role))}


def _listed(text: str) -> list[str]:
    return [part for part in (part.strip() for part in _SEPARATORS.split(text)) if part]


def _clean(row: StaffRow) -> Iterator[CellError]:
    text = row.text
    wrong = [row.wrong(name, why.rstrip("。")) for name, said in text.items() if (why := broken(said)) is not None]
    if wrong:
        yield from wrong
        return
    for name in ("姓名", "代理人"):
        text[name] = _name(text[name])
    if not text["姓名"]:
        yield row.wrong("姓名", "应填写姓名；不是人员的行请删去")
    for column in STAFF.fields:
        if len(text[column.name]) > column.longest:
            yield row.wrong(column.name, f"不能超过 {column.longest} 个字")
    text["邮箱"] = unicodedata.normalize("NFKC", text["邮箱"])
    if text["邮箱"] and not _MAIL.fullmatch(text["邮箱"]):
        yield row.wrong("邮箱", _ONE_MAIL)
    text["手机"] = _phone(text["手机"])
    if text["手机"] and not _PHONE.fullmatch(text["手机"]):
        yield row.wrong("手机", _ONE_PHONE)
    if text["单位代码"] and not _CODE.fullmatch(text["单位代码"]):
        yield row.wrong("单位代码", "应由字母、数字、点、横线组成，如 sft-01；没有可留空")
    words = _listed(plain(text["角色"])) or ["承办人"]
    row.roles = list(dict.fromkeys(_ROLES[word] for word in words if word in _ROLES))
    if any(word not in _ROLES for word in words):
        yield row.wrong("角色", _ACCEPTED_ROLES)
    row.departments = [name for name in _listed(text["部门"]) if not _LEADERSHIP.fullmatch(name)]
    if Role.DEPARTMENT_HEAD in row.roles and not row.departments:
        yield row.wrong("部门", "科室负责人应写明所在部门")


def mail_address(text: str) -> str:
    """A mail address typed alone, as a list would take it; empty stays empty. Raises BadInputError."""
    found = unicodedata.normalize("NFKC", text).strip()
    if found and (not _MAIL.fullmatch(found) or len(found) > STAFF.field("邮箱").longest):
        raise BadInputError(f"邮箱“{text}”不可用：{_ONE_MAIL}。")
    return found


def phone_number(text: str) -> str:
    """A telephone number typed alone, as a list would take it; empty stays empty. Raises BadInputError."""
    found = _phone(text)
    if found and not _PHONE.fullmatch(found):
        raise BadInputError(f"手机“{text}”不可用：{_ONE_PHONE}。")
    return found


def typed_row(text: Mapping[str, str]) -> tuple[StaffRow, list[CellError]]:
    """One person typed into a form: the row a list would have, with what is wrong in its cells."""
    row = StaffRow(None, 1, dict.fromkeys(COLUMNS, "") | {name: value.strip() for name, value in text.items()})
    return row, list(_clean(row))


def _name(text: str) -> str:
    """Two-character names are often padded with spaces to look like three."""
    return text if re.search(r"[A-Za-z]", text) else re.sub(r"\s", "", text)


def _phone(text: str) -> str:
    bare = plain(text)
    digits = bare.replace("-", "")
    return digits if re.fullmatch(r"1\d{10}", digits) else bare
