"""A report is read the way a person reads it, however it is written, broken or numbered."""

import datetime as dt
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import UnreadableFileError
from models.report.report import SectionKind
from tasks.reading.read_report import ReportReading, read_report_text

REPORT = """临江市水务局2024年度法治政府建设情况报告
市委、市政府：
2024年，市水务局深入学习贯彻习近平法治思想，扎实推进依法治水各项工作。现将有关情况报告如下：
一、推进法治政府建设的主要举措和成效
（一）加强党的领导
局党组把法治建设摆在突出位置，全年专题研究法治工作3次，组织中心组学法4次。局领导带头讲授法治课，机关干部参学率达到98.5%，学法用法氛围日益浓厚。
（二）规范涉水执法
全年出动执法人员2000余人次，检查企业近300家，查处涉水案件13起，其中简易程序4起、普通程序9起，罚款金额3万元，没有一起被撤销或者变更。
（三）深化法治宣传
结合“世界水日”“中国水周”等节点开展宣传活动12场，发放资料1.2万份，受众超5000人次。
二、存在的不足和原因
一是执法力量配备不够均衡。部分基层站所人员少、任务重，执法装备更新较慢。二是普法方式有待创新。宣传多以发放资料为主，互动性不强。四是部门协作机制还不够健全。
三、主要负责人履行推进法治建设第一责任人职责情况
局主要负责人认真履行第一责任人职责，亲自部署重要工作、亲自过问重大问题、亲自协调重点环节、亲自督办重要任务。
坚持把法治建设纳入年度工作计划，与业务工作同部署、同推进、同考核，年内两次听取工作汇报。
四、2025年度主要安排
（一）持续强化理论武装
将习近平法治思想列为党组中心组学习内容，每季度组织一次集中学法，不断提升依法行政能力。
（二）提升执法规范化水平
修订水行政处罚裁量基准，6月底前完成行政执法人员轮训。定期开展案卷评查，评查结果纳入年度考核。
（三）创新普法宣传
制定年度普法计划，3月1日前印发各科室。组织开展“节水进校园”活动。
"""

PLAN = """南湖区2026年法治政府建设工作要点
一、总体要求
深入贯彻习近平法治思想，全面推进依法行政。
二、重点任务
（一）健全依法决策机制
1.公布年度重大行政决策事项目录。（责任单位：区政府办、区司法局；完成时限：3月底前）
2.每季度调度一次合法性审查工作。
责任单位：区司法局、各街道按职责分工分别负责。
（二）提升执法质效
3.组织执法人员培训，人均不少于60学时。牵头单位：区司法局；配合单位：区人社局、区财政局
4.建立案卷评查长效机制。责任人：王小明
三、保障措施
各单位要于每月25日前报送进展情况。
"""


def kinds(reading: ReportReading) -> list[str]:
    return [section.kind.value for section in reading.sections]


def headings(reading: ReportReading, section: int) -> list[tuple[str | None, str]]:
    return [(one.number, one.text) for one in reading.sections[section].subheadings]


def figures(reading: ReportReading) -> list[tuple[object, str, bool]]:
    return [(figure.value, figure.unit, figure.approximate) for figure in reading.figures]


def plain(text: str | None) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text or ""))


def essence(reading: ReportReading) -> tuple[object, ...]:
    """All that two writings of one document must have in common."""
    return (
        [
            (one.kind, one.number, plain(one.heading), [(h.number, plain(h.text)) for h in one.subheadings])
            for one in reading.sections
        ],
        figures(reading),
        [(plain(item.title), item.recurrence, item.due_on, plain(item.project)) for item in reading.items],
    )


