"""What a due text means: a table of the ways offices write them, read in the plan of 2026."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.dates.due_text import DueMeaning, DueTextError, find_due, read_day, understand
from models.dates.recurrence import occurrences

QUARTERS = "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"


def marks(meaning: DueMeaning) -> str:
    """The flags of a meaning in short: Irregular, Open-ended, to Confirm."""
    return "I" * meaning.irregular + "O" * meaning.open_ended + "C" * meaning.to_confirm


NO_FIRST = "没有写明从哪一天算起，“隔几天”也有两种算法，请改为每周几、每旬末或每月几日（如每月10日、20日）"


@pytest.mark.parametrize(
    ("texts", "due"),
    [
        (
            "6月底前 6月底 六月末 六月底之前 6月 6月份 6月份底前 6月下旬 06月底 6月底前完成 上半年 "
            "上半年底前 第二季度末",
            "2026-06-30",
        ),
        (
            "6月30日前 6月30日之前 6月30日以前 6月30日 6月30号 六月三十日前 6月30日前完成 于6月30日前报县政府办",
            "2026-06-30",
        ),
        (
            "2026.6.30 2026-6-30 2026/06/30 2026年6月30日 2026年6月30日前完成 二〇二六年六月三十日 20260630 6.30前",
            "2026-06-30",
        ),
        (
            "2026-06-30T00:00:00 ２０２６年６月３０日前 26年6月底 今年6月底 46203 不晚于6月30日 力争6月底前完成",
            "2026-06-30",
        ),
        (
            "6月30日（周二）前 6月30前 6月30日17时前 完成时限：6月底 6月30日前全部整改到位 6月底前完成。 Q2",
            "2026-06-30",
        ),
        ("6月上旬", "2026-06-10"),
        ("6月中旬 6月中旬前", "2026-06-20"),
        ("6月上半月", "2026-06-15"),
        ("一季度 第一季度 1季度末前 2026年第一季度", "2026-03-31"),
        ("三季度 2026年第三季度 第三季度末", "2026-09-30"),
        (
            "下半年 年底前 年底 年内 年内完成 年终 2026年底前 2026年12月底 四季度 12月 2026年 2026年度 本年度内",
            "2026-12-31",
        ),
        ("12月4日前 2026年12月4日国家宪法日前 12月4日国家宪法日", "2026-12-04"),
        ("3月1日前 3月1日之前", "2026-03-01"),
        ("2月底前", "2026-02-28"),
        ("9月第三个星期六 2026年9月第三个周六", "2026-09-19"),
        ("2025年第三季度", "2025-09-30"),
        ("2025年6月", "2025-06-30"),
        ("2028年2月底前", "2028-02-29"),
        ("次年1月底前", "2027-01-31"),
    ],
)
def test_a_named_day_is_the_last_day_in_time(texts: str, due: str) -> None:
    for text in texts.split():
        meaning = understand(text, 2026)
        assert (meaning.text, str(meaning.due_on), meaning.start_on, meaning.recurrence, marks(meaning)) == (
            text,
            due,
            None,
            None,
            "",
        )
        assert "（含当日）" in meaning.note


@pytest.mark.parametrize(
    ("text", "start", "due"),
    [
        ("6月30日至7月5日", "2026-06-30", "2026-07-05"),
        ("3—6月", "2026-03-01", "2026-06-30"),
        ("3月-11月", "2026-03-01", "2026-11-30"),
        ("3月～11月底前", "2026-03-01", "2026-11-30"),
        ("6月1日—15日", "2026-06-01", "2026-06-15"),
        ("2026-03-01至2026-06-30", "2026-03-01", "2026-06-30"),
        ("2026.3.1-2026.6.30", "2026-03-01", "2026-06-30"),
        ("2026.3-2026.6", "2026-03-01", "2026-06-30"),
        ("2026年3月至6月", "2026-03-01", "2026-06-30"),
        ("自3月至6月完成", "2026-03-01", "2026-06-30"),
        ("一至三季度", "2026-01-01", "2026-09-30"),
        ("第二季度至年底", "2026-04-01", "2026-12-31"),
        ("下半年至次年3月", "2026-07-01", "2027-03-31"),
        ("11月至次年2月", "2026-11-01", "2027-02-28"),
        ("2026年至2027年6月", "2026-01-01", "2027-06-30"),
        ("6月中旬至7月上旬", "2026-06-11", "2026-07-10"),
        ("6月下旬至7月中旬", "2026-06-21", "2026-07-20"),
        ("6月底至9月底", "2026-06-30", "2026-09-30"),
    ],
)
def test_a_span_has_a_start_and_a_last_day(text: str, start: str, due: str) -> None:
    meaning = understand(text, 2026)
    assert (str(meaning.start_on), str(meaning.due_on), meaning.recurrence) == (start, due, None)


@pytest.mark.parametrize(
    ("texts", "rule"),
    [
        ("每月25日前 每月25日 每月25号前 每月二十五日前 每月25日前报送 每月20-25日", "FREQ=MONTHLY;BYMONTHDAY=25"),
        ("每月底 每月底前 每月末 每个月底前 每月最后一天 每月下旬", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("每月5日、20日前 每月5、20日前", "FREQ=MONTHLY;BYMONTHDAY=5,20"),
        ("每月上旬", "FREQ=MONTHLY;BYMONTHDAY=10"),
        ("次月5日前 每月次月5日前", "FREQ=MONTHLY;BYMONTHDAY=5"),
        ("每旬 每旬末 每旬底前", "FREQ=MONTHLY;BYMONTHDAY=10,20,-1"),
        ("每月最后一个工作日 每月最后1个工作日前 每个月最后一个工作日下班前", "FREQ=MONTHLY;BYDAY=WD;BYSETPOS=-1"),
        ("每月第一个工作日 每月的第1个工作日", "FREQ=MONTHLY;BYDAY=WD;BYSETPOS=1"),
        ("每季度最后一个工作日", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=WD;BYSETPOS=-1"),
        ("每季度第二个工作日", "FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=WD;BYSETPOS=2"),
        ("每周最后一个工作日", "FREQ=WEEKLY;BYDAY=WD;BYSETPOS=-1"),
        ("每月倒数第三个工作日前 每月倒数第3个工作日 每月份的倒数第三个工作日", "FREQ=MONTHLY;BYDAY=WD;BYSETPOS=-3"),
        ("每季度倒数第二个工作日前", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=WD;BYSETPOS=-2"),
        ("每月第十个工作日 每月第10个工作日前", "FREQ=MONTHLY;BYDAY=WD;BYSETPOS=10"),
        (
            "每月初5个工作日内 每月月初五个工作日内 每月前5个工作日内 每月初的前5个工作日 每月初5个工作日之内完成",
            "FREQ=MONTHLY;BYDAY=WD;BYSETPOS=5",
        ),
        ("每季度初10个工作日内 每季初前10个工作日", "FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=WD;BYSETPOS=10"),
        ("每周前两个工作日内", "FREQ=WEEKLY;BYDAY=WD;BYSETPOS=2"),
        (
            "每双月20日前 每逢双月20日 每个双月的20号前 每双月15日至20日 逢双月20日前",
            "FREQ=MONTHLY;BYMONTH=2,4,6,8,10,12;BYMONTHDAY=20",
        ),
        ("每单月底前 每逢单月最后一天", "FREQ=MONTHLY;BYMONTH=1,3,5,7,9,11;BYMONTHDAY=-1"),
        ("每双月上旬", "FREQ=MONTHLY;BYMONTH=2,4,6,8,10,12;BYMONTHDAY=10"),
        ("每个工作日 每工作日 每个工作日下班前", "FREQ=DAILY;BYDAY=WD"),
        ("每月最后一个周五 每月最后一个星期五前", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("每月第二个周三", "FREQ=MONTHLY;BYDAY=2WE"),
        ("1—12月每月5日前 1-12月，每月5日前", "FREQ=MONTHLY;BYMONTHDAY=5"),
        ("3—5月每月25日前 3月至5月每月25日", "FREQ=MONTHLY;BYMONTH=3,4,5;BYMONTHDAY=25"),
        ("每季度末 每季度末前 每季末 每季度末月底前 每季度最后一个月底前", QUARTERS),
        ("每季度末月25日前 每季度最后一个月25日前 每季度第三个月25日前", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=25"),
        (
            "每季度首月10日前 每季度第一个月10日前 每季度结束后10日内 每季度首月上旬",
            "FREQ=MONTHLY;BYMONTH=1,4,7,10;BYMONTHDAY=10",
        ),
        ("每季度第二个月5日前", "FREQ=MONTHLY;BYMONTH=2,5,8,11;BYMONTHDAY=5"),
        ("每半年末", "FREQ=MONTHLY;BYMONTH=6,12;BYMONTHDAY=-1"),
        ("每年3月1日前", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1"),
        ("每年一季度 每年3月底前", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=-1"),
        ("每年3月、9月 每年3、9月底前", "FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=-1"),
        ("每年年底 每年底 每年12月底前", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1"),
        ("每周五 每周五前 每星期五 每周五一次 每周五下班前", "FREQ=WEEKLY;BYDAY=FR"),
        ("每周一、三 每周三、周一", "FREQ=WEEKLY;BYDAY=MO,WE"),
        ("每周三一次", "FREQ=WEEKLY;BYDAY=WE"),
        ("每周日", "FREQ=WEEKLY;BYDAY=SU"),
        ("每天 每日", "FREQ=DAILY"),
    ],
)
def test_a_rule_that_names_its_day_is_exact(texts: str, rule: str) -> None:
    for text in texts.split():
        meaning = understand(text, 2026)
        assert (text, meaning.recurrence, meaning.due_on, marks(meaning)) == (text, rule, None, "")
        assert "待确认" not in meaning.note


@pytest.mark.parametrize(
    ("texts", "rule"),
    [
        ("每季度 每季 按季度 逐季 季度 一季度一次 每季度一次 每季度至少1次", QUARTERS),
        ("每月 按月 逐月 每个月 月度 每月一次 每月不少于1次", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("每季度25日前", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=25"),
        ("每半年 半年度 半年一次 每半年一次", "FREQ=MONTHLY;BYMONTH=6,12;BYMONTHDAY=-1"),
        ("每年 年度 每年2次", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1"),
        ("每周 每周一次 每周三次 按周", "FREQ=WEEKLY;BYDAY=FR"),
        ("每两周 每双周 隔周", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"),
        ("每半月 每半个月", "FREQ=MONTHLY;BYMONTHDAY=15,-1"),
        ("每4个月 每四个月", "FREQ=MONTHLY;BYMONTH=4,8,12;BYMONTHDAY=-1"),
        ("每六个月", "FREQ=MONTHLY;BYMONTH=6,12;BYMONTHDAY=-1"),
        ("每两个月 双月 隔月 每双月 每逢双月", "FREQ=MONTHLY;BYMONTH=2,4,6,8,10,12;BYMONTHDAY=-1"),
        ("每三个月", QUARTERS),
    ],
)
def test_a_period_without_a_day_gets_its_last_one_and_waits_for_a_person(texts: str, rule: str) -> None:
    for text in texts.split():
        meaning = understand(text, 2026)
        assert (text, meaning.recurrence, meaning.due_on, marks(meaning)) == (text, rule, None, "C")
        assert meaning.note.endswith("待确认")


@pytest.mark.parametrize(
    ("text", "due", "days"),
    [
        ("3月底前；9月底前", "2026-09-30", "03-31 09-30"),
        ("3月底前、9月底前", "2026-09-30", "03-31 09-30"),
        ("3月底前\n9月底前", "2026-09-30", "03-31 09-30"),
        ("3、6、9、12月底前", "2026-12-31", "03-31 06-30 09-30 12-31"),
        ("5月和11月", "2026-11-30", "05-31 11-30"),
        ("上半年、下半年各一次", "2026-12-31", "06-30 12-31"),
        ("6月5日、20日前", "2026-06-20", "06-05 06-20"),
        ("6月5日、9月10日前", "2026-09-10", "06-05 09-10"),
        ("6月10日、9月10日前", "2026-09-10", "06-10 09-10"),
        ("第二、三季度", "2026-09-30", "06-30 09-30"),
        ("6月底前完成初稿，10月底前完成印发", "2026-10-31", "06-30 10-31"),
    ],
)
def test_several_named_days_recur_and_the_last_is_the_end(text: str, due: str, days: str) -> None:
    meaning = understand(text, 2026)
    assert meaning.recurrence is not None
    found = occurrences(meaning.recurrence, start=dt.date(2026, 1, 1), end=dt.date(2026, 12, 31))
    assert (str(meaning.due_on), [f"{day:%m-%d}" for day in found]) == (due, days.split())
    assert marks(meaning) == ""


@pytest.mark.parametrize(
    "text", ["全年", "贯穿全年", "长期坚持", "长期", "持续推进", "常态化", "常态化开展", "全年持续推进", "长期性"]
)
def test_work_without_an_end_is_looked_at_on_the_last_day_of_the_year(text: str) -> None:
    meaning = understand(text, 2026)
    assert (str(meaning.due_on), meaning.recurrence, marks(meaning)) == ("2026-12-31", None, "O")
    assert meaning.note == f"{text}：长期工作，没有截止日，按12月31日检查"


@pytest.mark.parametrize("text", ["定期", "不定期", "适时", "定期开展", "按要求", "按要求/适时"])
def test_recurring_work_without_a_rule_names_no_day(text: str) -> None:
    meaning = understand(text, 2026)
    assert (meaning.due_on, meaning.recurrence, marks(meaning)) == (None, None, "IC")


@pytest.mark.parametrize(
    ("text", "due", "start", "rule", "flags"),
    [
        ("6月底前，并长期坚持", "2026-06-30", None, None, "O"),
        ("6月底前完成并长期坚持", "2026-06-30", None, None, "O"),
        ("3月起", "2026-12-31", "2026-03-01", None, "O"),
        ("自3月起每月25日前", None, "2026-03-01", "FREQ=MONTHLY;BYMONTHDAY=25", ""),
        ("3月起，6月底前完成", "2026-06-30", "2026-03-01", None, ""),
        ("6月底前，报县委", "2026-06-30", None, None, ""),
        ("每季度，年底前报送总结", "2026-12-31", None, QUARTERS, "C"),
        ("定期，每月25日前", None, None, "FREQ=MONTHLY;BYMONTHDAY=25", ""),
    ],
)
def test_a_cell_may_say_two_things(text: str, due: str | None, start: str | None, rule: str | None, flags: str) -> None:
    meaning = understand(text, 2026)
    assert meaning.due_on == (due and dt.date.fromisoformat(due))
    assert meaning.start_on == (start and dt.date.fromisoformat(start))
    assert (meaning.recurrence, marks(meaning)) == (rule, flags)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("6月底前", "6月底前：最后一天为6月30日（含当日）"),
        ("每季度", "每季度：3月31日、6月30日、9月30日、12月31日，待确认"),
        ("每月25日前", "每月25日前：每月25日（含当日）"),
        ("每周", "每周：每周五，待确认"),
        ("3月底前；9月底前", "3月底前；9月底前：3月31日、9月30日各为一个时限（含当日）"),
        ("6月30日至7月5日", "6月30日至7月5日：自6月30日起；最后一天为7月5日（含当日）"),
        ("2025年6月", "2025年6月：最后一天为2025年6月30日（含当日）；年份与计划年度2026年不同"),
        ("定期", "定期：反复开展，但未写明周期，待确认"),
    ],
)
def test_the_note_says_what_was_understood(text: str, note: str) -> None:
    assert understand(text, 2026).note == note


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("2月30日", "不存在2月30日这一天（2026年2月只有28天）"),
        ("2026-02-29", "不存在2月29日这一天（2026年2月只有28天）"),
        ("13月底", "没有13月"),
        ("每月32日前", "一个月里没有32日"),
        ("6月0日", "不存在6月0日这一天（2026年6月只有30天）"),
        ("9月第五个星期六", "2026年9月没有第5个星期六"),
        ("0000年1月1日", "没有0年"),
        ("11月至2月", "完成日早于开始日，跨年请写明年份"),
        ("9月起，6月底前", "完成日早于开始日"),
        ("每周、每月", "一格中有两种周期，请分成两行"),
        ("明年6月底", "“明年”请改为写明年份"),
        ("春节前", "节日请改为写明月日"),
        ("6月初", "没有写明是哪一天"),
        ("每隔10天", NO_FIRST),
        ("每10天一次", NO_FIRST),
        ("每隔十日报送", NO_FIRST),
        ("每月初", "没有写明是哪一天"),
        ("每周第六个工作日", "没有写明月份、日期或周期"),
        ("每双月32日前", "一个月里没有32日"),
        ("6月底左右", "没有写明是哪一天"),
        ("12月4日前后", "没有写明是哪一天"),
        ("3月起分步推开", "没有写明月份、日期或周期"),
        ("7-15日", "没有写明月份、日期或周期"),
        ("立行立改", "没有写明月份、日期或周期"),
        ("2026", "没有写明月份、日期或周期"),
        ("", "内容为空"),
        (" 。", "内容为空"),
        (6, "这个数值不是日期"),
        (6.3, "这个数值不是日期"),
        (True, "这个数值不是日期"),
        (None, "这个数值不是日期"),
        (float("nan"), "这个数值不是日期"),
        (float("inf"), "这个数值不是日期"),
        (99999999, "没有99月"),
        ("次月", "没有写明月份、日期或周期"),
    ],
)
def test_what_is_not_understood_is_refused_with_what_would_be(value: object, reason: str) -> None:
    with pytest.raises(DueTextError) as caught:
        understand(value, 2026)
    assert caught.value.reason == reason
    assert caught.value.message.endswith("长期坚持。")


def test_a_leap_day_exists_in_a_leap_year() -> None:
    assert understand("2月29日前", 2028).due_on == dt.date(2028, 2, 29)


def test_cells_that_hold_a_date_or_a_day_number_are_that_date() -> None:
    day = dt.date(2026, 6, 30)
    cells: list[object] = [day, dt.datetime(2026, 6, 30, 9, tzinfo=dt.UTC), 46203, 46203.75, 20260630]
    for value in cells:
        meaning = understand(value, 2026)
        assert (meaning.text, meaning.due_on) == ("2026-06-30", day)


def test_a_complete_day_is_told_from_a_partial_one() -> None:
    assert read_day("2026年6月30日") == dt.date(2026, 6, 30)
    partial: list[object] = ["6月30日", "2026年6月", "6月底前", "", None, 6, True, []]
    assert {read_day(value) for value in partial} == {None}


@pytest.mark.parametrize(
    ("sentence", "text", "due"),
    [
        ("6月底前完成案卷评查并通报。", "6月底前", "2026-06-30"),
        ("各科室要于2月7日前报办公室。", "2月7日前", "2026-02-07"),
        ("要在 6 月 30 日 前 完成整改", "6 月 30 日 前", "2026-06-30"),
        ("十二月底前报送总结", "十二月底前", "2026-12-31"),
        ("力争2026年底建成使用", "2026年底", "2026-12-31"),
        ("年内组织演练2次", "年内", "2026-12-31"),
        ("在2026年3月1日之前向社会公开", "2026年3月1日之前", "2026-03-01"),
        ("6月30日组织演练", "6月30日", "2026-06-30"),
        ("第三季度完成换证工作", "第三季度", "2026-09-30"),
        ("上半年，完成普法责任清单", "上半年", "2026-06-30"),
        ("5月开展民法典宣传", "5月", "2026-05-31"),
        ("12月4日国家宪法日前印发通知", "12月4日国家宪法日前", "2026-12-04"),
        ("9月第三个星期六开展国防教育活动", "9月第三个星期六", "2026-09-19"),
        ("3月至6月开展专项整治", "3月至6月", "2026-06-30"),
        ("把2025年度总结于2026年1月31日前报送", "2026年1月31日前", "2026-01-31"),
        ("6月底前出方案，12月底前全面落实", "6月底前、12月底前", "2026-12-31"),
    ],
)
def test_a_sentence_is_due_when_it_says_so(sentence: str, text: str, due: str) -> None:
    meaning = find_due(sentence, 2026)
    assert meaning is not None
    assert (meaning.text, str(meaning.due_on)) == (text, due)


@pytest.mark.parametrize(
    ("sentence", "text", "rule", "flags"),
    [
        ("每季度至少开展一次案卷评查", "每季度", QUARTERS, "C"),
        ("务于每月25日前将进展情况报送", "每月25日前", "FREQ=MONTHLY;BYMONTHDAY=25", ""),
        ("从2022年3月起，务于每月25日前报送", "每月25日前", "FREQ=MONTHLY;BYMONTHDAY=25", ""),
        ("二是每季度研究一次法治工作", "每季度", QUARTERS, "C"),
        ("每月至少调度1次，每季度通报一次", "每月", "FREQ=MONTHLY;BYMONTHDAY=-1", "C"),
        ("定期开展案卷自查", "定期", None, "IC"),
        ("定期调度，每月通报", "每月", "FREQ=MONTHLY;BYMONTHDAY=-1", "C"),
        ("适时组织督导", "适时", None, "IC"),
        ("全年开展执法检查不少于10次", "全年", None, "O"),
        ("常态化开展法治培训", "常态化开展", None, "O"),
        ("每年对制度执行情况开展考核", "每年", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1", "C"),
    ],
)
def test_a_sentence_recurs_when_it_says_so(sentence: str, text: str, rule: str | None, flags: str) -> None:
    meaning = find_due(sentence, 2026)
    assert meaning is not None
    assert (meaning.text, meaning.recurrence, marks(meaning)) == (text, rule, flags)


@pytest.mark.parametrize(
    "sentence",
    [
        "根据10月15日会议精神，开展检查",
        "3月18日，市里开了动员会",
        "2025年9月12日通过的法律",
        "自2025年11月1日起施行",
        "2024年6月印发的方案",
        "截至6月底，已完成",
        "2025年1月至10月，共办理30件",
        "去年底前完成",
        "明年6月底前完成",
        "三年内实现全覆盖",
        "全年共办理案件13起",
        "做好上半年工作总结",
        "持续推进依法行政",
        "建立常态化机制",
        "12月4日国家宪法日前后开展宣传",
        "在规定期限内办结",
        "加强不定期限合同管理",
        "前三季度",
        "2月30日前完成",
        "增长3.2%，占6.30",
        "日前印发",
        "在春节前完成",
        "加大执法力度",
        "",
    ],
)
def test_a_sentence_that_names_no_due_day_gets_none(sentence: str) -> None:
    assert find_due(sentence, 2026) is None


def numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    return f"{('', '十', '二十', '三十')[tens]}{'〇一二三四五六七八九'[ones] if ones else ''}"


@given(st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)))
@example(dt.date(2000, 10, 10))
def test_any_date_written_any_way_is_that_date(day: dt.date) -> None:
    year = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(day.year))
    written: list[object] = [
        day,
        f"{day:%Y-%m-%d}",
        f"{day:%Y/%m/%d}",
        f"{day:%Y.%m.%d}",
        f"{day:%Y%m%d}",
        (day - dt.date(1899, 12, 30)).days,
        f"{day.year}-{day.month}-{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.month}月{day.day}日前",
        f"{day.year} 年 {day.month} 月 {day.day} 日 之前",
        f"{year}年{numeral(day.month)}月{numeral(day.day)}日前完成",
        f"{day.year}年{day.month}月{day.day}日前".translate({ord("0") + n: 0xFF10 + n for n in range(10)}),
    ]
    assert {understand(value, day.year).due_on for value in written} == {day}


WORDS = st.sampled_from(
    [
        "6",
        "12",
        "30",
        "31",
        "0",
        "99",
        "2026",
        "2027",
        "年",
        "月",
        "日",
        "底",
        "前",
        "之前",
        "末",
        "旬",
        "上",
        "中",
        "下",
        "半年",
        "季度",
        "第",
        "每",
        "个",
        "周",
        "五",
        "一",
        "十",
        "、",
        ";",
        ",",
        "至",
        "-",
        "—",
        "起",
        "自",
        "全年",
        "长期",
        "定期",
        "次",
        "完成",
        "各",
        "首月",
        "末月",
        "后",
        "内",
        "次年",
        "今年",
        "Q",
        "(",
        ")",
        "。",
        "/",
        ".",
    ]
)
CELLS = st.one_of(
    st.lists(WORDS, max_size=9).map("".join),
    st.text(max_size=30),
    st.floats(),
    st.integers(),
    st.none(),
    st.binary(max_size=4),
)


@given(CELLS)
def test_no_cell_breaks_the_reader(value: object) -> None:
    try:
        meaning = understand(value, 2026)
    except DueTextError:
        return
    assert meaning.due_on or meaning.recurrence or meaning.irregular
    if meaning.recurrence:
        assert occurrences(meaning.recurrence, start=dt.date(2026, 1, 1), end=dt.date(2035, 12, 31))


@given(st.one_of(st.lists(WORDS, max_size=12).map("".join), st.text(max_size=40)))
def test_no_sentence_breaks_the_finder_and_its_text_is_quoted(sentence: str) -> None:
    meaning = find_due(sentence, 2026)
    if meaning is not None and meaning.recurrence is None:
        assert meaning.text.split("、")[0] in sentence
