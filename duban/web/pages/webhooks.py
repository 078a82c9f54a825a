"""接口推送: the addresses that are told of what happens, how that goes, and their making and stopping."""

from collections import OrderedDict

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from duban.web.posted import Posted, Sent
from duban.web.refusals import status_of
from duban.web.visit import Signed, Visit
from models.engine.webhook import MessageState
from models.engine.webhook_event import EVENTS, TEST
from models.errors import DubanError, ForbiddenError, NotFoundError
from tasks.webhooks.hold_webhooks import (
    find_webhook,
    held_webhooks,
    make_webhook,
    resend,
    secret_of,
    send_test,
    stop_webhook,
)

router = APIRouter()

GROUPS = OrderedDict([("item", "任务"), ("plan", "计划"), ("notice", "通知")])


@router.get("/webhooks")
def webhooks(visit: Signed) -> HTMLResponse:
    """The organ's webhooks."""
    return _page(visit)


@router.post("/webhooks")
def make(sent: Sent) -> Response:
    """Make one; its secret is shown on this answer and nowhere else."""
    visit = sent.visit
    try:
        with visit.writing() as session:
            made = make_webhook(session, visit.organ, by=visit.by, url=sent.text("url"), events=sent.texts("events"))
            session.flush()
            send_test(session, made, by=visit.by)
    except ForbiddenError as error:
        raise NotFoundError("没有这个页面。") from error
    except DubanError as error:
        return _page(visit, sent=sent, error=error)
    return _page(visit, secret=secret_of(visit.served.settings.home, made), secret_of_url=made.url)


@router.post("/webhooks/{webhook_id:row}/test")
def test(sent: Sent, webhook_id: int) -> Response:
    """Queue a message that tells of nothing."""
    visit = sent.visit
    with visit.writing() as session:
        send_test(session, find_webhook(session, webhook_id, visit.organ, by=visit.by), by=visit.by)
    return visit.go(visit.link("/webhooks"), "测试消息已排入，一分钟内发出；结果见最近的推送。")


@router.post("/webhooks/{webhook_id:row}/stop")
def stop(sent: Sent, webhook_id: int) -> Response:
    """Tell the address of nothing more."""
    visit = sent.visit
    with visit.writing() as session:
        webhook = find_webhook(session, webhook_id, visit.organ, by=visit.by)
        stop_webhook(session, webhook, by=visit.by)
    return visit.go(visit.link("/webhooks"), f"已停止向“{webhook.url}”推送。")


@router.post("/webhooks/{webhook_id:row}/resend")
def again(sent: Sent, webhook_id: int) -> Response:
    """Try anew what was set aside."""
    visit = sent.visit
    with visit.writing() as session:
        webhook = find_webhook(session, webhook_id, visit.organ, by=visit.by)
        count = resend(session, webhook, by=visit.by, message=sent.number("message", "消息编号"))
    return visit.go(visit.link("/webhooks"), f"{count} 条停发的消息将重新推送。")


def _page(
    visit: Visit,
    *,
    sent: Posted | None = None,
    error: DubanError | None = None,
    secret: str | None = None,
    secret_of_url: str = "",
) -> HTMLResponse:
    with visit.reading() as session:
        try:
            held = held_webhooks(session, visit.organ, by=visit.looking)
        except ForbiddenError as refused:
            raise NotFoundError("没有这个页面。") from refused
        return visit.page(
            session,
            "webhooks.html",
            menu="/settings",
            status_code=status_of(error) if error else 200,
            running=[one for one in held if one.webhook.stopped_at is None],
            stopped=[one for one in held if one.webhook.stopped_at is not None],
            groups=[
                (title, [(event, words) for event, words in EVENTS.items() if event.partition(".")[0] == group])
                for group, title in GROUPS.items()
            ],
            words={**EVENTS, TEST: "测试消息"},
            states=list(MessageState),
            parked=MessageState.PARKED,
            url=sent.text("url") if sent else "",
            chosen=sent.texts("events") if sent else list(EVENTS),
            error=error.message if error else None,
            secret=secret,
            secret_of_url=secret_of_url,
            private=bool(visit.served.settings.webhook_private),
        )
