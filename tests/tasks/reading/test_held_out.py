"""Documents as offices write them, with what a person reads in them: written down before they were first read.

Each is made here, as the kinds of files that offices send.
"""

import datetime as dt
import io
import subprocess
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

import openpyxl
import pytest
import typst
from docx import Document
from openpyxl.worksheet.worksheet import Worksheet

from tasks.containers.office_helper import find_helper
from tasks.plan.import_list import read_list
from tasks.reading.read_report import read_report

Row = Sequence[str | None]
QUARTERLY, HALF = (f"FREQ=MONTHLY;BYMONTH={months};BYMONTHDAY=-1" for months in ("3,6,9,12", "6,12"))

POINTS = (
    "某市水务局2026年法治政府建设工作要点",
    "2026年全市水务系统法治建设工作的总体要求是：全面落实市委、市政府部署，为水务高质量发展提供法治保障。",
    "一、加强党对法治建设的领导",
    "（一）落实第一责任人职责。党组主要负责人每半年至少听取1次法治建设工作汇报，年底前书面述法。（责任单位：办公室、法规科）",
    "（二）强化学习培训。全年集中学习不少于4次；9月底前举办1期行政执法人员培训班。（责任单位：机关党委、法规科）",
    "二、规范行政权力运行",
    "（三）严格规范性文件管理。3月底前制定年度规范性文件制定计划，6月底前完成现行有效规范性文件清理。（责任单位：法规科）",
    "（四）推行包容审慎监管。动态调整“轻微违法不予处罚”清单，第三季度向社会公布。（责任单位：执法支队）",
    "（五）开展案卷评查。上下半年各组织1次行政执法案卷评查，每季度通报一次执法情况。（责任单位：法规科、执法支队）",
    "三、做好普法宣传",
    "（六）推进河湖长制进校园。长期坚持，每学期开展1次。（责任单位：河长办）",
    "附件：1.任务分解表",
)
POINTS_READ = [
    ("党组主要负责人每半年至少听取1次法治建设工作汇报", HALF, "办公室"),
    ("年底前书面述法", "2026-12-31", "办公室"),
    ("全年集中学习不少于4次", None, "机关党委"),
    ("9月底前举办1期行政执法人员培训班", "2026-09-30", "机关党委"),
    ("3月底前制定年度规范性文件制定计划", "2026-03-31", "法规科"),
    ("6月底前完成现行有效规范性文件清理", "2026-06-30", "法规科"),
    ("动态调整“轻微违法不予处罚”清单，第三季度向社会公布", "2026-09-30", "执法支队"),
    ("上下半年各组织1次行政执法案卷评查", HALF, "法规科"),
    ("每季度通报一次执法情况", QUARTERLY, "法规科"),
    ("长期坚持，每学期开展1次", None, "河长办"),
]

NOTICE = (
    "关于印发2026年普法依法治理工作要点的通知",
    "各科室、局属各单位：",
    "现将《2026年普法依法治理工作要点》印发给你们，请认真贯彻执行。",
    "某县司法局",
    "2026年2月10日",
    "2026年普法依法治理工作要点",
    "一、总体要求",
    "深入学习贯彻党的二十大精神，服务高质量发展。",
    "二、主要任务",
    "（一）突出宣传重点",
    "1.学习宣传宪法。组织开展“宪法宣传周”系列活动，牵头单位：普法科；完成时限：12月10日。",
    "（二）推进依法治理",
    "2.开展民主法治示范村创建。年内新创建省级示范村2个、市级示范村5个。牵头单位：基层科；完成时限：10月底。",
    "3.实施“法律明白人”培养工程。8月底前完成骨干培训，全年培训不少于300人。牵头单位：基层科",
    "三、工作要求",
    "各单位要高度重视，加强协作配合，确保各项任务落到实处。",
)
NOTICE_READ = [
    ("组织开展“宪法宣传周”系列活动", "2026-12-10", "普法科"),
    ("年内新创建省级示范村2个、市级示范村5个", "2026-10-31", "基层科"),
    ("8月底前完成骨干培训", "2026-08-31", "基层科"),
    ("全年培训不少于300人", None, "基层科"),
]

