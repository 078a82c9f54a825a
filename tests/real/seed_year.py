"""The year of the real report told again from rows: what an office's records of that year would have held.

Short titles, dates and figures as a clerk enters them, in words of our own. Where somebody wrote down what was
achieved, what is lacking or what a leader did, that is a person's word and is told apart.
"""

from collections.abc import Iterator
from pathlib import Path

from sqlmodel import Session

from models.ledgers.counsel import CounselKind
from models.ledgers.enforcement_case import Procedure
from models.ledgers.kinds import KINDS
from models.ledgers.legal_review import ReviewKind
from models.ledgers.regulation import RuleAct, RuleCategory
from models.ledgers.training import TrainingKind
from models.people.personal_duty import Duty
from models.report.report import SectionKind
from tasks.ledgers.record import record_row
from tasks.reading.read_report import ReportReading, read_report
from tasks.report.compiling.template import Numbering, ReportTemplate
from tests.actors import administrator
from tests.report_year import ReportYear, day

REAL = Path(__file__).resolve().parents[2] / "../shared/real"
ON = "2025-01-09"

_ITEMS = (
    (
        ("把习近平法治思想、宪法法律和党内法规列入党组中心组年度学习计划", None),
        ("组织全系统开展法治政府建设学习教育", None),
        ("定期开展干部法治培训和业务理论学习，提升依法行政能力", None),
    ),
    (
        ("按三定方案，围绕主责主业制定年度法治政府建设工作要点，3月底前完成", None),
        ("按项目化、清单化、责任化、时限化分解、推进重点工作", None),
    ),
    (
        ("严格执行重大行政决策程序", None),
        ("11月底前牵头起草《“人防工程使用综合监管一件事”工作方案》（草案）", None),
        ("落实“双随机、一公开”和“互联网+监管”", "落实“双随机、一公开”和“互联网+监管”，人防市场监管效能有所提升。"),
        ("续聘法律顾问，在合同中明确选聘方式、职责和权利", None),
        ("请法律顾问参与起草、审核重大合同", None),
        ("加强日常业务合法性审查", None),
    ),
    (
        (
            "在“全民国防教育日”等时间节点组织普法",
            "在“全民国防教育日”等时间节点组织普法，建成微型宣教馆、体验角、展示墙、法治橱窗。",
        ),
        ("通过微信公众号开展线上宣传，推广民防法律知识", None),
    ),
    (
        ("落实执法公示、执法全过程记录、重大执法决定法制审核“三项制度”", None),
        ("落实持证上岗、“亮证执法”和执法资格管理", None),
        ("规范执法履职", "全年未发生行政不作为、乱作为。"),
    ),
)
"""What the office planned under each heading, with the achievement where somebody wrote one."""

_DEFICIENCIES = (
    (
        "普法宣传媒介单一",
        "新媒体、数字平台利用率低，宣传广度、深度不足。法治文化作品创作能力弱、氛围不浓，影响民防法治宣传教育。",
    ),
    (
        "一线执法队伍素质不高",
        "部分执法人员法治观念不强，法律知识、业务技能掌握不够，执法文书不严谨等问题仍有发生。",
    ),
    (
        "行业监管和综合执法衔接不够，监管没有形成合力",
        "联合监管机制不完善，主动预防违法行为力度不够。",
    ),
)  # fmt: skip

_ACTS = (
    (
        Duty.DEPLOY, "2024-02-20",
        "将学习宣传习近平法治思想列为党组中心组重点内容，部署落实《法治上海建设规划》《上海法治政府建设规划》"
        "《上海法治社会建设规划》和《贯彻习近平法治思想 推进一流水平法治长宁建设行动纲要》年度任务",
    ),
    (
        Duty.COORDINATE, "2024-08-08",
        "对照示范指标体系总结近年法治政府建设工作，分会议信息、日常工作、制度、成果、经验归集材料，"
        "组织示范创建",
    ),
    (
        Duty.INQUIRE, "2024-05-16",
        "督促建立行政许可、行政处罚信用信息台账，许可和处罚信息都纳入信用信息系统，做到“双公示”",
    ),
    (
        Duty.SUPERVISE, "2024-10-24",
        "推动线上问答、线下讲座等多元化宣传，解答群众法律问题，选取身边的行政执法案例讲解，"
        "在小区公告栏等公共场所设置普法宣传栏",
    ),
)  # fmt: skip