def test_a_whole_report_is_read() -> None:
    reading = read_report_text(REPORT)

    assert reading.title == "临江市水务局2024年度法治政府建设情况报告"
    assert (reading.organ, reading.year, reading.addressee) == ("临江市水务局", 2024, "市委、市政府")
    assert kinds(reading) == ["achievements", "deficiencies", "first_responsible", "next_year"]
    assert [section.number for section in reading.sections] == ["一", "二", "三", "四"]
    assert headings(reading, 0) == [("(一)", "加强党的领导"), ("(二)", "规范涉水执法"), ("(三)", "深化法治宣传")]
    assert headings(reading, 1) == [
        ("一是", "执法力量配备不够均衡"),
        ("二是", "普法方式有待创新"),
        ("四是", "部门协作机制还不够健全"),
    ]
    assert len(reading.sections[2].paragraphs) == 2
    assert not any(section.truncated for section in reading.sections)
    assert figures(reading) == [
        (3, "次", False),
        (4, "次", False),
        (98.5, "%", False),
        (2000, "人次", True),
        (300, "家", True),
        (13, "起", False),
        (4, "起", False),
        (9, "起", False),
        (3, "万元", False),
        (12, "场", False),
        (12000, "份", False),
        (5000, "人次", True),
        (2, "次", False),
    ]


def test_the_next_year_becomes_items_with_the_times_the_text_names_and_no_others() -> None:
    items = read_report_text(REPORT).items

    assert [(item.title, item.recurrence, item.due_text, item.due_on) for item in items] == [
        ("将习近平法治思想列为党组中心组学习内容", None, None, None),
        ("每季度组织一次集中学法", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", "每季度", None),
        ("修订水行政处罚裁量基准", None, None, None),
        ("6月底前完成行政执法人员轮训", None, "6月底前", dt.date(2025, 6, 30)),
        ("定期开展案卷评查，评查结果纳入年度考核", "定期", "定期", None),
        ("制定年度普法计划", None, None, None),
        ("3月1日前印发各科室", None, "3月1日前", dt.date(2025, 3, 1)),
        ("组织开展“节水进校园”活动", None, None, None),
    ]
    assert {item.handler for item in items} == {None}
    assert items[4].source == "定期开展案卷评查，评查结果纳入年度考核。"
    assert items[4].project == "提升执法规范化水平"


def test_the_points_of_a_plan_become_items_of_its_own_year_with_who_is_responsible() -> None:
    reading = read_report_text(PLAN)

    assert (reading.organ, reading.year) == ("南湖区", 2026)
    assert [
        (item.title, item.lead, item.cooperating, item.handler, item.due_on, item.project) for item in reading.items
    ] == [
        ("公布年度重大行政决策事项目录", "区政府办", ("区司法局",), None, dt.date(2026, 3, 31), "健全依法决策机制"),
        ("每季度调度一次合法性审查工作", "区司法局", ("各街道",), None, None, "健全依法决策机制"),
        ("组织执法人员培训，人均不少于60学时", "区司法局", ("区人社局", "区财政局"), None, None, "提升执法质效"),
        ("建立案卷评查长效机制", None, (), "王小明", None, "提升执法质效"),
        ("于每月25日前报送进展情况", None, (), None, None, "保障措施"),
    ]
    assert reading.items[-1].recurrence == "FREQ=MONTHLY;BYMONTHDAY=25"


def test_the_dictionary_has_the_shape_other_programs_rely_on() -> None:
    shape = read_report_text(REPORT).as_dict()

    assert {"title", "organ", "year", "addressee", "sections", "figures", "items"} <= set(shape)
    assert {"kind", "number", "heading", "subheadings", "paragraphs", "truncated"} <= set(shape["sections"][0])
    assert {"number", "text"} <= set(shape["sections"][0]["subheadings"][0])
    assert {"value", "unit", "approximate", "sentence"} <= set(shape["figures"][0])
    assert {"title", "source", "recurrence", "due_text", "due_on", "lead", "handler"} <= set(shape["items"][0])
    assert shape["items"][3]["due_on"] == "2025-06-30"


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("一、2023年推进法治政府建设的主要举措和成效", "achievements"),
        ("一. 主要工作情况", "achievements"),
        ("一．法治政府建设工作情况", "achievements"),
        ("第一部分 工作完成情况", "achievements"),
        ("一、取得的主要成绩", "achievements"),
        ("一、2024年主要工作", "achievements"),
        ("二、推进法治政府建设存在的不足和原因", "deficiencies"),
        ("二、存在的主要问题", "deficiencies"),
        ("二、问题短板及原因分析", "deficiencies"),
        ("二、存在的不足和原因及下一年度安排", "deficiencies"),
        ("三、党政主要负责人履行推进法治建设第一责任人职责，加强法治政府建设的有关情况", "first_responsible"),
        ("一、主要负责人履职情况", "first_responsible"),
        ("四、下一年度推进法治政府建设的主要安排", "next_year"),
        ("四、下一步工作打算", "next_year"),
        ("四、2025 年工作思路", "next_year"),
        ("四、２０２５年重点工作", "next_year"),
        ("四、今后努力方向", "next_year"),
        ("五、其他需要报告的情况", "other"),
        ("二、优化法治化营商环境", "thematic"),
        ("三、提升普法宣传实效", "thematic"),
    ],
)
def test_a_heading_tells_its_kind(heading: str, kind: str) -> None:
    text = f"某市某局2024年度法治政府建设情况报告\n{heading}\n办理了若干事务，情况良好。\n"

    assert kinds(read_report_text(text)) == [kind]


