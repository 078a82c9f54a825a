"""由科室登记: which departments keep a ledger themselves."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from duban.web.api.ledgers_rows import Code
from duban.web.api_fields import Body, text
from duban.web.call import Reader, Writer
from duban.web.doing import IdempotencyKey, done_once
from models.database import key
from models.ledgers.kinds import kind_named
from tasks.ledgers.find_row import authorize_ledgers
from tasks.ledgers.grant_ledger import grant_ledger, grants_of
from tasks.people.find import find_department

router = APIRouter(tags=["台账"])


class GrantsShown(BaseModel):
    """自行登记一种台账的科室。"""

    ledger: str = Field(title="台账代码", examples=["case"])
    departments: list[str] = Field(title="科室", examples=[["执法科"]])


class Granting(Body):
    """由哪些科室登记本科室的记录。"""

    departments: list[text(100)] = Field(  # type: ignore[valid-type]
        title="科室", description="以这次写的为准；为空即收回。", max_length=200
    )


@router.get("/ledgers/{code}/grants", summary="由哪些科室登记", operation_id="list_ledger_grants")
def grants(call: Reader, code: Code) -> GrantsShown:
    """被授权登记、查看本科室记录的科室。"""
    kind = kind_named(code)
    with call.reading() as session:
        authorize_ledgers(session, call.by, key(call.organ.id))
        call.seen(session)
        held = grants_of(session, key(call.organ.id), kind)
    return GrantsShown(ledger=kind.code, departments=[one.name for one in held])


@router.post(
    "/ledgers/{code}/grants", summary="授权科室登记", operation_id="grant_ledger", response_model=GrantsShown
)  # fmt: skip
def grant(call: Writer, code: Code, body: Granting, idempotency_key: IdempotencyKey = None) -> Response:
    """以这次写的科室为准，没有写到的即行收回。"""
    kind = kind_named(code)

    def do(session: Session) -> GrantsShown:
        chosen = [find_department(session, call.organ, name) for name in body.departments]
        held = grant_ledger(session, call.organ, kind, chosen, by=call.by)
        return GrantsShown(ledger=kind.code, departments=[one.name for one in held])

    return done_once(call, do, key=idempotency_key, sent=body.model_dump_json())