_COMING = (
    (
        ("把习近平法治思想作为党组中心组学习重点", None),
        ("举办专题研讨会、交流会", "举办专题研讨会、交流会，加深对习近平法治思想的认识。"),
        (
            "落实法治政府建设各项任务",
            "落实法治政府建设各项任务，不断提高领导干部运用法治思维和法治方式推动发展、化解矛盾的能力。",
        ),
    ),
    (
        ("强化组织领导，明确分工、压实责任", None),
        ("将法治政府建设列入年度计划", None),
        ("定期听取工作汇报、分析建设情况", None),
        ("完善行政执法三项制度等工作制度", None),
    ),
    (
        ("加大执法力度，查处违法违规行为", None),
        ("定期自查自纠行政执法案卷", None),
        ("接受上级监督，主动报告依法行政工作", None),
        ("落实行政执法监督制度", None),
        ("落实行政执法责任制和监督考核", None),
        ("推行“阳光执法”，执法程序、过程和结果定期公开", None),
    ),
    (
        ("制定2025年普法计划", None),
        ("落实“谁执法谁普法”责任制", None),
        ("开展形式多样的法治宣传教育活动", None),
        ("用新媒体平台宣传法律法规", "用新媒体平台宣传法律法规，不断提高公众法治意识。"),
    ),
)
"""The plan of the next year as the office drew it up, with what each is for where its own text says so."""


def template(real: ReportReading, **more: object) -> ReportTemplate:
    """The frame of the real report: its headings, in its order."""
    headings = {section.kind: section.heading or "" for section in real.sections}
    plain = {SectionKind.FIRST_RESPONSIBLE: Numbering.PLAIN}
    return ReportTemplate.model_validate({"headings": headings, "numberings": plain, **more})


def the_year(session: Session, real: ReportReading, **organ: str) -> ReportYear:
    """The rows of the year and of the plan for the next, under the headings of the real report."""
    achievements, _deficiencies, _first, coming = real.sections
    headings = [heading.text.rstrip("。") for heading in achievements.subheadings]
    organ = organ or {"name": "某区国防动员办公室", "code": "mobilization"}
    year = ReportYear(session, *headings, year=2024, **organ)
    for heading, items in zip(headings, _ITEMS, strict=True):
        for title, achievement in items:
            item = year.item(title, project=heading, due="2024-11-30", closed="2024-11-20")
            if achievement:
                year.progress(item, "2024-11-20", achievement=achievement)
    year.study("2024-04-10", "习近平法治思想")
    year.study("2024-09-12", "党内法规")
    for place in range(1, 14):
        on = f"2024-{(place - 1) % 12 + 1:02}-15"
        if place <= 4:
            year.case(on, Procedure.SIMPLE)
        else:
            year.case(on, Procedure.ORDINARY, "3333.33" if place < 13 else "3333.36")
    _ledgers(year)
    for duty, on, text in _ACTS:
        year.act(duty, on, text)
    for text, cause in _DEFICIENCIES:
        year.deficiency(text, on="2024-12-20", cause=cause)
    plan = [heading.text.rstrip("。") for heading in coming.subheadings]
    next_year = ReportYear(session, *plan, year=2025, **organ)
    for heading, items in zip(plan, _COMING, strict=True):
        for title, source in items:
            next_year.item(title, project=heading, source=source)
    return year


def written() -> Iterator[str]:
    """Everything that people wrote in these records."""
    yield from (text for group in (*_ITEMS, *_COMING) for item in group for text in item if text)
    yield from (text for deficiency in _DEFICIENCIES for text in deficiency)
    yield from (text for _, _, text in _ACTS)


def _ledgers(year: ReportYear) -> None:
    rows = (
        ("training", {"held_on": "2024-05-20", "topic": "行政执法业务", "kind": TrainingKind.STAFF}),
        ("training", {"held_on": "2024-10-20", "topic": "法治理论", "kind": TrainingKind.STAFF}),
        ("rule", _rule("2024-03-08", "办党组工作规则")),
        ("rule", _rule("2024-06-08", "“三重一大”事项集体决策制度")),
        ("counsel", {"engaged_from": "2024-01-08", "name": "某律师事务所", "kind": CounselKind.EXTERNAL}),
        ("review", {"received_on": "2024-04-08", "title": "维护合同", "kind": ReviewKind.CONTRACT}),
        ("review", {"received_on": "2024-08-08", "title": "租赁合同", "kind": ReviewKind.CONTRACT}),
    )
    for code, given in rows:
        record_row(year.session, year.organ, KINDS[code], given, by=administrator(day("2024-12-30")))


def _rule(on: str, title: str) -> dict[str, object]:
    return {"issued_on": on, "title": title, "act": RuleAct.REVISED, "category": RuleCategory.INTERNAL}


def seed() -> tuple[str, ReportReading]:
    """The real report as text and as read."""
    (path,) = REAL.glob("reports/00-*.txt")
    return path.read_text(encoding="utf-8"), read_report(path)
