"""普法活动: events of publicity, on which node of the year, by which channel, and whom they reached."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, and_
from sqlmodel import Field, col

from models.coded import Coded, coded
from models.dates.days import DAY
from models.dates.publicity_nodes import NODES, PublicityNode
from models.dates.workdays import WorkCalendar
from models.ledgers.derive import Amount
from models.ledgers.entry import LedgerRow
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind, Problem, Sentence
from models.ledgers.measure import CrossCheck, Listing, Measure
from models.ledgers.term import Turn, YearlyTerm
from models.ledgers.theme import Theme


class PublicityChannel(Coded):
    """How people were reached."""

    ON_SITE = "on_site", "线下活动"
    LECTURE = "lecture", "讲座培训"
    NEW_MEDIA = "new_media", "新媒体"
    MASS_MEDIA = "mass_media", "报刊广播电视"


ONLINE = (PublicityChannel.NEW_MEDIA, PublicityChannel.MASS_MEDIA)
"""The channels that gather nobody in one place."""


class Publicity(LedgerRow, table=True):
    """One event. `people` were counted, or estimated where `approximate` (10余人): the two are never added up."""

    __tablename__ = "publicity"
    __table_args__ = (Index("ix_publicity_organ_id_held_on", "organ_id", "held_on"),)

    held_on: dt.date
    title: str = Field(max_length=500)
    channel: PublicityChannel = Field(sa_type=coded(PublicityChannel))
    node: str | None = Field(default=None, max_length=100)
    audience: str | None = Field(default=None, max_length=200)
    reached: str | None = Field(default=None, max_length=40)
    """As it was written down: 320人, 10余人."""
    people: int | None = None
    approximate: bool | None = None
    """Whether `people` is an estimate."""
    materials: int = 0
    """Leaflets and the like that were handed out."""


_REACHED = re.compile(
    r"(?P<about>约|近|逾|超|超过)?(?P<number>\d[\d,，]*(?:\.\d+)?)(?P<wan>万)?(?P<more>余|多)?(?:人次|人|名)?(?P<around>左右|以上)?"
)


def reached(text: str) -> tuple[int, bool] | None:
    """How many people a text tells of, and whether it is an estimate (约300、10余人); None for anything else."""
    found = _REACHED.fullmatch(re.sub(r"\s", "", text))
    if found is None:
        return None
    number = Decimal(re.sub("[,，]", "", found["number"])) * (10_000 if found["wan"] else 1)
    if number != int(number):
        return None
    return int(number), any(found[part] for part in ("about", "more", "around"))


def _check(values: Mapping[str, Any]) -> Iterator[Problem]:
    text = values.get("reached")
    if text and reached(text) is None:
        yield "reached", "应为人数，如 320、320人次；估计的写 约300、10余人"


def _counted_or_estimated(values: Mapping[str, Any], _calendar: WorkCalendar, _amount: Amount) -> Mapping[str, Any]:
    found = reached(values.get("reached") or "")
    people, approximate = found if found else (None, None)
    return {**values, "people": people, "approximate": approximate}


def _turns(node: PublicityNode) -> YearlyTerm:
    """What a node asks: an event in the week before it, or within its span."""

    def turns(year: int) -> tuple[Turn, ...]:
        return (Turn(node.code, f"{node.title}普法活动", node.first(year) - 7 * DAY, node.due_on(year)),)

    told = "（日期凭一般了解，待核）" if node.remembered else ""
    return YearlyTerm(
        node.code, f"{node.title}普法活动", turns, 1, "次",
        f"{node.source}{told}；是否开展由本单位普法计划确定", remembered=True,
    )  # fmt: skip


_T = Publicity
_COUNTED = and_(col(_T.people).is_not(None), col(_T.approximate).is_not(True))
_MANY = Decimal(1_000_000_000)

KIND = Kind(
    code="publicity",
    title="普法活动",
    unit="场",
    table=Publicity,
    day="held_on",
    called=("title",),
    purpose="报告中的普法活动场次、受众人数由此数出",
    tells=("title", "channel", "node", "reached"),
    fields=(
        LedgerField("held_on", "活动日期", FieldType.DAY, required=True, headings=("日期", "时间", "开展时间")),
        LedgerField("title", "活动名称", required=True, headings=("名称", "主题", "活动主题", "活动内容")),
        LedgerField(
            "channel", "方式", FieldType.CHOICE, required=True, choices=PublicityChannel,
            headings=("渠道", "宣传方式", "活动形式"), words={
                "线下": PublicityChannel.ON_SITE, "现场": PublicityChannel.ON_SITE,
                "现场宣传": PublicityChannel.ON_SITE,
                "讲座": PublicityChannel.LECTURE, "培训": PublicityChannel.LECTURE, "宣讲": PublicityChannel.LECTURE,
                "线上": PublicityChannel.NEW_MEDIA, "微信": PublicityChannel.NEW_MEDIA,
                "微信公众号": PublicityChannel.NEW_MEDIA, "短视频": PublicityChannel.NEW_MEDIA,
                "报刊": PublicityChannel.MASS_MEDIA, "电视": PublicityChannel.MASS_MEDIA,
            },
        ),
        LedgerField(
            "node", "普法节点", longest=100, headings=("节点", "时间节点"),
            hint=f"如：{'、'.join(node.title for node in NODES)}；不是节点活动的不填。",
        ),
        LedgerField("audience", "受众", longest=200, headings=("对象", "宣传对象"), hint="如：企业、学生、社区居民。"),
        LedgerField(
            "reached", "受众人数", longest=40,
            headings=("人数", "参加人数", "受众", "受众人次", "普法人数", "覆盖人数", "参与人数"),
            hint="数过的写数字，如 320；估计的写明约数，如 约300、10余。两种分开统计，不相加。",
        ),
        LedgerField(
            "materials", "发放资料份数", FieldType.WHOLE, most=_MANY, default=0, headings=("资料份数", "发放资料"),
            hint="没有发放的不填。",
        ),
    ),
    check=_check,
    derive=_counted_or_estimated,
    yearly=tuple(_turns(node) for node in NODES),
    measures=(
        Measure("events", "普法活动", "场", "活动日期在期间内的普法活动"),
        Measure("on_site", "线下普法活动", "场", "其中线下活动和讲座", col(_T.channel).not_in(ONLINE)),
        Measure("online", "线上普法活动", "场", "其中新媒体和报刊广播电视", col(_T.channel).in_(ONLINE)),
        Measure("on_nodes", "节点普法活动", "场", "其中写明普法节点的", col(_T.node).is_not(None)),
        Measure("people", "普法受众人次", "人次", "有确数的各场人数之和", _COUNTED, total="people"),
        Measure(
            "about", "普法受众人次（约数）", "人次", "只有约数的各场人数之和，不与确数相加",
            and_(col(_T.people).is_not(None), col(_T.approximate).is_(True)), total="people", approximate=True,
        ),
        Measure("materials", "发放普法资料", "份", "各场发放资料之和", col(_T.materials) > 0, total="materials"),
    ),
    cross_checks=(
        CrossCheck("普法活动 = 线下 + 线上", "publicity.events", ("publicity.on_site", "publicity.online")),
        CrossCheck("普法活动不少于节点普法活动", "publicity.events", ("publicity.on_nodes",), at_least=True),
    ),
    alike=(("场", "次", "场次"),),
    listings=(Listing("estimates", "reached", col(_T.approximate).is_(True)),),
    sentence=Sentence(
        """
{{ opening }}普法活动{{ cite(events) }}
{% if on_site.value and online.value %}
，其中线下{{ cite(on_site) }}、线上{{ cite(online) }}
{% endif %}
{% if on_nodes.value %}，结合重要时间节点开展{{ cite(on_nodes) }}{% endif %}
{% if people.value %}，受众{{ cite(people) }}{% endif %}
{% if about.value %}，{{ "另有" if people.value else "受众" }}{{ estimate(about, estimates) }}{% endif %}
{% if materials.value %}，发放资料{{ cite(materials) }}{% endif %}。
""",
        ("开展", "举办"),
        (Theme.PUBLICITY,),
    ),
)  # fmt: skip
