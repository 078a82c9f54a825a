"""The year of the real report told again from rows, and put beside it sentence by sentence.

`python -m tests.real.seed_year` writes docs/report-beside-a-real-one.md: our own sentences with where they come from,
the real ones by part and place alone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import Session

from models.database import open_engine, unit_of_work
from models.ledgers.counsel import CounselKind
from models.ledgers.enforcement_case import Procedure
from models.ledgers.kinds import KINDS
from models.ledgers.legal_review import ReviewKind
from models.ledgers.publicity import PublicityChannel
from models.ledgers.regulation import RuleAct, RuleCategory
from models.ledgers.training import TrainingKind
from models.people.personal_duty import Duty
from models.report.report import SectionKind
from tasks.ledgers.record import record_row
from tasks.reading.folding import sentences
from tasks.reading.read_report import ReportReading, read_report
from tasks.report.compiling.compiled import CompiledReport
from tasks.report.compiling.template import Numbering, ReportTemplate
from tests.actors import administrator
from tests.databases import lay_sqlite
from tests.report_year import ReportYear, day

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT / "../shared/real"
PAGE = ROOT / "docs/report-beside-a-real-one.md"
ON = "2025-01-09"
LIKE, TOLD = 0.45, 0.2
"""Of the pairs of neighbouring characters: how many of ours the real sentence has, and how many of its own are told."""

ITEMS = (
    ("制定中心组年度学法计划", None),
    ("制定法治政府建设年度工作要点，3月底前完成", None),
    ("按项目化、清单化、责任化、时限化分解重点工作", None),
    ("11月底前起草人防工程使用综合监管方案", None),
    ("落实“双随机、一公开”和“互联网+监管”", "落实“双随机、一公开”和“互联网+监管”，人防市场监管效能有所提升。"),
    ("在全民国防教育日等节点组织普法", "建成宣教馆、体验角、展示墙等普法阵地。"),
    ("通过微信公众号宣传民防法律知识", None),
    ("落实行政执法三项制度", None),
    ("落实执法人员持证上岗、亮证执法和资格管理", None),
)
"""What the office planned, with the achievement where somebody wrote one; in the order of the real headings."""
_HEADING = (0, 1, 1, 2, 2, 3, 3, 4, 4)
_DEFICIENCIES = (
    ("普法宣传媒介较为单一", "新媒体、数字平台用得不多，法治文化作品创作能力不强。"),
    ("一线执法人员素质有待加强", "部分人员法律知识和业务技能不足，执法文书不够严谨。"),
    ("行业监管与综合执法衔接不紧密", "联合监管机制还不完善，主动预防违法行为不够。"),
)


def template(real: ReportReading, **more: object) -> ReportTemplate:
    """The frame of the real report: its headings, in its order."""
    headings = {section.kind: section.heading or "" for section in real.sections}
    plain = {SectionKind.FIRST_RESPONSIBLE: Numbering.PLAIN}
    return ReportTemplate.model_validate({"headings": headings, "numberings": plain, **more})


def the_year(session: Session, real: ReportReading, **organ: str) -> ReportYear:
    """The facts of the report as an office would have recorded them during the year; no sentence of it."""
    achievements, _deficiencies, _first, coming = real.sections
    headings = [heading.text.rstrip("。") for heading in achievements.subheadings]
    year = ReportYear(session, *headings, year=2024, **organ)
    for place, (title, achievement) in zip(_HEADING, ITEMS, strict=True):
        item = year.item(title, project=headings[place], due="2024-11-30", closed="2024-11-20")
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
    year.act(Duty.DEPLOY, "2024-02-20", "把学习贯彻习近平法治思想列为党组中心组的重点")
    year.act(Duty.INQUIRE, "2024-05-16", "督促建立行政许可、行政处罚信用信息的台账，落实双公示")
    year.act(Duty.COORDINATE, "2024-08-08", "对照示范指标体系组织开展示范创建活动")
    year.act(Duty.SUPERVISE, "2024-10-24", "推动用线上答疑、线下讲座和小区宣传栏普法")
    for text, cause in _DEFICIENCIES:
        year.deficiency(text, on="2024-12-20", cause=cause)
    plan = [heading.text.rstrip("。") for heading in coming.subheadings]
    next_year = ReportYear(session, *plan, year=2025, **organ)
    for duty in real.items:
        project = next(name for name in plan if duty.project and name.startswith(duty.project.rstrip("。")[:8]))
        next_year.item(duty.title, project=project, source=duty.source)
    return year


def _ledgers(year: ReportYear) -> None:
    rows = (
        ("training", {"held_on": "2024-05-20", "topic": "行政执法业务", "kind": TrainingKind.STAFF}),
        ("training", {"held_on": "2024-10-20", "topic": "法治理论", "kind": TrainingKind.STAFF}),
        ("rule", _rule("2024-03-08", "办党组工作规则")),
        ("rule", _rule("2024-06-08", "“三重一大”事项集体决策制度")),
        ("counsel", {"engaged_from": "2024-01-08", "name": "某律师事务所", "kind": CounselKind.EXTERNAL}),
        ("review", {"received_on": "2024-04-08", "title": "维护合同", "kind": ReviewKind.CONTRACT}),
        ("review", {"received_on": "2024-08-08", "title": "租赁合同", "kind": ReviewKind.CONTRACT}),
        ("publicity", _event("2024-09-21", "国防教育日宣传", PublicityChannel.ON_SITE, "全民国防教育日")),
        ("publicity", _event("2024-10-08", "公众号推送", PublicityChannel.NEW_MEDIA, None)),
    )
    for code, given in rows:
        record_row(year.session, year.organ, KINDS[code], given, by=administrator(day("2024-12-30")))


def _rule(on: str, title: str) -> dict[str, object]:
    return {"issued_on": on, "title": title, "act": RuleAct.REVISED, "category": RuleCategory.INTERNAL}


def _event(on: str, title: str, channel: PublicityChannel, node: str | None) -> dict[str, object]:
    return {"held_on": on, "title": title, "channel": channel, "node": node}


@dataclass(frozen=True)
class Beside:
    """One sentence of the real report by its place, and ours that tells the same, if there is one."""

    part: str
    place: int
    ours: str
    origin: str


SAME, COPIED = "（与原句相近，不抄录）", 0.8
"""What nearly repeats a real sentence is not shown."""
RECORDS, WORDS, NOT = "仅据记录", "有人写的话", "没有"
_WRITTEN = re.compile(r"progress:|deficiency:|act:\d")
"""Keys of blocks that repeat what a person wrote down; the rest is told from rows."""


def beside(report: CompiledReport, real: str, reading: ReportReading) -> list[Beside]:
    """Each sentence of the real report beside those of ours in the same part that tell of the same."""
    ours = {
        section.number.rstrip("、"): [(text, block) for block in section.blocks for text in sentences(block.text)]
        for section in report.sections
    }
    theirs = list(_sentences(real, reading))
    flat = _bare(real)
    found = []
    for part, place, sentence in theirs:
        like = [(text, block) for text, block in ours[part] if _share(text, sentence) >= LIKE]
        told = _share(sentence, "".join(text for text, _ in like)) >= TOLD
        written = any(_WRITTEN.match(block.key) for _, block in like)
        origin = NOT if not told else WORDS if written else RECORDS
        copied = (_bare(text) in flat or _share(text, sentence) >= COPIED for text, _ in like)
        shown = dict.fromkeys(SAME if same else text for (text, _), same in zip(like, copied, strict=True))
        found.append(Beside(part, place, "".join(shown) if told else "", origin))
    return found


def _sentences(real: str, reading: ReportReading) -> Iterator[tuple[str, int, str]]:
    """The sentences of every part with its number and their places in it; headings left out."""
    flat = "".join(real.partition("\n\n")[2].split())
    starts = [flat.index("".join((one.heading or "").split())) for one in reading.sections]
    for section, start, end in zip(reading.sections, starts, [*starts[1:], len(flat)], strict=True):
        headings = {"".join(one.text.split()).rstrip("。") for one in section.subheadings}
        body = flat[start + len("".join((section.heading or "").split())) : end]
        told = (re.sub(r"^(?:\d\.|[一二三]是)", "", sentence) for sentence in sentences(body))
        kept = [sentence for sentence in told if sentence.rstrip("。") not in headings]
        yield from (
            ((section.number or "").rstrip("、"), place, sentence) for place, sentence in enumerate(kept, start=1)
        )


def _share(whole: str, part: str) -> float:
    """How many of the pairs of neighbouring characters of `whole` stand in `part` as well."""
    pairs = [{text[at : at + 2] for at in range(len(text) - 1)} for text in map(_bare, (whole, part))]
    return len(pairs[0] & pairs[1]) / max(1, len(pairs[0]))


def _bare(text: str) -> str:
    return re.sub(r"\W", "", text)


def page(found: Sequence[Beside]) -> str:
    """The table with its three numbers."""
    counts = {origin: sum(one.origin == origin for one in found) for origin in (RECORDS, WORDS, NOT)}
    lines = [
        "# 与一份真实报告逐句对照",
        "",
        "由 `python -m tests.real.seed_year` 写出：真实报告不在本库中，只以部分和句次指称；",
        "它的一年按记录重新登记、编制，逐句对照。",
        f"编出的一句，其相邻字对有 {LIKE:.0%} 以上在同一部分的原句中的，列在旁边；",
        f"合起来有原句字对 {TOLD:.0%} 以上的，算编出了这一句。",
        "第四部分据已有的下一年度计划编出。",
        "",
        f"真实报告 {len(found)} 句：{counts[RECORDS]} 句仅据记录编出，{counts[WORDS]} 句用了人写的成效、不足、履职，",
        f"{counts[NOT]} 句没有编出。",
        "",
        "| 部分 | 句 | 编出的句子 | 来自 |",
        "|---|---|---|---|",
        *(f"| {one.part} | {one.place} | {one.ours or '—'} | {one.origin} |" for one in found),
    ]
    return "\n".join(lines) + "\n"


def seed() -> tuple[str, ReportReading]:
    """The real report as text and as read."""
    (path,) = REAL.glob("reports/00-*.txt")
    return path.read_text(encoding="utf-8"), read_report(path)


def main() -> None:
    """Write the page."""
    text, reading = seed()
    with TemporaryDirectory() as folder:
        engine = open_engine(lay_sqlite(Path(folder) / "year.db"))
        with unit_of_work(engine) as session:
            report = the_year(session, reading).compile(ON, template(reading))
        engine.dispose()
    PAGE.write_text(page(beside(report, text, reading)), encoding="utf-8")


if __name__ == "__main__":
    main()
