"""One item on the screen, as `duban item show` prints it."""

from collections.abc import Iterator
from typing import Any


def item_page(data: dict[str, Any]) -> Iterator[str]:
    """Facts first, then what happened, last what may be done now."""
    yield f"【{data['light'].label}】任务 {data['number']} {data['title']}"
    away = f"，{data['distance']}" if data["distance"] else ""
    yield f"  状态 {data['state'].label}  进度 {data['percent']}%  时限 {data['due_on'] or '-'}{away}"
    yield f"  项目 {data['project']}  牵头 {data['unit']}" + _listed("  配合 ", data["cooperating"])
    yield "  " + "  ".join(f"{role} {name}" for role, name in data["people"].items())
    counts = {"延期": data["extensions"], "退回": data["returns"], "重开": data["reopenings"]}
    if any(counts.values()):
        yield "  " + "  ".join(f"{name} {count} 次" for name, count in counts.items() if count)
    if data["first_closed_on"]:
        yield f"  首次办结 {data['first_closed_on']}"
    for deadline in data["deadlines"]:
        name = deadline["title"] or deadline["kind"].label
        yield f"  {name} {deadline['due_on']}：{deadline['why']}"
    for title, rows in (
        ("签收", [_receipt(row) for row in data["receipts"]]),
        ("子任务", [f"{row['number']} {row['title']}（{row['state'].label}）" for row in data["children"]]),
        ("进展", [_progress(row) for row in data["progress"]]),
        ("佐证材料", [_evidence(row) for row in data["evidence"]]),
        ("延期、调整", [_extension(row) for row in data["extension_requests"]]),
        ("中止", [_suspension(row) for row in data["suspensions"]]),
        ("转办异议", [f"{row['on']} {row['person']}：{row['reason']}" for row in data["objections"]]),
        ("批示", [line for row in data["instructions"] for line in _instruction(row)]),
        ("催办", [f"{row['on']} {row['person']}，{row['reply_by']} 前回复" for row in data["urges"]]),
        ("办结", [line for row in data["closure_requests"] for line in _closure(row)]),
        ("留言", [comment_line(row) for row in data["comments"]]),
        ("文书", [f"{row['on']} {row['number']} {row['title']}（编号 {row['id']}）" for row in data["documents"]]),
    ):
        if rows:
            yield f"{title}："
            for row in rows:
                yield f"  {row}"
    yield "现在可以：" + ("、".join(action["name"] for action in data["may"]) or "仅查看")


def comment_line(row: dict[str, Any]) -> str:
    """One comment: who, what, copied to whom."""
    stands = f"（代{row['for']}）" if row["for"] else ""
    said = row["text"] if row["taken_back_on"] is None else f"已于 {row['taken_back_on']} 撤回"
    copied = f"（抄送{'、'.join(row['copies'])}）" if row["copies"] else ""
    return f"{row['on']} {row['person']}{stands}（编号 {row['id']}）：{said}{copied}"


def _listed(label: str, names: list[str]) -> str:
    return label + "、".join(names) if names else ""


def _receipt(row: dict[str, Any]) -> str:
    unit = f"{row['unit']}（{'牵头' if row['lead'] else '配合'}）"
    if row["signed_on"] is None:
        return f"{unit} {row['issued_on']} 下达，待签收"
    stands = f"（代{row['for']}）" if row["for"] else ""
    return f"{unit} {row['signed_on']} {row['person']}{stands}"


def _progress(row: dict[str, Any]) -> str:
    percent = f" {row['percent']}%" if row["percent"] is not None else ""
    planned = f"（序时 {row['planned']}%）" if row["planned"] is not None and percent else ""
    parts = [f"{row['on']} {row['person'] or ''}{percent}{planned}：{row['text']}"]
    parts += [f"{name}：{row[key]}" for name, key in (("问题", "problems"), ("下一步", "next_step")) if row[key]]
    return "；".join(parts)


def _evidence(row: dict[str, Any]) -> str:
    expiry = f"，有效期至 {row['expires_on']}" if row["expires_on"] else ""
    kind = f"{row['category'].label}，{'可公开' if row['public'] else '内部'}{expiry}"
    what = f"{row['id']} {row['name']} 第{row['revision']}版（{kind}）"
    return f"{what}[{row['state'].label}] {row['on']} {row['person'] or ''}"


def _extension(row: dict[str, Any]) -> str:
    late = "（逾期申请）" if row["late"] else ""
    decided = "".join(
        f"；第{one['level']}级 {one['on']} {one['person']} {'批准' if one['approved'] else '不批准'}"
        + (f"至 {one['granted_on']}" if one["granted_on"] else "")
        for one in row["decisions"]
    )
    what = "调整 " + "；".join(row["changes"]) if row["changes"] else f"{row['from_on']} → {row['proposed_on']}"
    return f"{row['on']} {row['person']}{late}：{what}，{row['reason']}{decided}"


def _suspension(row: dict[str, Any]) -> str:
    end = f"{row['resumed_on']} 恢复，顺延 {row['days']} {row['unit'].label}" if row["resumed_on"] else "至今"
    return f"{row['from_on']} {row['person']}：{row['reason']}；{end}"


def _instruction(row: dict[str, Any]) -> list[str]:
    copied = f"（抄送{'、'.join(row['copies'])}）" if row["copies"] else ""
    lines = [f"{row['on']} {row['person']}（编号 {row['id']}，{row['state'].label}）：{row['text']}{copied}"]
    lines += [f"  {reply['on']} {reply['person']} 反馈：{reply['text']}" for reply in row["replies"]]
    if row["outcome"]:
        lines.append(f"  {row['closed_on']} {row['closed_by']} 办结：{row['outcome']}")
    return lines


def _closure(row: dict[str, Any]) -> list[str]:
    lines = [f"{row['on']} {row['person'] or ''} 申请办结（{row['state'].label}）：{row['statement']}"]
    lines += [
        f"  第{one['level']}级 {one['on']} {one['person']} {'通过' if one['passed'] else '退回'}"
        + (f"：{one['comment']}" if one["comment"] else "")
        for one in row["reviews"]
    ]
    if row["waiver"]:
        lines.append(f"  免证：{row['waiver']}（{row['waived_by']}）")
    return lines
