"""Read a staff list: find the header, take each row apart, and check what can be checked without the database."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from models.errors import BadInputError, CellError, UnreadableFileError
from models.person import Role
from tasks.reading.sheet import Cell, Sheet

COLUMNS = {
    "单位": ("单位", "单位名称", "所在单位", "工作单位", "机关", "organ"),
    "单位代码": ("单位代码", "单位编码", "机构代码", "organcode"),
    "上级单位": ("上级单位", "上级机关", "主管单位", "parent"),
    "部门": (
        "部门", "科室", "处室", "内设机构", "所在部门", "所属部门", "所在科室", "所属科室", "部门/科室", "department",
    ),
    "姓名": ("姓名", "名字", "人员", "人员姓名", "name"),
    "职务": ("职务", "职位", "岗位", "职务名称", "title", "post"),
    "角色": ("角色", "督办角色", "系统角色", "role"),
    "邮箱": ("邮箱", "电子邮箱", "电子邮件", "邮件", "邮箱地址", "邮件地址", "email", "e-mail", "mail"),
    "手机": (
        "手机", "手机号", "手机号码", "移动电话", "联系电话", "联系方式", "电话", "mobile", "phone",
    ),
    "代理人": ("代理人", "代理", "ab岗", "a/b岗", "b岗", "b角", "顶岗人", "deputy"),
}  # fmt: skip
"""The columns of a staff list, each with the headings offices give it."""

ROLE_WORDS = {
    Role.HANDLER: ("承办人", "责任人", "具体责任人", "经办人", "科员"),
    Role.DEPARTMENT_HEAD: ("科室负责人", "部门负责人", "处室负责人", "科长", "处长"),
    Role.LEADER: ("分管领导", "分管负责人", "副局长"),
    Role.FIRST_RESPONSIBLE: ("第一责任人", "主要负责人", "局长", "主任(主要负责人)"),
    Role.SUPERVISOR: ("督办员",),
    Role.AUDITOR: ("监督检查",),
    Role.ADMINISTRATOR: ("管理员", "系统管理员"),
}
"""What the column 角色 may say."""

_ALIASES = {alias: name for name, aliases in COLUMNS.items() for alias in aliases}
_ROLES = {word: role for role, words in ROLE_WORDS.items() for word in (*words, str(role))}
_ACCEPTED_ROLES = "应为:" + ";".join("、".join(words) for words in ROLE_WORDS.values()) + ";留空为承办人"
_HEADER_ROWS = 20
_SEPARATORS = re.compile(r"[、,,;;\n]+")
_LEADERSHIP = re.compile(r".{0,4}(领导|领导班子|班子|班子成员)")
"""局领导 and the like name the leadership, which is no department."""

_REMARK = re.compile(r"注[::]|备注|说明|填表|合计|总计|制表")
_MAIL = re.compile(r"[^@\s<>,;\"()]+@[^@\s<>,;\"()]+\.[^@\s<>,;\"().]+")
_PHONE = re.compile(r"\+?[\d-]{5,20}")
_ONE_MAIL = "应为一个邮箱地址,如 zhangsan@example.gov.cn;没有可留空"
_ONE_PHONE = "应为一个号码,如 13800000000 或 0591-12345678;没有可留空"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LENGTHS = {"单位": 200, "上级单位": 200, "部门": 200, "姓名": 64, "职务": 100, "邮箱": 254}


@dataclass
class StaffRow:
    """One row: every column's text as `COLUMNS` names it, and what its cells list. `place` counts from 1."""

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


def read_staff(sheets: list[Sheet], file_name: str) -> tuple[list[StaffRow], list[CellError]]:
    """The rows below each sheet's header, and every cell that is wrong in itself.

    Raises UnreadableFileError where no sheet has a header or nobody is listed.
    """
    rows: list[StaffRow] = []
    headed = False
    for sheet in sheets:
        _fill_merged(sheet)
        for index, cells in enumerate(sheet.rows[:_HEADER_ROWS]):
            columns = _columns(cells)
            if "姓名" in columns and len(columns) > 1:
                headed = True
                for place, row in enumerate(sheet.rows[index + 1 :], index + 2):
                    text = {name: _text(row[at]) if at < len(row) else "" for name, at in columns.items()}
                    if any(text.values()) and not _is_remark(row):
                        rows.append(StaffRow(sheet.name, place, dict.fromkeys(COLUMNS, "") | text))
                break
    if not headed:
        raise UnreadableFileError(f"“{file_name}”中没有找到表头:应有一行写明“姓名”和{'、'.join(COLUMNS)}中的列。")
    if not rows:
        raise UnreadableFileError(f"“{file_name}”的表头下面没有一行人员。")
    return rows, [error for row in rows for error in _clean(row)]


def _columns(cells: list[Cell]) -> dict[str, int]:
    """Which column stands where; of two with one meaning the first counts."""
    found: dict[str, int] = {}
    for at, cell in enumerate(cells):
        heading = re.sub(r"\*|\([^)]*\)", "", plain(_text(cell)))
        if heading in _ALIASES:
            found.setdefault(_ALIASES[heading], at)
    return found


def _fill_merged(sheet: Sheet) -> None:
    """What a merged cell says holds for all its rows."""
    for block in sheet.merged:
        for row in sheet.rows[block.top : block.bottom + 1]:
            for at in range(block.left, min(block.right + 1, len(row))):
                row[at] = sheet.rows[block.top][block.left]


def _is_remark(cells: list[Cell]) -> bool:
    said = {_text(cell) for cell in cells} - {""}
    return len(said) == 1 and _REMARK.match(said.pop()) is not None


def _text(cell: Cell) -> str:
    """A cell as text; Excel keeps a telephone number as a fraction."""
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()


def plain(text: str) -> str:
    """Full-width letters, digits and brackets as ordinary ones, without spaces: what is compared, never stored."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lower()


def _listed(text: str) -> list[str]:
    return [part for part in (part.strip() for part in _SEPARATORS.split(text)) if part]


def _clean(row: StaffRow) -> Iterator[CellError]:
    text = row.text
    for column in ("姓名", "代理人"):
        text[column] = _name(text[column])
    if not text["姓名"]:
        yield row.wrong("姓名", "应填写姓名;不是人员的行请删去")
    for column, longest in _LENGTHS.items():
        if len(text[column]) > longest:
            yield row.wrong(column, f"不能超过 {longest} 个字")
    text["邮箱"] = unicodedata.normalize("NFKC", text["邮箱"])
    if text["邮箱"] and not _MAIL.fullmatch(text["邮箱"]):
        yield row.wrong("邮箱", _ONE_MAIL)
    text["手机"] = _phone(text["手机"])
    if text["手机"] and not _PHONE.fullmatch(text["手机"]):
        yield row.wrong("手机", _ONE_PHONE)
    if text["单位代码"] and not _CODE.fullmatch(text["单位代码"]):
        yield row.wrong("单位代码", "应由字母、数字、点、横线组成,如 sft-01;没有可留空")
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
    if found and (not _MAIL.fullmatch(found) or len(found) > _LENGTHS["邮箱"]):
        raise BadInputError(f"邮箱“{text}”不可用:{_ONE_MAIL}。")
    return found


def phone_number(text: str) -> str:
    """A telephone number typed alone, as a list would take it; empty stays empty. Raises BadInputError."""
    found = _phone(text)
    if found and not _PHONE.fullmatch(found):
        raise BadInputError(f"手机“{text}”不可用:{_ONE_PHONE}。")
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