@pytest.mark.parametrize(
    ("writing", "numbers"),
    [
        ("1.抓学习。组织学法。\n2.抓执法。严格执法。", ["1", "2"]),
        ("1、抓学习\n组织学法。\n2、抓执法\n严格执法。", ["1", "2"]),
        ("１．抓学习。组织学法。\n２．抓执法。严格执法。", ["1", "2"]),
        ("(一)抓学习：组织学法。\n(二)抓执法：严格执法。", ["(一)", "(二)"]),
        ("（一）抓学习\n组织学法。\n（二）抓执法\n严格执法。", ["(一)", "(二)"]),
        ("⑴抓学习。组织学法。⑵抓执法。严格执法。".replace("⑵", "\n⑵"), ["⑴", "⑵"]),
        ("①抓学习。组织学法。\n②抓执法。严格执法。", ["①", "②"]),
        ("(1)抓学习。组织学法。\n(2)抓执法。严格执法。", ["(1)", "(2)"]),
        ("一是抓学习。组织学法。二是抓执法。严格执法。", ["一是", "二是"]),
        ("主要是：一是抓学习；二是抓执法。", ["一是", "二是"]),
        ("一要抓学习。组织学法。\n二要抓执法。严格执法。", ["一要", "二要"]),
        ("第一，抓学习。组织学法。第二，抓执法。严格执法。", ["第一", "第二"]),
        ("【抓学习】\n组织学法。\n【抓执法】\n严格执法。", [None, None]),
        ("抓好学习\n组织学法多次，效果良好。\n抓好执法\n严格执法，没有错案发生。", [None, None]),
        ("1.抓学习。组织学法。2.抓执法。严格执法。", ["1", "2"]),
    ],
)
def test_subheadings_are_known_by_any_style_of_number(writing: str, numbers: list[str | None]) -> None:
    reading = read_report_text(
        f"某局2024年法治政府建设报告\n一、主要举措和成效\n{writing}\n二、存在的不足和原因\n人手少。\n"
    )

    assert kinds(reading) == ["achievements", "deficiencies"]
    assert [number for number, _ in headings(reading, 0)] == numbers
    assert [text for _, text in headings(reading, 0)] in (["抓学习", "抓执法"], ["抓好学习", "抓好执法"])


def test_numbers_may_run_on_across_their_parents() -> None:
    reading = read_report_text(
        "某区2020年法治政府建设情况报告\n一、主要举措和成效\n（一）组织领导\n1.加强领导。开会。\n2.强化考核。考核。\n"
        "（二）依法履职\n3.深化改革。一是梳理清单。二是优化流程。\n"
    )

    assert [number for number, _ in headings(reading, 0)] == ["(一)", "1", "2", "(二)", "3"]


