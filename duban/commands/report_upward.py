"""`duban report pack|receive|below|key|trust`: a report goes to the organ above as a signed package, and arrives."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from duban.edge import AsOption, JsonOption, OnOption, OrganOption, edge, print_json, say, show_table, table, today

RequiredYear = Annotated[int, typer.Option("--year", metavar="年度", min=1990, max=2200, help="工作年度。")]


def register(reports: typer.Typer) -> None:
    """Add these commands to `duban report`."""
    for command in (pack, receive, below, key, trust):
        reports.command()(command)


def pack(
    context: typer.Context,
    year: RequiredYear,
    out: Annotated[Path, typer.Option("--out", metavar="文件.zip", help="写出的上报包。")],
    version: Annotated[int | None, typer.Option("--version", metavar="版次", min=1, help="缺省为最新一版。")] = None,
    edition: Annotated[
        Literal["internal", "public"], typer.Option("--edition", help="internal 内部版(缺省)、public 公开版。")
    ] = "internal",
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """把一版年度报告打成签名的上报包,报送上级:正文、数字、佐证清单和 Word 文件。"""
    from models.errors import DubanError
    from tasks.report.compiling.find_report import find_report
    from tasks.report.output.pack_report import pack_report
    from tasks.report.upward.signing_key import signing_key, spaced

    reach, day = edge(context), today(on)
    with reach.writing() as session:
        by = reach.recorder(session, as_, day, organ)
        report = find_report(session, reach.organ_for(session, by, organ), year, version)
        packed = pack_report(session, report, by=by, key=signing_key(reach.settings.home), public=edition == "public")
        try:
            out.write_bytes(packed.content)
        except OSError as error:
            raise DubanError(f"无法写入文件 {out}:{error.strerror}。") from error
    data = {"file": str(out), "sha256": packed.sha256, "fingerprint": packed.fingerprint, "version": report.version}
    if as_json:
        print_json(data)
        return
    say(f"已写出 {out}({report.title},第 {report.version} 版)。")
    say(f"签名密钥指纹:{spaced(packed.fingerprint)}(上级首次接收时会与您核对)。")


def receive(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="文件.zip", help="下级单位报送的上报包。")],
    fingerprint: Annotated[
        str | None, typer.Option("--fingerprint", metavar="指纹", help="首次接收时:已与对方核对过的密钥指纹。")
    ] = None,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """接收下级单位的上报包:验签、核对、存档;同一份只登记一次。"""
    from models.errors import UnreadableFileError
    from tasks.files.file_store import FileStore
    from tasks.report.upward.receive_report import receive_report
    from tasks.report.upward.sealing import LARGEST

    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except OSError as error:
        raise UnreadableFileError(f"无法读取 {file}:请确认文件存在、可读。") from error
    reach, day = edge(context), today(on)
    with reach.writing() as session:
        by = reach.recorder(session, as_, day, organ)
        receipt = receive_report(
            session, reach.organ_for(session, by, organ), content, by=by,
            store=FileStore(reach.settings.evidence_store), confirmed=fingerprint,
        )  # fmt: skip
    row = receipt.report
    if as_json:
        print_json({"id": row.id, "organ": receipt.sender.code, "year": row.year, "version": row.version,
                    "new": receipt.new, "received_on": row.received_on})  # fmt: skip
    elif receipt.new:
        say(f"已接收{receipt.sender.name} {row.year} 年度报告(第 {row.version} 版),编号 {row.id}。")
    else:
        say(f"这份报告已于 {row.received_on} 接收(编号 {row.id}),未重复登记。")


def below(
    context: typer.Context,
    year: RequiredYear,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """下级单位谁已报送、谁未报送,以及可以相加的数字合计。"""
    from models.people.permission import Action
    from models.report.filing import legal_last_day
    from tasks.acting.authorize import authorize_organ
    from tasks.report.upward.sum_below import gather_below
    from tasks.report.upward.who_filed import who_filed

    reach, day = edge(context), today(on)
    with reach.reading() as session:
        by = reach.actor(session, as_, today(None), organ)
        owner = reach.organ_for(session, by, organ)
        authorize_organ(session, by, Action.VIEW, owner.id)
        filed = who_filed(session, owner, year, on=day)
        sums = gather_below(session, owner, year, on=day).sums
    if as_json:
        print_json({
            "year": year,
            "last_day": legal_last_day(year),
            "organs": [
                {"code": one.organ.code, "name": one.organ.name, "state": one.state, "late": one.late,
                 "received_on": one.first_on, "version": one.version}
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
        })  # fmt: skip
        return
    if not filed:
        say(f"{owner.name}没有登记下级单位。")
        return
    shown = table("单位", "状态", "版次", "首次收到", "是否按时")
    for one in filed:
        version = str(one.version or "")
        shown.add_row(one.organ.name, one.state.label, version, str(one.first_on or ""), "逾期" if one.late else "")
    show_table(shown)
    missing = [one.organ.name for one in filed if not one.has_filed]
    say(f"最后一天为 {legal_last_day(year)};未报送:{'、'.join(missing)}。" if missing else "下级单位均已报送。")
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
    show_table(totals)


def key(context: typer.Context, as_json: JsonOption = False) -> None:
    """显示本单位签名公钥及其指纹(首次使用时生成);上级首次接收上报包时核对指纹。"""
    from tasks.report.upward.signing_key import FILE, fingerprint_of, public_key, signing_key, spaced

    home = edge(context).settings.home
    own = signing_key(home)
    if as_json:
        print_json({"fingerprint": fingerprint_of(own), "public_key": public_key(own)})
        return
    say(f"密钥指纹:{spaced(fingerprint_of(own))}")
    say(f"公钥(Ed25519):{public_key(own)['x']}")
    say(f"私钥文件:{home / FILE}。请随数据目录备份,不要外传;丢失后须由上级重新核对新的密钥。")


def trust(
    context: typer.Context,
    sender: Annotated[str, typer.Argument(metavar="下级单位", help="下级单位的代码或名称。")],
    fingerprint: Annotated[str, typer.Option("--fingerprint", metavar="指纹", help="已与对方核对过的密钥指纹。")],
    reason: Annotated[str | None, typer.Option("--reason", metavar="理由", help="更换密钥时必填。")] = None,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """登记核对过的下级单位签名密钥;对方换了密钥的,写明理由。"""
    from tasks.report.upward.signing_key import spaced
    from tasks.report.upward.trust_key import trust_key

    reach, day = edge(context), today(on)
    with reach.writing() as session:
        by = reach.recorder(session, as_, day, organ)
        owner = reach.organ_for(session, by, organ)
        trusted = trust_key(session, owner, sender, fingerprint, by=by, reason=reason)
    if as_json:
        print_json({"sender": sender, "fingerprint": trusted.fingerprint, "confirmed_on": trusted.confirmed_on})
    else:
        say(f"已登记{sender}的签名密钥:{spaced(trusted.fingerprint)}。")
