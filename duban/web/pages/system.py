"""系统运行: whether the clock runs, what waits, what the data takes, and how the office is set."""

import datetime as dt
from dataclasses import replace
from importlib.metadata import version

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from pydantic import SecretStr
from sqlalchemy import make_url
from sqlmodel import Session

from duban.web.posted import Sent
from duban.web.rhythm_lines import rhythm_lines, run_lines
from duban.web.visit import Signed, Visit
from flows.embedded_clock import ClockState
from flows.prefect.server import ServerState
from flows.slots import expected
from models.clock import day_of
from models.database import key
from models.ladder.message import SendState
from models.people.permission import Action
from models.people.person import Role
from tasks.acting.authorize import authorize_organ, organs_within, seats
from tasks.engine.gather_health import gather_health
from tasks.engine.judge_health import judge_health
from tasks.engine.show_system import clock_lease, show_database, show_queue
from tasks.oversight.doubt_day import go_on

router = APIRouter()

SETTING_WORDS = {
    "home": "数据目录", "database_url": "数据库", "site_name": "系统名称", "logo": "标志",
    "office_url": "网址", "smtp_host": "邮件服务器",
    "smtp_port": "邮件端口", "smtp_user": "邮件账户", "smtp_password": "邮件密码", "smtp_security": "邮件加密",
    "smtp_ca_file": "邮件服务器的签发证书",
    "mail_from": "发件人", "imap_host": "退信邮箱服务器", "imap_port": "退信邮箱端口", "imap_user": "退信邮箱账户",
    "imap_password": "退信邮箱密码", "imap_security": "退信邮箱加密", "imap_folder": "退信邮箱文件夹",
    "trusted_proxy": "可信的反向代理", "oidc_issuer": "单点登录",
    "oidc_client_id": "单点登录客户端", "oidc_client_secret": "单点登录密钥", "oidc_label": "单点登录按钮",
    "oidc_claim": "单点登录怎样称呼来的人", "oidc_second_factor": "单点登录已含第二因素",
    "second_factor": "谁须有第二因素", "access_days": "令牌和日历订阅最长天数",
    "pdf_font_folder": "PDF 字体的文件夹", "pdf_title_font": "PDF 标题字体",
    "pdf_body_font": "PDF 正文字体", "pdf_heading_font": "PDF 一级标题字体", "pdf_subheading_font": "PDF 二级标题字体",
    "soffice": "读取旧版文件的 LibreOffice",
    "keep_days": "运行记录各保留几天",
    "quiet_from": "免打扰自", "quiet_until": "免打扰至",
    "delivery_attempts": "发送次数上限", "channels": "渠道顺序", "digest_at": "每日汇总自",
    "urgent_per_hour": "每人每小时即时通知上限", "unread_hours": "即时通知未读几小时换渠道",
    "insist_on": "不可关闭的通知", "ask_above": "一天多于几封先问", "days_ahead": "督办最多隔几天自动接上",
    "alarm_hours": "过几小时没有运行就报警", "alarm_ping_url": "报警服务的地址",
    "webhook_private": "推送可到的内网网段", "metrics_token": "监控令牌",
    "evidence_url": "佐证材料存放处", "evidence_megabytes": "佐证材料上限（MB）",
    "evidence_item_megabytes": "一项任务的佐证材料合计上限（MB）",
    "evidence_organ_megabytes": "一个单位的佐证材料合计上限（MB）",
    "backup_folder": "每夜备份的文件夹", "backup_passphrase": "备份口令", "backup_daily": "保留几天的备份",
    "backup_weekly": "保留几周的备份", "backup_monthly": "保留几个月的备份", "backup_hours": "备份过几小时就报警",
    "wecom_api": "企业微信接口地址", "wecom_corp_id": "企业微信企业 ID", "wecom_agent_id": "企业微信应用编号",
    "wecom_secret": "企业微信应用密钥", "wecom_robot_url": "企业微信群机器人地址",
    "dingtalk_api": "钉钉接口地址", "dingtalk_app_key": "钉钉应用 AppKey", "dingtalk_app_secret": "钉钉应用密钥",
    "dingtalk_agent_id": "钉钉应用编号", "dingtalk_robot_url": "钉钉群机器人地址",
    "dingtalk_robot_secret": "钉钉群机器人加签密钥",
    "feishu_api": "飞书接口地址", "feishu_app_id": "飞书应用编号", "feishu_app_secret": "飞书应用密钥",
    "feishu_robot_url": "飞书群机器人地址", "feishu_robot_secret": "飞书群机器人签名密钥",
    "message_webhook_url": "Webhook 接收系统", "message_webhook_secret": "Webhook 签名密钥",
    "message_webhook_own": "可用个人的 Webhook 接收地址",
    "sms_url": "短信网关", "sms_method": "短信网关请求方式", "sms_format": "短信网关请求格式",
    "sms_fields": "短信网关字段", "sms_headers": "短信网关请求头", "sms_secret": "短信网关密钥", "sms_sign": "短信签名",
    "sms_template": "短信模板编号",
    "sms_longest": "短信最多字数", "sms_success_path": "短信结果码位置", "sms_success_value": "短信成功的结果码",
    "sms_permanent": "短信不再重试的结果码", "sms_down": "短信暂停渠道的结果码",
    "apprise_schemes": "可用的 Apprise 服务", "apprise_url": "Apprise 地址",
}  # fmt: skip
"""What a person calls each setting, in the order of the page."""
_SECRET = ("password", "secret", "token", "key", "sms_url", "sms_fields", "sms_headers", "message_webhook_url")
"""Parts of names of what is not shown: addresses and fields of gateways may hold keys."""