def test_a_heading_glued_to_its_text_is_cut_where_the_words_of_every_report_end() -> None:
    reading = read_report_text(
        "某局2024年法治政府建设报告\n一、主要举措和成效2024年，我局扎实推进各项工作，成效明显。\n"
        "二、存在的不足和原因（一）认识不够到位。重业务轻法治。（二）力量不强。\n三、2025年工作安排：继续努力，制定年度计划。\n"
    )

    assert [section.heading for section in reading.sections] == ["主要举措和成效", "存在的不足和原因", "2025年工作安排"]
    assert headings(reading, 1) == [("(一)", "认识不够到位"), ("(二)", "力量不强")]
    assert reading.sections[0].paragraphs == ("2024年，我局扎实推进各项工作，成效明显。",)


def test_a_text_in_one_single_paragraph_still_falls_into_its_sections() -> None:
    reading = read_report_text("某局2024年法治政府建设报告\n" + "".join(REPORT.splitlines()[2:]))

    assert kinds(reading) == ["achievements", "deficiencies", "first_responsible", "next_year"]


def test_merged_parts_give_items_only_from_what_lies_ahead() -> None:
    reading = read_report_text(
        "海州区财政局2025年法治政府建设年度报告\n一、主要举措和成效\n开展学法4次。\n二、存在的不足和原因及下一年度安排\n"
        "（一）存在的不足和原因\n1、业务不精。\n2、宣传不够。\n（二）下一年度安排\n1、每月开展一次业务学习。\n"
        "2、于2026年11月30日前完成自查。\n"
    )

    assert reading.sections[1].kinds == (SectionKind.DEFICIENCIES, SectionKind.NEXT_YEAR)
    assert [(item.title, item.due_on) for item in reading.items] == [
        ("每月开展一次业务学习", None),
        ("于2026年11月30日前完成自查", dt.date(2026, 11, 30)),
    ]


def test_a_part_inside_another_is_marked_on_its_subheading() -> None:
    reading = read_report_text(
        "某局2024年法治政府建设报告\n一、主要举措和成效\n（一）履行第一责任人职责\n局长部署工作。\n（二）强化执法\n严格执法。\n"
    )

    assert [one.kind for one in reading.sections[0].subheadings] == [SectionKind.FIRST_RESPONSIBLE, None]


def test_parts_without_numbers_are_known_by_their_words() -> None:
    reading = read_report_text(
        "青山县林业局关于二〇二三年度法治政府建设工作情况的报告\n青林〔2024〕3号\n县委、县政府、市林业局:\n"
        "主要举措和成效\n加强组织领导\n召开专题会议两次，印发文件三份。\n存在的问题和不足\n执法人员持证率为百分之八十五。\n"
        "2024年工作打算\n(1)健全制度。修订裁量基准。\n(2)抓实普法。每半年开展一次案卷自查。\n其他需要报告的情况\n无。\n"
        "青山县林业局\n2024年1月12日\n"
    )

    assert (reading.organ, reading.year, reading.addressee) == ("青山县林业局", 2023, "县委、县政府、市林业局")
    assert kinds(reading) == ["achievements", "deficiencies", "next_year", "other"]
    assert figures(reading) == [(2, "次", False), (3, "份", False), (85, "%", False)]
    assert [item.title for item in reading.items] == ["修订裁量基准", "每半年开展一次案卷自查"]
    assert reading.paragraphs_after == ("青山县林业局", "2024年1月12日")


def test_a_covering_letter_stands_before_the_report_and_is_not_part_of_it() -> None:
    reading = read_report_text(
        "关于报送法治政府建设情况报告的请示\n县委依法治县办：\n现将我局情况报告随文呈上，请审阅并转报县委。\n县民政局\n2025年1月20日\n"
        "云溪县民政局\n2024年度法治政府建设情况报告\n县委、县政府：\n2024年，我局扎实推进各项工作，现报告如下：\n"
        "一、推进法治政府建设的主要举措和成效\n召开会议6次，研究法治工作。\n二、存在的不足和原因\n力量不强。\n特此报告。\n"
    )

    assert reading.title == "云溪县民政局2024年度法治政府建设情况报告"
    assert (reading.organ, reading.year, reading.addressee) == ("云溪县民政局", 2024, "县委、县政府")
    assert kinds(reading) == ["achievements", "deficiencies"]
    assert "县委依法治县办：" in reading.paragraphs_before
    assert reading.paragraphs_after == ("特此报告。",)


