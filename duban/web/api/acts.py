"""Acts upon an item: each has an address of its own and says what it takes."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Response
from sqlmodel import Session

from duban.acts.declaration import Way
from duban.acts.item import ACTS, ItemAct
from duban.acts.item_hand import ADD
from duban.web.acts import act_body
from duban.web.api_fields import RowId, Year
from duban.web.call import Writer
from duban.web.doing import Done, IdempotencyKey, IfMatch, check_unchanged, done_once
from tasks.acting.find_seen import seen_item

router = APIRouter(tags=["办理"])


def _operation(act: ItemAct) -> Callable[..., Response]:
    def operation(
        call: Writer,
        item_id: RowId,
        body: Any,
        idempotency_key: IdempotencyKey = None,
        if_match: IfMatch = None,
    ) -> Response:
        def do(session: Session) -> Done:
            item = seen_item(session, item_id, by=call.by)
            check_unchanged(session, call, item, if_match)
            done = act_body.do(session, item, act, call.by, body)
            session.flush()
            return Done(
                item=item_id, number=item.number, state=item.state, state_name=item.state.label, said=done.said,
                created=list(done.rows),
            )  # fmt: skip

        return done_once(call, do, key=idempotency_key, sent=shape.model_dump_json(body))

    # Each act's own body, as FastAPI reads and describes it.
    shape = act_body.body_of(act)
    operation.__annotations__["body"] = Annotated[shape, Body(title=act.title)]
    return operation


def _add(
    call: Writer,
    body: Any,
    year: Year = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """存为拟办，或立即下达。各项照平常的写法填，时限的理解在答复的 said 中。"""

    def do(session: Session) -> Done:
        done = act_body.do(session, call.plan(session, year), ADD, call.by, body)
        item = seen_item(session, done.rows[0], by=call.by)
        return Done(
            item=done.rows[0], number=item.number, state=item.state, state_name=item.state.label, said=done.said,
            created=list(done.rows),
        )  # fmt: skip

    return done_once(call, do, key=idempotency_key, sent=f"{year} {body.model_dump_json()}", status=201)


_add.__annotations__["body"] = Annotated[act_body.body_of(ADD), Body(title=ADD.title)]
router.add_api_route(
    "/items", _add, methods=["POST"], response_model=Done, status_code=201, summary=ADD.title, name=ADD.code,
    operation_id="act_add",
)  # fmt: skip
for _act in ACTS:
    if Way.PROGRAM in _act.ways:
        router.add_api_route(
            f"/items/{{item_id}}/acts/{_act.code}",
            _operation(_act),
            methods=["POST"],
            response_model=Done,
            summary=_act.title,
            name=_act.code,
            operation_id=f"act_{_act.code}",
        )
