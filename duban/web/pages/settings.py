"""设置: what this person may set and look into, each with what it is for."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from duban.web.visit import Signed, Visit
from models.people.permission import Action
from tasks.acting.authorize import organs_within
from tasks.engine.choose_settings import may_choose

router = APIRouter()


@dataclass(frozen=True)
class SettingsLine:
    """One line of the hub; `action` is what it takes, none for everybody."""

    path: str
    title: str
    purpose: str
    action: Action | None = None


GROUPS: tuple[tuple[str, tuple[SettingsLine, ...]], ...] = (
    (
        "本人",
        (
            SettingsLine("/account", "我的账户", "改密码、登录记录、日历订阅地址、接口令牌"),
            SettingsLine("/jobs", "后台工作", "导入、编制、导出等较长的工作：进度和结果"),
        ),
    ),
    (
        "单位",
        (
            SettingsLine("/people", "人员", "谁在什么岗位，谁请假、由谁代理；交接、离任、导入名册、开通账户"),
            SettingsLine("/workdays", "工作日历", "放假、调休和本单位的安排；期限按此计算"),
            SettingsLine(
                "/settings/office", "系统设置", "系统名称、标志、网址、邮件服务器、免打扰时段", Action.CONFIGURE
            ),
            SettingsLine("/policies", "督办策略", "何时提醒谁、逾期后如何升级、亮灯和审批的规则", Action.POLICY),
        ),
    ),
    (
        "监督和运行",
        (
            SettingsLine("/audit", "操作记录", "谁在什么时候办了什么，改了什么；校验记录未被改动", Action.AUDIT),
            SettingsLine("/system", "系统运行", "时钟、定时工作、待发通知、数据库和磁盘", Action.SYSTEM),
        ),
    ),
    (
        "与其他系统连接",
        (
            SettingsLine("/webhooks", "接口推送", "任务和通知有变化时，告诉其他系统", Action.INTEGRATE),
            SettingsLine("/api/v1/docs", "接口说明", "供其他程序读写的接口"),
        ),
    ),
)


@router.get("/settings")
def settings(visit: Signed) -> HTMLResponse:
    """The hub."""
    with visit.reading() as session:
        return visit.page(session, "settings.html", menu="/settings", groups=open_lines(session, visit))


def open_lines(session: Session, visit: Visit) -> list[tuple[str, list[SettingsLine]]]:
    """What the person may open for the organ looked at, by group; a group of nothing is left out."""
    wanted = {line.action for _, lines in GROUPS for line in lines if line.action is not None}
    may = {action for action in wanted if visit.organ.id in organs_within(session, visit.by, action)}
    if not may_choose(session, visit.organ, by=visit.by):
        may.discard(Action.CONFIGURE)
    shown = [(title, [line for line in lines if line.action is None or line.action in may]) for title, lines in GROUPS]
    return [(title, lines) for title, lines in shown if lines]
