"""The second look at what waits, before it leaves (docs/howto/supervision.md), and its leaving."""

import datetime as dt
from dataclasses import replace

from models.items.item import ItemState
from models.ladder.notice import NoticeState
from models.ladder.policy import Relation
from tests.oracle.plain import Answer, Told, World, nearness


def deliver(world: World, on: dt.date) -> None:
    """Drop what is no longer true, send to the successor what another answers for now, and let go what may leave."""
    successors = []
    for told in [told for told in world.told if told.state is NoticeState.PENDING]:
        reason = _untrue(told, on)
        if reason is None and (answer := _answers(world, told, on)).who != told.recipient:
            reason = "责任人已变更，改送接任者"
            successors.append((told, answer))
        if reason:
            told.state, told.reason = NoticeState.DROPPED, reason
    for told, answer in sorted(successors, key=lambda successor: nearness(successor[1])):
        if answer.who is not None:
            world.tell(replace(told, recipient=answer.who, via=answer.via, state=NoticeState.PENDING, reason=None))
    for told in world.told:
        if told.state is NoticeState.PENDING and told.send_on <= on:
            told.state = NoticeState.SENT


def _untrue(told: Told, on: dt.date) -> str | None:
    day = told.day
    asks_to_sign = told.turn.step.relation is Relation.UNSIGNED
    if day.done:
        return "任务已办结"
    if day.claimed and day.instructed:
        return "批示已反馈，待办结"
    if day.claimed:
        return "已申请办结，待审核"
    if day.quiet:
        return "督办已停止（中止或撤回）"
    if day.due_on != told.due_on:
        return "时限已变更"
    if day.promised and day.armed_on > on and not asks_to_sign:
        return "已承诺再次报告，届时再提醒"
    if asks_to_sign:
        mine = [receipt for receipt in told.item.receipts if receipt.unit == told.unit]
        signed = all(receipt.signed for receipt in mine) if told.unit else told.item.state is not ItemState.ISSUED
        return "已签收" if signed else None
    return None


def _answers(world: World, told: Told, on: dt.date) -> Answer:
    """Who answers now for what the notice was raised for."""
    if told.unit is not None:
        return world.answer_of_unit(told.item, told.unit, on)
    if told.seat is not None:
        return world.answer_of_leader(told.item, told.seat, on)
    return world.answer(told.item, told.role, on)
