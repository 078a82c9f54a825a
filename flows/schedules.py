"""The one list of rhythms: when each runs, and for how long a missed one is still made good.

The clocks, the deployments of `duban deploy` and `prefect.yaml` all come from this list. The two engines read a cron
text differently in two places: APScheduler counts weekdays from Monday = 0 and joins day of month and weekday with
"and", cron and Prefect count from Sunday = 0 and join with "or". So weekdays are named, and the two are never combined.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from models.clock import OFFICE_ZONE

_NUMBERS = re.compile(r"(\*|\d+(-\d+)?)(/\d+)?(,\d+(-\d+)?(/\d+)?)*")
_DAY = "(mon|tue|wed|thu|fri|sat|sun)"
_WEEKDAYS = re.compile(rf"\*|{_DAY}(-{_DAY})?(,{_DAY}(-{_DAY})?)*")


SHARDS = 4
"""Of the rhythms that go from organ to organ: a province has thousands."""
MANY = 200
"""Organs from which on the daily sweep goes by shards too: that of fewer is done before four processes have begun."""


@dataclass(frozen=True)
class Schedule:
    """One rhythm at one cron text, in office time. Raises ValueError for a text the two engines read differently."""

    slug: str
    title: str
    entrypoint: str
    """The flow, in dotted form; its last part names the function of `flows.rhythms` that does the same."""
    cron: str
    grace: dt.timedelta
    """A slot missed for no longer than this is made good; a longer one waits for the next."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """JSON values only."""
    zone: str = OFFICE_ZONE.key
    light: bool = False
    """Runs so often, mostly for nothing, that a clock does it itself: a flow run costs seconds. It is not deployed."""
    silence: dt.timedelta = dt.timedelta(minutes=30)
    """A flow run of which nothing was heard for longer counts as hung and is ended (`flows.silence`)."""

    shards: int = 1
    """By how many runs at once, each for a part of the organs, workers do it."""

    def __post_init__(self) -> None:
        fields = self.cron.split()
        if len(fields) != 5:
            raise ValueError(f"{self.slug}: a cron text has five fields: {self.cron!r}")
        *numbers, weekday = fields
        if not all(_NUMBERS.fullmatch(number) for number in numbers):
            raise ValueError(f"{self.slug}: numbers, lists, ranges and steps only: {self.cron!r}")
        if not _WEEKDAYS.fullmatch(weekday):
            raise ValueError(f"{self.slug}: weekdays by name (mon-fri), never by number: {self.cron!r}")
        if numbers[2] != "*" and weekday != "*":
            raise ValueError(f"{self.slug}: never day of month and weekday together: {self.cron!r}")

    @property
    def rhythm(self) -> str:
        """The name under which runs are remembered: schedules of one rhythm share it."""
        return self.entrypoint.rpartition(".")[2]

    @property
    def each_counts(self) -> bool:
        """Whether a slot is worth waiting for and trying again; otherwise the next one comes soon enough."""
        return self.grace >= dt.timedelta(hours=1)


SCHEDULES = (
    Schedule(
        slug="daily_supervision",
        title="每日督办",
        entrypoint="flows.daily_supervision.daily_supervision",
        cron="30 8 * * *",
        grace=dt.timedelta(days=1),
    ),
    Schedule(
        slug="delivery",
        title="通知发送",
        entrypoint="flows.delivery.delivery",
        cron="*/5 8-19 * * *",
        grace=dt.timedelta(minutes=5),
        silence=dt.timedelta(minutes=15),
    ),
    Schedule(
        slug="urgent_delivery",
        title="即时通知",
        entrypoint="flows.delivery.urgent_delivery",
        cron="* 8-19 * * *",
        grace=dt.timedelta(minutes=1),
        light=True,
    ),
    Schedule(
        slug="letters",
        title="账户信件",
        entrypoint="flows.letters.letters",
        cron="* * * * *",
        grace=dt.timedelta(minutes=1),
        light=True,
    ),
    Schedule(
        slug="webhooks",
        title="接口推送",
        entrypoint="flows.webhooks.webhooks",
        cron="* * * * *",
        grace=dt.timedelta(minutes=1),
        light=True,
    ),
    Schedule(
        slug="returned_mail",
        title="退信收取",
        entrypoint="flows.returned_mail.returned_mail",
        cron="*/5 * * * *",
        grace=dt.timedelta(minutes=5),
        light=True,
    ),
    Schedule(
        slug="alarm",
        title="运行报警",
        entrypoint="flows.alarm.alarm",
        cron="*/5 * * * *",
        grace=dt.timedelta(minutes=5),
        light=True,
    ),
    # At night, when few write; before the sweep, so that what a wrong clock would raise is not in it.
    Schedule(
        slug="backup",
        title="每夜备份",
        entrypoint="flows.backup.backup",
        cron="30 2 * * *",
        grace=dt.timedelta(days=1),
        # It copies files, and asks the database nothing meanwhile.
        silence=dt.timedelta(hours=6),
    ),
    Schedule(
        slug="pruning",
        title="清理旧数据",
        entrypoint="flows.pruning.pruning",
        cron="40 2 * * *",
        grace=dt.timedelta(days=1),
        light=True,
    ),
    Schedule(
        slug="brief",
        title="第一责任人简报",
        entrypoint="flows.brief.brief",
        cron="30 7 * * mon",
        grace=dt.timedelta(days=1),
        shards=SHARDS,
    ),
    # Made good up to Monday, the week is still the one that ended; later the next circular tells its figures.
    Schedule(
        slug="weekly_circular",
        title="每周通报",
        entrypoint="flows.circular.weekly_circular",
        cron="30 16 * * fri",
        grace=dt.timedelta(days=3),
        shards=SHARDS,
    ),
    Schedule(
        slug="monthly_circular",
        title="每月通报",
        entrypoint="flows.circular.monthly_circular",
        cron="0 7 1 * *",
        grace=dt.timedelta(days=15),
        shards=SHARDS,
    ),
    Schedule(
        slug="quarterly_circular",
        title="每季度通报",
        entrypoint="flows.circular.quarterly_circular",
        cron="10 7 1 1,4,7,10 *",
        grace=dt.timedelta(days=30),
        shards=SHARDS,
    ),
    Schedule(
        slug="year_end_report_draft",
        title="年度报告初稿",
        entrypoint="flows.year_end_report.year_end_report",
        cron="0 6 5 1 *",
        grace=dt.timedelta(days=15),
        shards=SHARDS,
    ),
    # The day after the report's draft, whose part four is where the new year's plan begins.
    Schedule(
        slug="year_opening",
        title="开年编制",
        entrypoint="flows.year_opening.year_opening",
        cron="0 6 6 1 *",
        grace=dt.timedelta(days=15),
        shards=SHARDS,
    ),
    # Filed before 1 March (督察工作规定): what was recorded since January goes into the version that is filed.
    Schedule(
        slug="year_end_report_final",
        title="年度报告定稿前更新",
        entrypoint="flows.year_end_report.year_end_report",
        cron="0 6 20 2 *",
        grace=dt.timedelta(days=8),
        shards=SHARDS,
    ),
)


def for_organs(organs: int) -> tuple[Schedule, ...]:
    """The list as it is deployed where so many organs have a plan that runs."""
    if organs < MANY:
        return SCHEDULES
    return tuple(replace(each, shards=SHARDS) if each.slug == "daily_supervision" else each for each in SCHEDULES)
