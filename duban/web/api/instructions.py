"""An instruction that no item stands for yet: the item is made with it."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Response
from sqlmodel import Session

from duban.acts.instruction import FREELY
from duban.web.acts import act_body
from duban.web.api_fields import Year
from duban.web.call import Writer
from duban.web.doing import Done, IdempotencyKey, done_once
from models.items.item import WorkItem

router = APIRouter(tags=["办理"])
_SHAPE = act_body.body_of(FREELY)


def give(call: Writer, body: Any, year: Year = None, idempotency_key: IdempotencyKey = None) -> Response:
    """批示交办：不在任务上的批示，列入年度计划的“领导批示交办”，即时下达。"""

    def do(session: Session) -> Done:
        done = act_body.do(session, call.plan(session, year), FREELY, call.by, body)
        session.flush()
        item = session.get_one(WorkItem, done.rows[0])
        return Done(
            item=done.rows[0], number=item.number, state=item.state, state_name=item.state.label, said=done.said,
            created=list(done.rows),
        )  # fmt: skip

    return done_once(call, do, key=idempotency_key, sent=f"{year} {body.model_dump_json()}")


# As FastAPI reads and describes it.
give.__annotations__["body"] = Annotated[_SHAPE, Body(title=FREELY.title)]
router.add_api_route(
    "/instructions", give, methods=["POST"], response_model=Done, summary=FREELY.title, operation_id="give_instruction"
)
