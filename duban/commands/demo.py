"""`duban demo`: an invented office from list to report, by the very commands an office would use."""

from __future__ import annotations

import datetime as dt
import os
import shlex
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duban.edge import Edge, OnOption, edge, progress, say, show_table, table, today
from models.errors import BadInputError

if TYPE_CHECKING:
    from duban.demonstration.story import Story

MARK = "演示数据说明.txt"
WAY_IN = "演示口令.txt"

NO_FACTOR = 'second_factor = "optional"'
COPIES = "演示文件"


def register(app: typer.Typer) -> None:
    """Add `duban demo` to `app`."""
    app.command()(demo)


def demo(
    context: typer.Context,
    folder: Annotated[Path, typer.Option("--dir", metavar="目录", help="演示用的数据目录（不看 --home）。")] = Path(
        "duban-demo"
    ),
    host: Annotated[str, typer.Option("--host", metavar="地址", help="网页监听的地址。")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="端口", min=0, max=65535, help="网页监听的端口。")] = 8000,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="走到今天即结束，不启动网页。")] = False,
    no_prefect: Annotated[bool, typer.Option("--no-prefect", help="启动网页时不启动 Prefect 服务。")] = False,
    on: OnOption = None,
) -> None:
    """演示：用示例文件建立一个虚构单位，从清单到报告，一直走到今天；可重复运行。

    四月起讲当年，走到昨天为止；一至三月讲上一年，全年走完。--on 只与 --no-serve 同用：网页总是今天的。
    """
    if on is not None and not no_serve:
        raise BadInputError("网页总是今天的，不能当作另一天来演示：请去掉 --on，或加上 --no-serve。")
    # What is set for a real office leads to its database and its mail server: none of it holds here.
    for name in [name for name in os.environ if name.startswith("DUBAN_")]:
        del os.environ[name]
    context.find_root().obj = Edge(folder.expanduser())
    tour = _Tour(context, folder, today(on))
    try:
        tour.walk()
        if not no_serve:
            from duban.commands.engine import serve

            tour.step("启动网页")
            tour.command("serve", "--host", host, "--port", str(port))
            say(f"登录：姓名任选，如 方晓岚（督办员），口令 {tour.password()}")
            serve(context, host=host, port=port, no_prefect=no_prefect)
    finally:
        if "engine" in vars(tour.edge):
            tour.edge.engine.dispose()