BREAKDOWN: Sequence[Row] = (
    ("序号", "重点任务", "主要任务", "牵头领导", "牵头科室", "配合科室", "完成时限", "备注"),
    ("1", "优化营商环境", "编制公布行政许可事项实施规范", "李明", "审批科", "法规科", "2026年3月底前", ""),
    ("2", None, "推行证明事项告知承诺制", "李明", "审批科", "各科室", "6月30日", ""),
    ("3", "强化执法监督", "组织行政执法案卷评查2次", "王强", "法规科", "执法大队", "6月、12月", ""),
    ("4", None, "完成行政执法证件年审换发", "王强", "法规科", "人事科", "11月20日前", ""),
    ("5", None, "每季度开展执法数据统计分析", "王强", "执法大队", "", "每季度末", ""),
    ("6", "推进普法", "制定年度普法计划和责任清单", "赵丽", "宣传科", "", "一季度", ""),
    ("7", None, "落实领导干部应知应会清单制度", "赵丽", "机关党委", "", "长期坚持", ""),
)
BREAKDOWN_READ = [
    ("编制公布行政许可事项实施规范", "2026-03-31", "审批科", "优化营商环境"),
    ("推行证明事项告知承诺制", "2026-06-30", "审批科", "优化营商环境"),
    ("组织行政执法案卷评查2次", "2026-12-31", "法规科", "强化执法监督"),
    ("完成行政执法证件年审换发", "2026-11-20", "法规科", "强化执法监督"),
    ("每季度开展执法数据统计分析", QUARTERLY, "执法大队", "强化执法监督"),
    ("制定年度普法计划和责任清单", "2026-03-31", "宣传科", "推进普法"),
    ("落实领导干部应知应会清单制度", "2026-12-31", "机关党委", "推进普法"),
]

PLAN = (
    "某区城市管理局2026年法治建设工作计划",
    "一、主要任务",
    "1.完善制度。一季度完成《城市管理执法办法》修订调研；二季度形成草案；三季度提请审议。",
    "2.规范执法。全面落实行政执法公示、全过程记录、重大执法决定法制审核三项制度。",
    "二、保障措施",
    "3.加强督导。局督查室每月25日前汇总进展，每季度召开一次推进会。",
    "4.严格考核。12月20日前完成年度法治建设考核。",
)
PLAN_READ = [
    ("一季度完成《城市管理执法办法》修订调研", "2026-03-31", None),
    ("二季度形成草案", "2026-06-30", None),
    ("三季度提请审议", "2026-09-30", None),
    ("全面落实行政执法公示、全过程记录、重大执法决定法制审核三项制度", None, None),
    ("局督查室每月25日前汇总进展", "FREQ=MONTHLY;BYMONTHDAY=25", "局督查室"),
    ("每季度召开一次推进会", QUARTERLY, None),
    ("12月20日前完成年度法治建设考核", "2026-12-20", None),
]

REPORT = (
    "某县应急管理局2025年度法治政府建设工作报告",
    "县委、县政府：",
    "一、2025年法治政府建设主要举措和成效",
    "（一）强化组织领导。局党委会专题研究法治建设工作4次，组织中心组学法6次，班子成员讲法治课5人次。",
    "（二）规范行政执法。全年开展执法检查1326家次，查处违法行为87起，其中一般程序案件52起、简易程序35起，罚款386.52万元；"
    "办理行政许可214件，按时办结率100%，平均压缩时限62.5%。",
    "（三）深化普法。举办培训班3期，培训1200余人次；发放宣传资料2.3万份；线上答题参与超过5000人次。",
    "二、存在的不足",
    "一是基层执法力量薄弱，持证执法人员仅23名；二是普法形式不够丰富。",
    "三、党政主要负责人履职情况",
    "主要负责人主持召开党委会议2次，听取汇报3次，批示督办件11件。",
    "四、2026年工作安排",
    "1.持续加强队伍建设。6月底前完成执法人员资格培训，新增持证人员不少于5名。",
    "2.健全制度机制。修订《行政执法三项制度实施细则》，9月底前印发。",
    "3.创新普法形式。开展“以案释法”进企业活动，每季度不少于1场。",
)
REPORT_FIGURES = [
    "4次", "6次", "5人次", "1326家次", "87起", "52起", "35起", "386.52万元", "214件", "100%", "62.5%", "3期",
    "1200人次约", "23000份", "5000人次约", "23名", "2次", "3次", "11件", "5名约", "1场约",
]  # fmt: skip
REPORT_READ = [
    ("6月底前完成执法人员资格培训，新增持证人员不少于5名", "2026-06-30", None),
    ("修订《行政执法三项制度实施细则》，9月底前印发", "2026-09-30", None),
    ("开展“以案释法”进企业活动，每季度不少于1场", QUARTERLY, None),
]