@router.get("/system")
def system(visit: Signed) -> HTMLResponse:
    """How the engine stands."""
    served = visit.served
    with visit.reading() as session:
        authorize_organ(session, visit.by, Action.SYSTEM, visit.organ.id)
        seen = organs_within(session, visit.by, Action.SYSTEM)
        administrator = _administers(session, visit)
        lease = clock_lease(session)
        awaited = expected(visit.now, hours=served.settings.alarm_hours)
        health = gather_health(session, served.settings, awaited, now=visit.now)
        told = health if administrator else replace(health, open_folders=[], templates=[])
        return visit.page(
            session, "system.html", menu="/settings",
            clock=served.clock.state, running=served.clock.state is not ClockState.STOPPED,
            lease=lease, lease_lasts=lease is not None and lease.expires_at > visit.now,
            prefect=served.prefect_state, prefect_running=served.prefect_state is ServerState.RUNNING,
            rhythms=rhythm_lines(session, served.clock, now=visit.now, seen=seen),
            runs=run_lines(session, served.clock.schedules, now=visit.now),
            queue=show_queue(session, seen, on=day_of(visit.now), now=visit.now),
            troubles=judge_health(told, awaited, now=visit.now, hours=served.settings.alarm_hours),
            may_go_on=health.doubt and visit.organ.id in organs_within(session, visit.by, Action.TAKE_BACK_SWEEP),
            send_states=list(SendState), database=show_database(session), version=version("duban"),
            disk=health.disk, backups=health.backups, backup_folder=served.settings.backup_place,
            settings=_settings(visit) if administrator else None, administrator=administrator,
        )  # fmt: skip


@router.post("/system/go-on")
def stand_by_today(sent: Sent) -> Response:
    """Somebody's word that today is right: what stood still for it goes on at once."""
    visit = sent.visit
    with visit.writing() as session:
        go_on(session, by=visit.by, most=visit.served.settings.days_ahead, organ_id=key(visit.organ.id))
    visit.served.clock.repair()
    return visit.go(visit.link("/system"), f"已确认今天（{visit.by.on}）的日期，停下的定时工作随即继续。")


def _administers(session: Session, visit: Visit) -> bool:
    """Whether any of the visitor's seats in the organ is the administrator's."""
    filled = seats(session, visit.by)
    return any(seat.role is Role.ADMINISTRATOR and seat.organ_id == visit.organ.id for seat in filled)


def _settings(visit: Visit) -> list[tuple[str, str, str]]:
    """Name, words and value of each setting; of a secret no more than whether there is one."""
    settings = visit.served.settings
    rows = []
    for name, words in SETTING_WORDS.items():
        value = getattr(settings, name)
        if isinstance(value, SecretStr) or any(part in name for part in _SECRET):
            given = value.get_secret_value() if isinstance(value, SecretStr) else value
            shown = "已设置" if given else "未设置"
        elif name == "database_url":
            shown = make_url(settings.database).render_as_string(hide_password=True)
        elif isinstance(value, bool):
            shown = "是" if value else "否"
        elif isinstance(value, dt.time):
            shown = f"{value:%H:%M}"
        else:
            shown = str(value) if value not in ("", None) else "未设置"
        rows.append((name, words, shown))
    return rows