class _Tour:
    """The year step by step. A step that finds its result there says so and does nothing."""

    def __init__(self, context: typer.Context, folder: Path, today: dt.date) -> None:
        self.context, self.folder, self.today = context, folder, today
        self.edge = edge(context)
        self.steps = 0

    @cached_property
    def story(self) -> Story:
        """What is told: the story begun in the folder, or the one for the present day."""
        from duban.demonstration.live import year_lived
        from duban.demonstration.story import Story, year_shown

        return Story(year_lived(self.edge.engine) or year_shown(self.today), self.edge.settings.home / COPIES)

    @property
    def compiled_on(self) -> dt.date:
        """The day on which the report is drawn up: after the year, or today with what the running year has so far."""
        return min(self.today, self.story.filed_on)

    def walk(self) -> None:
        self.found()
        self.open_accounts()
        self.read_documents()
        self.import_ledger()
        self.live(self.compiled_on)
        self.tell()
        self.compile()
        self.close_the_circle()
        if self.compiled_on < self.today:
            self.live(self.today)
        self.name_files()

    def step(self, title: str) -> None:
        self.steps += 1
        say(f"\n【{self.steps}】{title}")

    def command(self, *words: str) -> None:
        """The command that does the same, as a person would type it."""
        say("$ " + shlex.join(["duban", "--home", str(self.folder), *words]))

    def run(self, *words: str | Path) -> None:
        """Do what the command of these words does, in this data folder."""
        from duban.commands import WORDS, commands_of

        first, *more = map(str, words)
        commands_of(WORDS[first])[first].main(more, prog_name=f"duban {first}", standalone_mode=False, obj=self.edge)

    def found(self) -> None:
        from duban.demonstration.story import STAFF
        from models.migrate import create_or_upgrade
        from tasks.people.find import top_organs

        self.step("建立数据目录，导入人员")
        self._mark()
        self.command("init")
        create_or_upgrade(self.edge.settings)
        say(f"数据目录 {self.edge.settings.home}")
        staff, in_post_from = self.story.file(STAFF), str(self.story.in_post_from)
        self.command("people", "import", _near(staff), "--on", in_post_from)
        with self.edge.reading() as session:
            known = top_organs(session, most=1)
        if not known:
            self.run("people", "import", staff, "--on", in_post_from)
        else:
            say(f"{known[0].name}的人员已存在，跳过。")

    def _mark(self) -> None:
        """Say in the folder what it is. Raises BadInputError for a folder that holds something else."""
        settings = self.edge.settings
        mark = settings.home / MARK
        if mark.exists():
            self._set_up()
            return
        if settings.database_url or (settings.home / "duban.db").exists():
            raise BadInputError(f"{settings.home} 里已有别的数据库，演示不会动它：请用 --dir 另指一个空目录。")
        try:
            settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            mark.write_text("本目录由 duban demo 建立，单位、人员和事项都是虚构的，可以整个删去。\n", encoding="utf-8")
        except OSError as error:
            raise BadInputError(f"目录 {settings.home} 无法写入：{error.strerror}。请用 --dir 换一个目录。") from error
        self._set_up()

    def _set_up(self) -> None:
        """Let everybody in by the one password: whoever looks at an invented office has no authenticator for it."""
        from models.settings import SETTINGS_FILE

        file = self.edge.settings.home / SETTINGS_FILE
        if not file.exists():
            file.write_text(f"# 演示用：真实单位请删去下一行\n{NO_FACTOR}\n", encoding="utf-8")
            del self.edge.settings

    def open_accounts(self) -> None:
        from duban.demonstration.live import open_accounts

        self.step("给每个人开通账户，口令相同")
        self.command("account", "invite", "--all")
        if not open_accounts(self.edge.engine, self.story.issued_on, self.password()):
            say("已存在，跳过。")

    def password(self) -> str:
        """The one password of everybody: made once, and kept beside the data where only this account reads it."""
        import secrets

        kept = self.edge.settings.home / WAY_IN
        if not kept.exists():
            kept.touch(mode=0o600)
            kept.write_text(f"{secrets.token_urlsafe(12)}\n", encoding="utf-8")
        return kept.read_text(encoding="utf-8").strip()

    def read_documents(self) -> None:
        from duban.demonstration.story import LAST_REPORT, LEDGER, WORK_POINTS

        self.step("预览上年度报告和工作要点：读成任务草稿，没写的时限和责任人留空，不编造")
        for name in (LAST_REPORT, WORK_POINTS):
            self._import(name, rehearsed=True, known=self._is_imported(LEDGER))

    def import_ledger(self) -> None:
        from duban.demonstration.story import FILLED, LEDGER

        year = self.story.year
        self.step(f"导入 {year} 年任务清单：先预览，再导入；缺时限的补填后按序号对应；然后下达")
        for name, rehearsed in ((LEDGER, True), (LEDGER, False), (FILLED, False)):
            self._import(name, rehearsed=rehearsed, known=self._is_imported(name))
        issue = ("plan", "issue", "--year", str(year), "--on", str(self.story.issued_on))
        self.command(*issue)
        with self.edge.reading() as session:
            issued_on = self.edge.plan(session, year, None).issued_on
        if issued_on is None:
            self.run(*issue)
        else:
            say(f"已于 {issued_on} 下达，跳过。")

    def _import(self, name: str, *, rehearsed: bool, known: bool) -> None:
        """The plan's import of a file of the story."""
        file, more = self.story.file(name), ["--dry-run"] if rehearsed else []
        words = ["--year", str(self.story.year), *more, "--on", str(self.story.issued_on)]
        self.command("plan", "import", _near(file), *words)
        if known:
            say("已导入过，跳过。")
        else:
            self.run("plan", "import", file, *words)

    def _is_imported(self, name: str) -> bool:
        from tasks.plan.batches import was_imported

        with self.edge.reading() as session:
            return was_imported(session, self.story.year, self.story.named(name))

    def live(self, before: dt.date) -> None:
        from duban.demonstration.acts import read_script
        from duban.demonstration.live import days_to_live, live
        from duban.demonstration.story import SCRIPT
        from models.dates.workdays import WorkCalendar

        year, script = self.story.year, self.story.file(SCRIPT)
        self.step(f"从下达走到昨天：每天早上提醒、升级、发信，再录入当天的进展、销号、履职、案件等（{SCRIPT}）")
        days = days_to_live(self.edge.engine, year, before=before)
        if not days:
            say("已走到，跳过。")
            return
        with progress(f"{year} 年") as track:
            live(
                self.edge.engine,
                self.edge.settings,
                year,
                read_script(script, WorkCalendar(), issued_on=self.story.issued_on),
                track(days),
            )
        say(f"{days[0]} 至 {days[-1]} 共 {len(days)} 天。")

    def tell(self) -> None:
        from duban.demonstration.tell import tell_year

        self.step("谁收到了什么")
        with self.edge.reading() as session:
            people, top = tell_year(session, self.edge.plan(session, self.story.year, None))
        shown = table("收件人", "提醒", "升级", "最早", "最晚", title="已发送的通知")
        for person in people:
            counts = (str(person.reminders), str(person.escalations))
            shown.add_row(person.name, *counts, str(person.first_on), str(person.last_on))
        show_table(shown)
        shown = table("日期", "收件人", "任务", "时限", "规则", title="升级到第一责任人的事项")
        for row in top:
            words = (f"{row['item']} {row['title']}", str(row["due_on"]), row["rung"])
            shown.add_row(str(row["fired_on"]), row["recipient"], *words)
        show_table(shown)
        if top:
            say("逐条查看：")
            self.command("notice", "list", "--on", str(top[0]["fired_on"]))
        status = ("status", "--year", str(self.story.year), "--on", str(self.compiled_on), "--by", "department")
        self.command(*status)
        self.run(*status)

    def compile(self) -> None:
        from duban.demonstration.tell import in_short, report_figures
        from models.exact import decimal_text

        year, name = self.story.year, self.story.report
        running = self.compiled_on < self.story.filed_on
        self.step(f"编制 {year} 年度报告{'（初稿，写到今天为止）' if running else ''}")
        out = self.edge.settings.home / name
        self.command("report", "compile", "--year", str(year), "--out", str(self.folder / name))
        if out.exists():
            say(f"{out} 已存在，跳过。")
        else:
            self.run("report", "compile", "--year", str(year), "--out", out, "--on", str(self.compiled_on))
        with self.edge.reading() as session:
            figures = report_figures(session, self.edge.organ(session, None), year)
        shown = table("数字", "数值", "所在部分", "所据记录", title="报告中的数字，各有依据")
        for heading, figure in figures:
            about = "（约数）" if figure.approximate else ""
            shown.add_row(
                figure.name, f"{decimal_text(figure.value)}{figure.unit}{about}", heading, in_short(figure.rows)
            )
        show_table(shown)
        say("打开依据：")
        self.command("report", "trace", "行政执法案件", "--year", str(year))

    def close_the_circle(self) -> None:
        from duban.demonstration.tell import announced_items
        from tasks.plan.batches import was_imported
        from tasks.plan.sum_plans import items_in

        year, following, name = self.story.year, self.story.year + 1, self.story.report
        self.step(f"把报告读回来，作为 {following} 年度计划的草稿")
        words = ("--year", str(following), "--on", str(self.compiled_on))
        self.command("plan", "import", str(self.folder / name), *words)
        with self.edge.reading() as session:
            known = was_imported(session, following, name)
        if known:
            say("已导入过，跳过。")
        else:
            self.run("plan", "import", self.edge.settings.home / name, *words)
        with self.edge.reading() as session:
            announced = announced_items(session, self.edge.organ(session, None), year)
            drafted = items_in(session, self.edge.plan(session, following, None))
        say(f"报告的下一年度安排写了 {announced} 项，{following} 年度计划现有 {drafted} 项。")

    def name_files(self) -> None:
        self.step("写出的文件")
        settings = self.edge.settings
        mails = sum(1 for part in ("new", "cur") for _ in (settings.maildir / part).glob("*"))
        for path, what in (
            (settings.home / self.story.report, "年度报告，用 Word 或 WPS 打开"),
            (settings.maildir, f"督办邮件 {mails} 封（Maildir 格式，用邮件程序打开）"),
            (settings.home / "duban.db", "数据库"),
            (settings.home / MARK, "说明这是演示数据"),
        ):
            say(f"  {path}  {what}")


def _near(path: Path) -> str:
    """The path as short as it can be written from here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
