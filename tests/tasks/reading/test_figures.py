"""Every number with a unit is a figure; dates, numbers of documents and names are none."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.reading.figures import figures_in
from tasks.reading.numerals import DIGITS, chinese_number


def found(text: str) -> list[tuple[object, str, bool]]:
    return [(figure.value, figure.unit, figure.approximate) for figure in figures_in(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("开展学习研讨 2 次。", [(2, "次", False)]),
        (
            "办理案件13起，其中简易4件，普通9件，罚款3万元。",
            [(13, "起", False), (4, "件", False), (9, "件", False), (3, "万元", False)],
        ),
        ("受理１，２５６件，办结率９８．５％。", [(1256, "件", False), (98.5, "%", False)]),
        (
            "学习10余次，超100次，近200人，约30家。",
            [(10, "次", True), (100, "次", True), (200, "人", True), (30, "家", True)],
        ),
        (
            "提醒1千余条，发放4000余次，惠及1.5万余人次。",
            [(1000, "条", True), (4000, "次", True), (15000, "人次", True)],
        ),
        ("投入300余万元，罚没2.5亿元，奖励500元。", [(300, "万元", True), (2.5, "亿元", False), (500, "元", False)]),
        ("占比60%以上，提高3个百分点，新增400个以上。", [(60, "%", True), (3, "个百分点", False), (400, "个", True)]),
        (
            "不少于60学时，24小时值班，3个工作日内答复，15日内办结。",
            [(60, "学时", True), (24, "小时", False), (3, "个工作日", False), (15, "日", False)],
        ),
        ("低于10~30个百分点。", [(10, "个百分点", True), (30, "个百分点", True)]),
        ("3至5个部门参加。", [(3, "个", True), (5, "个", True)]),
        ("同比-3.2%。", [(Decimal("-3.2"), "%", False)]),
        (
            "召开会议两次，修订三部规章，印发文件二十三份，讲座十余场。",
            [(2, "次", False), (3, "部", False), (23, "份", False), (10, "场", True)],
        ),
        ("参学率百分之八十五，走访企业近百家，发放千余份。", [(85, "%", False), (100, "家", True), (1000, "份", True)]),
        (
            "聘请1名律师、19名监督员，出动2台车辆，制作6期节目、5部短片。",
            [(1, "名", False), (19, "名", False), (2, "台", False), (6, "期", False), (5, "部", False)],
        ),
        ("连续3个月未开工。", [(3, "个月", False)]),
        (
            "投入维护经费1326.4万元，管养绿地2019.12平方米。",
            [(Decimal("1326.4"), "万元", False), (Decimal("2019.12"), "平方米", False)],
        ),
        (
            "收到锦旗5面，覆盖12街镇，满意度提升3成，咨询量增长2倍。",
            [(5, "面", False), (12, "街镇", False), (3, "成", False), (2, "倍", False)],
        ),
        (
            "发放35盾牌，走访46企业、约12村，投入2.5亿。",
            [(35, "盾牌", False), (46, "企业", False), (12, "村", True), (2.5, "亿", False)],
        ),
        ("举办线上2场、网上3场，上百人参加。", [(2, "场", False), (3, "场", False), (100, "人", True)]),
        (
            "预约20人次，签约5家，附近2家，约3家。",
            [(20, "人次", False), (5, "家", False), (2, "家", False), (3, "家", True)],
        ),
        ("经费2024至2025万元。", [(2024, "万元", True), (2025, "万元", True)]),
    ],
)
def test_what_counts_is_a_figure(text: str, expected: list[tuple[object, str, bool]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2024年1月9日，2024 年度，2021—2025年，2015-2020年，“十四五”时期。",
        "根据《规定》（厅字〔2019〕28号）第二十四条、第3条。",
        "学习党的二十届三中全会、二十届二中、三中、四中全会和市委十届十次全会精神。",
        "落实第一责任人职责，落实“三项制度”和三项制度，执行三重一大，做到双公示，八项规定。",
        "推进一网通办、一件事一次办、“最多跑一次”改革，一批项目开工。",
        "开展“百名党员进校园”活动，编制《2024年100项任务清单》。",
        "12月4日国家宪法日，9月第三个星期六，每月25日前，上午9:30。",
        "拨打12345热线，居第3名，位列前10名，第2次会议，5周年庆典。",
        "二次供水、二期工程、五部门联合、两个维护、四个亲自、千家万户。",
        "每季度开展一次检查，数百人参加，几十次培训。",
        "GB/T 9704-2012、5G、2.0版、1+N体系、COVID-19。",
        "自2024.5起，截至2024.12，2024.5.6召开，2024/12/31前，2024-06召开，2024全国，2021-2025年。",
        "拨打12345热线、119报警，开展5.12防灾减灾日、12.4宣传、1对1帮扶、7×24服务，构建多元格局。",
        "建成5A级景区，附件2关于，见表3关于，1号楼3层，由30增至50，整改12其中，1.加强学习。",
    ],
)
def test_dates_names_and_ordinals_are_no_figures(text: str) -> None:
    assert found(text) == []


def test_a_figure_keeps_its_whole_sentence() -> None:
    text = "全年有序推进。检查企业46家：“双随机”40家；专项6家。情况良好。"

    assert {figure.sentence for figure in figures_in(text)} == {"检查企业46家：“双随机”40家；专项6家。"}


def test_a_full_stop_typed_in_half_width_ends_a_sentence_but_a_decimal_point_does_not() -> None:
    assert [figure.sentence for figure in figures_in("检查20次.办结率98.5%.一切良好.")] == ["检查20次.", "办结率98.5%."]


def written(number: int) -> str:
    """The usual writing of 1 to 9999, made independently of the reader."""
    digits = {value: sign for sign, value in DIGITS.items() if sign not in "两〇"}
    text, pending = "", False
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            text += ("零" if pending and text else "") + digits[digit] + sign
            pending = False
        else:
            pending = True
    return text.removeprefix("一") if text.startswith("一十") else text


@given(st.integers(1, 9999))
def test_a_chinese_number_is_read_as_it_is_written(number: int) -> None:
    assert chinese_number(written(number)) == number


@given(st.integers(1, 99_999), st.sampled_from(["次", "件", "家", "人次", "万元", "份", "场", "名"]))
def test_a_number_with_a_unit_is_found_in_either_width(number: int, unit: str) -> None:
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))

    assert found(f"共计{number}{unit}。") == found(f"共计 {wide} {unit}。") == [(number, unit, False)]


UNITS = ["万元", "元", "件", "平方米", "公里", "亩", "%", "吨", "成", "倍", "面", "勺", "盾牌"]


@given(st.integers(1, 9999) | st.integers(1895, 2105), st.integers(1, 99), st.sampled_from(UNITS))
def test_a_number_with_decimals_and_a_unit_is_a_number_whatever_day_it_looks_like(
    whole: int, part: int, unit: str
) -> None:
    number = f"{whole}.{part}"
    # Before a word that is no unit anybody listed it is a day of the year or a month.
    dated = (whole <= 12 and part <= 31) or (1900 <= whole < 2100 and part <= 12)

    assert found(f"累计达{number}{unit}，其余照旧。") == (
        [] if dated and unit in ("勺", "盾牌") else [(Decimal(number), unit, False)]
    )


@given(
    st.dates(dt.date(1950, 1, 1), dt.date(2099, 12, 31)),
    st.sampled_from(".-/"),
    st.sampled_from(["", "召开会议", "，"]),
)
def test_a_day_or_a_month_in_digits_is_no_number(day: dt.date, mark: str, behind: str) -> None:
    month = f"{day.year}{mark}{day.month}"

    assert found(f"于{month}{mark}{day.day}{behind}") == found(f"于{month}{behind}") == []


@given(
    st.sampled_from(["线上", "网上", "会上", "路上", "以上"]), st.integers(1, 9999), st.sampled_from(["场", "次", "件"])
)
def test_a_place_before_a_number_does_not_make_it_about_so_many(place: str, number: int, unit: str) -> None:
    assert found(f"开展{place}{number}{unit}。") == [(number, unit, False)]
