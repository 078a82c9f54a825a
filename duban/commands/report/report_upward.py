"""`duban report pack|receive|below|key|trust`: a report goes to the organ above as a signed package, and arrives."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import typer

from duban.commands.errand import Answer, Errand, Shown, acting, answer, apart, looking
from duban.edge import RequiredYear, table


def register(reports: typer.Typer) -> None:
    """Add these commands to `duban report`."""
    for command in (pack, receive, below, key, trust):
        reports.command()(command)


@acting("as on organ json")
def pack(
    errand: Errand,
    year: RequiredYear,
    out: Annotated[Path, typer.Option("--out", metavar="文件.zip", help="写出的上报包。")],
    version: Annotated[
        int | None, typer.Option("--version", metavar="版次", min=1, help="缺省为审签的一版；草稿包缺省为最新一版。")
    ] = None,
    edition: Annotated[
        Literal["internal", "public"], typer.Option("--edition", help="internal 内部版（缺省）、public 公开版。")
    ] = "internal",
    draft: Annotated[
        bool, typer.Option("--draft", help="打草稿包，请上级先看：不作为报送的报告，不计入上级的合计。")
    ] = False,
) -> Answer:
    """把审签的年度报告打成签名的上报包，报送上级：审核审签情况、正文、数字、佐证清单和 Word 文件。"""
    from models.errors import DubanError
    from tasks.report.compiling.find_report import find_report
    from tasks.report.filing.pack_report import pack_report, report_to_pack
    from tasks.report.upward.signing_key import signing_key, spaced

    session = errand.session
    by = errand.recorder
    report = find_report(session, errand.organ, year, version)
    if version is None and not draft:
        report = report_to_pack(session, errand.organ, year)
    own = signing_key(errand.edge.settings.home)
    packed = pack_report(session, report, by=by, key=own, public=edition == "public", draft=draft)
    try:
        out.write_bytes(packed.content)
    except OSError as error:
        raise DubanError(f"无法写入文件 {out}：{error.strerror}。") from error
    data = {"file": str(out), "kind": "draft" if draft else "filed", "edition": edition, "sha256": packed.sha256,
            "fingerprint": packed.fingerprint, "version": report.version, "cover": packed.cover}  # fmt: skip
    return answer(
        data,
        f"已写出{'草稿包' if draft else '上报包'} {out}（{report.title}）。",
        packed.cover,
        f"签名密钥指纹：{spaced(packed.fingerprint)}（上级首次接收时会与您核对）。",
    )


@acting("as on organ json")
def receive(
    errand: Errand,
    file: Annotated[Path, typer.Argument(metavar="文件.zip", help="下级单位报送的上报包。")],
    fingerprint: Annotated[
        str | None, typer.Option("--fingerprint", metavar="指纹", help="首次接收时：已与对方核对过的密钥指纹。")
    ] = None,
) -> Answer:
    """接收下级单位的上报包：验签、核对、存档；同一份只登记一次。"""
    from models.errors import UnreadableFileError
    from models.report.received_report import PackageKind
    from tasks.files.file_store import FileStore
    from tasks.report.upward.receive_report import receive_report
    from tasks.report.upward.sealing import LARGEST

    session = errand.session
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except OSError as error:
        raise UnreadableFileError(f"无法读取 {file}：请确认文件存在、可读。") from error
    by = errand.recorder
    receipt = receive_report(
        session, errand.organ, content, by=by,
        store=FileStore(errand.edge.settings.evidence_store), confirmed=fingerprint,
    )  # fmt: skip
    row = receipt.report

    def screen() -> Iterator[Shown]:
        if receipt.new:
            what = f"{row.kind.label}，{row.edition}，第 {row.version} 版"
            yield f"已接收{receipt.sender.name} {row.year} 年度报告（{what}），编号 {row.id}。"
            yield from row.signed_by
            if row.kind is PackageKind.DRAFT:
                yield "草稿只供查看，不作为已报送，不计入合计。"
        else:
            yield f"这份报告已于 {row.received_on} 接收（编号 {row.id}），未重复登记。"

    data = {"id": row.id, "organ": receipt.sender.code, "year": row.year, "version": row.version,
            "kind": row.kind, "edition": "public" if row.public else "internal", "state": row.state,
            "signatures": row.signatures, "new": receipt.new, "received_on": row.received_on}  # fmt: skip
    return answer(data, screen)


@looking("as on organ json")
def below(errand: Errand, year: RequiredYear) -> Answer:
    """下级单位谁已报送、谁未报送，以及可以相加的数字合计。"""
    from models.people.permission import Action
    from models.report.filing import legal_last_day
    from tasks.acting.authorize import authorize_organ
    from tasks.report.upward.sum_below import gather_below
    from tasks.report.upward.who_filed import who_filed

    day = errand.day
    session = errand.session
    by = errand.by
    owner = errand.organ
    authorize_organ(session, by, Action.VIEW, owner.id)
    filed = who_filed(session, owner, year, on=day)
    sums = gather_below(session, owner, year, on=day).sums

    def screen() -> Iterator[Shown]:
        if not filed:
            yield f"{owner.name}没有登记下级单位。"
            return
        shown = table("单位", "状态", "版次", "首次收到", "是否按时")
        for one in filed:
            version = str(one.version or "") + (f"（{one.report.edition}）" if one.report else "")
            shown.add_row(one.organ.name, one.state.label, version, str(one.first_on or ""), "逾期" if one.late else "")
        yield shown
        missing = [one.organ.name for one in filed if not one.has_filed]
        yield f"最后一天为 {legal_last_day(year)}；未报送：{'、'.join(missing)}。" if missing else "下级单位均已报送。"
        if not sums:
            return
        totals = table("数字", "合计", "构成", "不计入", "没有此项")
        for each in sums:
            totals.add_row(
                each.name,
                each.total.written if each.total else "不作合计",
                "、".join(f"{told.organ}{told.written}" for told in each.summands),
                "、".join(f"{told.organ}{told.written}" for told in (*each.unlike, *each.estimates)),
                "、".join(each.silent),
            )
        yield totals

    data = {
        "year": year,
        "last_day": legal_last_day(year),
        "organs": [
            {"code": one.organ.code, "name": one.organ.name, "state": one.state, "late": one.late,
             "received_on": one.first_on, "version": one.version,
             "edition": ("public" if one.report.public else "internal") if one.report else None,
             "draft_received_on": one.draft.received_on if one.draft else None}
            for one in filed
        ],
        "figures": [
            {"code": one.code, "name": one.name, "total": one.total.value if one.total else None,
             "unit": one.total.unit if one.total else None,
             "summands": [[told.organ, told.written] for told in one.summands],
             "not_added": [[told.organ, told.written] for told in (*one.unlike, *one.estimates)],
             "silent": one.silent}
            for one in sums
        ],
    }  # fmt: skip
    return answer(data, screen)


@apart("json")
def key(errand: Errand) -> Answer:
    """显示本单位签名公钥及其指纹（首次使用时生成）；上级首次接收上报包时核对指纹。"""
    from tasks.report.upward.signing_key import FILE, fingerprint_of, public_key, signing_key, spaced

    home = errand.edge.settings.home
    own = signing_key(home)
    return answer(
        {"fingerprint": fingerprint_of(own), "public_key": public_key(own)},
        f"密钥指纹：{spaced(fingerprint_of(own))}",
        f"公钥（Ed25519）：{public_key(own)['x']}",
        f"私钥文件：{home / FILE}。请随数据目录备份，不要外传；丢失后须由上级重新核对新的密钥。",
    )


@acting("as on organ json")
def trust(
    errand: Errand,
    sender: Annotated[str, typer.Argument(metavar="下级单位", help="下级单位的代码或名称。")],
    fingerprint: Annotated[str, typer.Option("--fingerprint", metavar="指纹", help="已与对方核对过的密钥指纹。")],
    reason: Annotated[str | None, typer.Option("--reason", metavar="理由", help="更换密钥时必填。")] = None,
) -> Answer:
    """登记核对过的下级单位签名密钥；对方换了密钥的，写明理由。"""
    from tasks.report.upward.signing_key import spaced
    from tasks.report.upward.trust_key import trust_key

    session = errand.session
    by = errand.recorder
    owner = errand.organ
    trusted = trust_key(session, owner, sender, fingerprint, by=by, reason=reason)
    return answer(
        {"sender": sender, "fingerprint": trusted.fingerprint, "confirmed_on": trusted.confirmed_on},
        f"已登记{sender}的签名密钥：{spaced(trusted.fingerprint)}。",
    )