BOOK_READ = [
    ("公布年度重大行政决策事项目录", "2026-03-31", "办公室", "重大行政决策"),
    ("重大决策合法性审查率达到100%", "2026-12-31", "法规股", "重大行政决策"),
    ("完成执法人员轮训，人均不少于60学时", "2026-10-31", "法规股", "行政执法"),
    ("按月公示行政处罚信息", "FREQ=MONTHLY;BYMONTHDAY=5", "执法大队", "行政执法"),
    ("修订行政处罚裁量基准", "2026-09-30", "法规股", "行政执法"),
    ("开展安全生产月法治宣传", "2026-06-30", "宣教中心", "普法宣传"),
    ("组织旁听庭审1次", "2026-12-31", "法规股", "普法宣传"),
    ("“5·12”防灾减灾日宣传", "2026-05-12", "宣教中心", "普法宣传"),
]


def word(paragraphs: Sequence[str], rows: Sequence[Row] = ()) -> bytes:
    """A .docx; a cell that is None is merged with the one above."""
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    table = document.add_table(len(rows), len(rows[0])) if rows else None
    for place, row in enumerate(rows):
        for column, text in enumerate(row):
            assert table is not None
            if text is None:
                above = next(one for one in range(place, -1, -1) if rows[one][column] is not None)
                table.cell(above, column).merge(table.cell(place, column)).text = str(rows[above][column])
            else:
                table.cell(place, column).text = text
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def page(paragraphs: Sequence[str], rows: Sequence[Row] = ()) -> bytes:
    """A saved page of an office's site, with its menu and foot."""
    told = "".join(f"<p>{escape(one)}</p>" for one in paragraphs)
    cells = "".join("<tr>" + "".join(f"<td>{escape(cell or '')}</td>" for cell in row) + "</tr>" for row in rows)
    menu = '<div class="nav"><a href="/">首页</a><a href="/open">政务公开</a></div>'
    foot = '<div class="foot"><a href="/map">网站地图</a> 版权所有</div>'
    table = f"<table>{cells}</table>" if rows else ""
    return f'<html><head><meta charset="utf-8"></head><body>{menu}{told}{table}{foot}</body></html>'.encode()


def print_(paragraphs: Sequence[str], rows: Sequence[Row] = ()) -> bytes:
    """A .pdf with its text."""
    told = "\n\n".join(f"#par[#{_quoted(one)}]" for one in paragraphs)
    cells = ", ".join(f"[#{_quoted(cell or '')}]" for row in rows for cell in row)
    table = f"#table(columns: {len(rows[0])}, {cells})" if rows else ""
    font = '#set text(font: "Noto Serif CJK SC", lang: "zh", size: 12pt)\n'
    made = typst.compile((font + told + "\n" + table).encode(), format="pdf")
    assert isinstance(made, bytes)
    return made


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def book() -> bytes:
    """A workbook of two sheets, in one of which rows of their own announce groups."""
    made = openpyxl.Workbook()
    first = made.active
    assert isinstance(first, Worksheet)
    first.title = "依法行政"
    header = ["序号", "工作任务", "牵头单位", "配合单位", "责任人", "完成时间"]
    for row in (
        ["2026年法治建设重点任务清单（依法行政）"],
        ["填报单位：某县应急管理局", "", "", "", "", "2026年1月"],
        header,
        ["（一）", "重大行政决策"],
        [1, "公布年度重大行政决策事项目录", "办公室", "法规股", "陈伟", dt.date(2026, 3, 31)],
        [2, "重大决策合法性审查率达到100%", "法规股", "", "陈伟", "全年"],
        ["（二）", "行政执法"],
        [1, "完成执法人员轮训，人均不少于60学时", "法规股", "执法大队", "刘洋", "2026.10"],
        [2, "按月公示行政处罚信息", "执法大队", "", "刘洋", "每月5日前"],
        [3, "修订行政处罚裁量基准", "法规股", "", "刘洋", dt.date(2026, 9, 1)],
    ):
        first.append(row)
    first.merge_cells("A1:F1")
    first["F10"].number_format = 'yyyy"年"m"月"'
    second = made.create_sheet("普法宣传")
    for row in (
        header,
        [1, "开展安全生产月法治宣传", "宣教中心", "各股室", "周敏", "6月"],
        [2, "组织旁听庭审1次", "法规股", "", "周敏", "下半年"],
        [3, "“5·12”防灾减灾日宣传", "宣教中心", "", "周敏", "5月12日"],
    ):
        second.append(row)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def as_(kind: str, content: bytes, folder: Path, of: str) -> bytes:
    """The file saved as another kind by LibreOffice."""
    program = find_helper()
    if program is None:
        pytest.skip("这台机器上没有 LibreOffice (LibreOffice is not installed)")
    source = folder / f"原件.{of}"
    source.write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    asked = [program, profile, "--headless", "--convert-to", kind, "--outdir", str(folder), str(source)]
    subprocess.run(asked, check=True, capture_output=True, timeout=120)
    return source.with_suffix(f".{kind}").read_bytes()