def test_what_a_web_page_adds_is_no_part_of_the_report_and_counts_nothing() -> None:
    lines = REPORT.splitlines()
    page = "\n".join(
        [
            "首页 > 政务公开 > 法治政府建设",
            lines[0],
            "来源：市水务局 发布时间：2025-02-20 09:15 浏览次数：358次 【字体：大 中 小】 打印 关闭",
            *lines[1:6],
            "- 2 -",
            *lines[6:],
            "扫一扫在手机打开当前页",
            "上一篇：没有了",
            "【打印本页】 【关闭窗口】",
            "版权所有：临江市水务局 网站标识码1234567890",
        ]
    )

    assert read_report_text(page) == read_report_text(REPORT)


@pytest.mark.parametrize("cut", ["\n[截断：以下内容未取得]", "，并进一步", ""])
def test_a_text_cut_off_is_marked_in_its_last_section(cut: str) -> None:
    kept = REPORT[: REPORT.index("（三）创新普法宣传")].strip().rstrip("。")
    reading = read_report_text(kept + (cut or "。"))

    assert [section.truncated for section in reading.sections] == [False, False, False, bool(cut)]


def test_a_header_block_is_metadata_and_fills_only_what_the_text_leaves_open() -> None:
    reading = read_report_text(
        "标题: 某县某局2023年度工作报告(页面无独立标题)\n机关: 某县某局(县级部门)\n年度: 2023\n来源: 网页 7次\n\n"
        "县委、县政府:\n一、主要举措和成效\n开展检查20次。\n"
    )

    assert (reading.title, reading.organ, reading.year) == ("某县某局2023年度工作报告", "某县某局", 2023)
    assert (reading.addressee, figures(reading)) == ("县委、县政府", [(20, "次", False)])


def test_a_text_without_headings_is_one_section_and_nothing_is_invented() -> None:
    reading = read_report_text("今年我们做了很多工作，检查20次。\n明年继续努力。\n")

    assert (reading.title, reading.organ, reading.year, reading.addressee) == (None, None, None, None)
    assert [(section.kind.value, section.number, section.heading) for section in reading.sections] == [
        ("thematic", None, None)
    ]
    assert (figures(reading), reading.items) == ([(20, "次", False)], ())


def test_a_day_without_a_known_year_is_left_to_a_person() -> None:
    reading = read_report_text("工作安排\n一、重点任务\n1.6月底前完成培训。\n2.2027年3月5日前上报总结。\n")

    assert [(item.due_text, item.due_on) for item in reading.items] == [
        ("6月底前", None),
        ("2027年3月5日前", dt.date(2027, 3, 5)),
    ]


def test_rows_of_a_breakdown_table_become_items() -> None:
    reading = read_report_text(
        "某县2024年重点工作任务分解表\n序号 |\n目标与任务 |\n分 管 县领导 |\n牵头责任单位 |\n责任单位 |\n完成时限 |\n"
        "1 |\n新增托位400个以上。 |\n张 三 |\n县教育局 |\n县财政局、各乡镇 |\n9月底前 |\n"
        "3 |\n保障学院秋季开学。 |\n李 四王 五 |\n县发改委 |\n县各有关单位 |\n |\n"
    )

    assert [(item.title, item.lead, item.cooperating, item.due_on) for item in reading.items] == [
        ("新增托位400个以上", "县教育局", ("县财政局", "各乡镇"), dt.date(2024, 9, 30)),
        ("保障学院秋季开学", "县发改委", ("县各有关单位",), None),
    ]


def test_every_numbered_duty_of_a_plan_is_kept() -> None:
    duties = [f"完成第{number}类设施的维护工作" for number in "甲乙丙丁戊己庚辛壬癸"]
    text = "某局2025年度法治政府建设情况报告\n一、2026年度主要安排\n" + "".join(
        f"{place}.{duty}。\n" for place, duty in enumerate(duties, start=1)
    )

    assert [item.title for item in read_report_text(text).items] == duties


