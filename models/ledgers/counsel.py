"""法律顾问: who is engaged as counsel, from when until when."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Index, and_, not_, or_
from sqlmodel import Field, col

from models.coded import Coded, coded
from models.ledgers.entry import LedgerRow
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind, Problem, Sentence
from models.ledgers.measure import UNTIL, Measure
from models.ledgers.theme import Theme


class CounselKind(Coded):
    """Where counsel comes from."""

    EXTERNAL = "external", "外聘法律顾问"
    OFFICIAL = "official", "公职律师"


class Counsel(LedgerRow, table=True):
    """One engagement of a person or a firm; without `engaged_until` it has no end."""

    __table_args__ = (Index("ix_counsel_organ_id_engaged_from", "organ_id", "engaged_from"),)

    name: str = Field(max_length=100)
    kind: CounselKind = Field(sa_type=coded(CounselKind))
    firm: str | None = Field(default=None, max_length=200)
    engaged_from: dt.date
    engaged_until: dt.date | None = None


def _check(values: Mapping[str, Any]) -> Iterator[Problem]:
    start, end = values.get("engaged_from"), values.get("engaged_until")
    if start and end and end < start:
        yield "engaged_until", f"聘期截止 {end} 早于聘期开始 {start}：应不早于聘期开始"


_T = Counsel
_STANDING = and_(
    col(_T.engaged_from) <= UNTIL, or_(col(_T.engaged_until).is_(None), col(_T.engaged_until) >= UNTIL)
)  # fmt: skip
_EXTERNAL = col(_T.kind) == CounselKind.EXTERNAL
_IS_FIRM = or_(*(col(_T.name).like(f"%{ending}") for ending in ("事务所", "律所", "中心", "公司", "分所")))

KIND = Kind(
    code="counsel",
    title="法律顾问",
    unit="条",
    table=Counsel,
    day="engaged_from",
    called=("name", "firm"),
    purpose="报告中在聘的法律顾问、公职律师由此数出",
    identity=("name", "engaged_from"),
    fields=(
        LedgerField(
            "engaged_from", "聘期开始", FieldType.DAY, required=True,
            headings=("聘任日期", "聘用日期", "起始日期"),
        ),
        LedgerField(
            "name", "姓名或机构", required=True, longest=100,
            headings=("姓名", "法律顾问", "顾问姓名", "机构名称"),
        ),
        LedgerField(
            "kind", "类别", FieldType.CHOICE, required=True, choices=CounselKind, headings=("顾问类别", "类型"),
            words={
                "外聘": CounselKind.EXTERNAL, "法律顾问": CounselKind.EXTERNAL, "外聘律师": CounselKind.EXTERNAL,
                "公职": CounselKind.OFFICIAL,
            },
        ),
        LedgerField(
            "firm", "所在单位", longest=200, headings=("律师事务所", "单位", "所在律所"),
            hint="公职律师可不填。",
        ),
        LedgerField(
            "engaged_until", "聘期截止", FieldType.DAY, headings=("截止日期", "到期日期", "聘期届满"),
            hint="没有期限的不填；续聘的另记一条。",
        ),
    ),
    check=_check,
    measures=(
        Measure(
            "standing", "在聘法律顾问", "名", "期末在聘期内的外聘法律顾问和公职律师，同名的计一次", _STANDING,
            distinct="name", standing=True,
        ),
        *(
            Measure(
                str(kind), f"在聘{kind.label}", "名", f"其中类别为{kind.label}的",
                and_(_STANDING, col(_T.kind) == kind), distinct="name", standing=True,
            )
            for kind in CounselKind
        ),
        Measure(
            "firms", "在聘的律师事务所", "家", "在聘外聘法律顾问中写明为机构的", and_(_STANDING, _EXTERNAL, _IS_FIRM),
            distinct="name", standing=True,
        ),
        Measure(
            "lawyers", "在聘的律师", "名", "在聘外聘法律顾问中写明为个人的", and_(_STANDING, _EXTERNAL, not_(_IS_FIRM)),
            distinct="name", standing=True,
        ),
        Measure("engaged", "新聘法律顾问", "名", "聘期在期间内开始的，同名的计一次", distinct="name"),
    ),
    alike=(("名", "人", "家", "位"),),
    sentence=Sentence(
        """
{% set told = [(firms, "法律顾问"), (lawyers, "法律顾问"), (official, "公职律师")]|selectattr("0.value")|list %}
{% for figure, who in told %}
{% if loop.first %}{{ opening if who == "法律顾问" else "配备" if opening == "聘请" else "现有" }}{{ who }}
{% else %}、{{ "公职律师" if who == "公职律师" }}
{% endif %}
{{ cite(figure) }}
{% else %}
{{ "先后" if opening != "聘请" }}聘请法律顾问和公职律师{{ cite(engaged) }}{{ note(standing) }}
{% endfor %}
。
""",
        ("聘请", "在聘"),
        (Theme.COUNSEL, Theme.DECISION, Theme.LAWFUL, Theme.RULES),
    ),
)  # fmt: skip