Made = Callable[[Path], bytes]
TITLE = "2026年重点工作任务分解表"
DOCUMENTS: dict[str, tuple[Made, Sequence[tuple[str | None, ...]]]] = {
    "要点.docx": (lambda _: word(POINTS), POINTS_READ),
    "要点.pdf": (lambda _: print_(POINTS), POINTS_READ),
    "要点.doc": (lambda folder: as_("doc", word(POINTS), folder, "docx"), POINTS_READ),
    "通知.docx": (lambda _: word(NOTICE), NOTICE_READ),
    "通知.html": (lambda _: page(NOTICE), NOTICE_READ),
    "分解表.docx": (lambda _: word([TITLE], BREAKDOWN), BREAKDOWN_READ),
    "分解表.html": (lambda _: page([TITLE], BREAKDOWN), BREAKDOWN_READ),
    "分解表.odt": (lambda folder: as_("odt", word([TITLE], BREAKDOWN), folder, "docx"), BREAKDOWN_READ),
    "计划.html": (lambda _: page(PLAN), PLAN_READ),
    "计划.odt": (lambda folder: as_("odt", word(PLAN), folder, "docx"), PLAN_READ),
    "报告.docx": (lambda _: word(REPORT), REPORT_READ),
    "报告.pdf": (lambda _: print_(REPORT), REPORT_READ),
    "清单.xlsx": (lambda _: book(), BOOK_READ),
    "清单.ods": (lambda folder: as_("ods", book(), folder, "xlsx"), BOOK_READ),
    "清单.xls": (lambda folder: as_("xls", book(), folder, "xlsx"), BOOK_READ),
}


@pytest.mark.parametrize("name", [
    pytest.param(name, marks=pytest.mark.slow if name.endswith((".doc", ".odt", ".ods", ".xls")) else ())
    for name in DOCUMENTS
])  # fmt: skip
def test_items_their_days_and_who_does_them_are_read_as_a_person_reads_them(tmp_path: Path, name: str) -> None:
    made, right = DOCUMENTS[name]
    (tmp_path / name).write_bytes(made(tmp_path))
    found = read_list(tmp_path / name, year=2026)
    read = [
        (row.title, _when(row.due), row.lead, row.project)[: len(right[0])]
        for row in found.rows
    ]  # fmt: skip

    assert found.errors == []
    assert read == list(right)


@pytest.mark.parametrize("name", ["报告.docx", "报告.pdf"])
def test_every_figure_of_a_report_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(DOCUMENTS[name][0](tmp_path))
    figures = read_report(tmp_path / name).as_dict()["figures"]

    assert [f"{one['value']:g}{one['unit']}{'约' * one['approximate']}" for one in figures] == REPORT_FIGURES


def _when(due: object) -> str | None:
    on, rule = getattr(due, "due_on", None), getattr(due, "recurrence", None)
    return str(on) if on else rule
