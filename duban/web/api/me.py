"""本人: whose token this is and what it opens."""

import datetime as dt

from fastapi import APIRouter
from pydantic import BaseModel, Field

from duban.web.api_fields import Named, named
from duban.web.call import Reader
from models.people.api_token import TokenScope
from models.people.organ import Organ
from tasks.acting.authorize import seats

router = APIRouter(tags=["本人"])


class SeatShown(BaseModel):
    """今天的一个岗位。"""

    role: Named = Field(title="角色")
    organ: str | None = Field(title="单位")
    stands_for: str | None = Field(title="代何人", description="请假代理时写明代谁。")


class TokenShown(BaseModel):
    """所用的令牌。"""

    name: str = Field(title="名称")
    scopes: list[TokenScope] = Field(title="用途")
    expires_on: dt.date = Field(title="最后一天")


class Me(BaseModel):
    """本人。"""

    id: int = Field(title="id")
    name: str = Field(title="姓名")
    organ: Named = Field(title="单位")
    today: dt.date = Field(title="今天", description="办理的日期；按北京时间。")
    seats: list[SeatShown] = Field(title="今天的岗位")
    token: TokenShown = Field(title="所用的令牌")


@router.get("/me", summary="本人和令牌", operation_id="me")
def me(call: Reader) -> Me:
    """令牌是谁的、能做什么，本人今天在什么岗位上。"""
    with call.reading() as session:
        call.seen(session, call.token.id)
        own = session.get_one(Organ, call.person.organ_id)
        filled = seats(session, call.by)
        names = {
            organ_id: session.get_one(Organ, organ_id).name
            for organ_id in {seat.organ_id for seat in filled}
            if organ_id
        }
    return Me(
        id=call.person.id or 0,
        name=call.person.name,
        organ=Named(code=own.code, name=own.name),
        today=call.on,
        seats=[
            SeatShown(role=named(seat.role), organ=names.get(seat.organ_id or 0), stands_for=seat.for_name)
            for seat in filled
        ],
        token=TokenShown(
            name=call.token.name,
            scopes=[TokenScope(scope) for scope in call.token.scopes],
            expires_on=call.token.expires_on,
        ),
    )