@pytest.mark.parametrize(
    ("sentence", "titles"),
    [
        ("制定年度学法计划，2026年2月28日前完成。", ["制定年度学法计划，2026年2月28日前完成"]),
        ("3月1日前报送年度报告，4月1日前向社会公开。", ["3月1日前报送年度报告", "4月1日前向社会公开"]),
        ("结合国家宪法日等节点，开展普法宣传，不断提升法治意识。", ["结合国家宪法日等节点，开展普法宣传"]),
        ("由办公室牵头，修订工作规则。", ["由办公室牵头，修订工作规则"]),
        ("各科室要严格落实责任制；健全工作台账。", ["严格落实责任制", "健全工作台账"]),
        ("将学法纳入年度计划，定期听取汇报，分析研判情况。", ["将学法纳入年度计划", "定期听取汇报，分析研判情况"]),
        ("落实“谁执法，谁普法”责任制。", ["落实“谁执法，谁普法”责任制"]),
    ],
)
def test_a_sentence_falls_into_its_duties(sentence: str, titles: list[str]) -> None:
    reading = read_report_text(f"某局2025年度工作报告\n一、2026年度主要安排\n我局将做好以下工作：\n{sentence}\n")

    assert [item.title for item in reading.items] == titles
    assert {item.source for item in reading.items} == {sentence}


@pytest.mark.parametrize("text", ["", "  \n\n\u3000\n", "\u200b"])
def test_a_text_without_words_is_refused(text: str) -> None:
    with pytest.raises(UnreadableFileError):
        read_report_text(text)


def half_width(text: str) -> str:
    return "".join(chr(ord(one) - 0xFEE0) if 0xFF01 <= ord(one) <= 0xFF5E else one for one in text)


def full_width(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if 0x21 <= ord(one) <= 0x7E else one for one in text)


@pytest.mark.parametrize("text", [REPORT, PLAN], ids=["report", "plan"])
@pytest.mark.parametrize("convert", [half_width, full_width])
def test_width_of_characters_changes_nothing(text: str, convert: object) -> None:
    assert callable(convert)
    assert essence(read_report_text(convert(text))) == essence(read_report_text(text))


@given(
    width=st.integers(18, 60),
    between=st.sampled_from(["\n", "\r\n", "\n\n"]),
    indent=st.sampled_from(["", "\u3000\u3000", "    "]),
)
@settings(max_examples=60, deadline=None)
def test_lines_broken_at_any_width_are_rejoined(width: int, between: str, indent: str) -> None:
    broken = [
        (indent + paragraph)[start : start + width]
        for paragraph in REPORT.splitlines()
        for start in range(0, len(indent + paragraph), width)
    ]

    assert essence(read_report_text(between.join(broken))) == essence(read_report_text(REPORT))


@given(st.permutations(range(4)))
@settings(max_examples=24, deadline=None)
def test_the_order_of_the_parts_does_not_change_their_kinds(order: list[int]) -> None:
    opening, *parts = re.split(r"\n(?=[一二三四]、)", REPORT.strip())
    expected = kinds(read_report_text(REPORT))

    shuffled = read_report_text("\n".join([opening, *(parts[place] for place in order)]))

    assert kinds(shuffled) == [expected[place] for place in order]
    assert len(shuffled.items) == len(read_report_text(REPORT).items)


@given(
    st.lists(
        st.one_of(
            st.sampled_from("一二三十、（）().．1239年月日次件%“”《》：:，。；\n\u3000 第部分是要|[]【】①⑴"),
            st.sampled_from(["[截断：", "责任单位：", "每季度", "6月底前", "来源：", "附件", "一、主要举措"]),
            st.characters(codec="utf-8"),
        ),
        max_size=80,
    )
)
@settings(max_examples=300, deadline=None)
def test_no_text_makes_the_reader_stumble(pieces: list[str]) -> None:
    try:
        reading = read_report_text("".join(pieces))
    except UnreadableFileError:
        return
    assert reading.as_dict()["sections"] is not None
