"""A signed package: a zip whose files are listed with their hashes in one of them, and that list signed.

`manifest.json` lists every file, `signature.json` holds the detached JWS (Ed25519, RFC 7515 and 9864) over the bytes
of the list, with the public key. Nothing in it is compressed: a package is as large as what it holds, so none can
unpack to more than was sent. The same files and key give the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.errors import BadInputError, UnreadableFileError
from models.later import later
from tasks.files.file_store import MEGABYTE
from tasks.report.upward.signing_key import CURVE, fingerprint_of, public_key

if TYPE_CHECKING:
    from joserfc import errors as jose
    from joserfc import jwk, jws
else:
    jose = later("joserfc.errors")
    jwk = later("joserfc.jwk")
    jws = later("joserfc.jws")

LARGEST = 20 * MEGABYTE
"""Bytes of a package."""
MANIFEST, SIGNATURE = "manifest.json", "signature.json"
ALGORITHM = "Ed25519"

_PLAIN_DAY = (1980, 1, 1, 0, 0, 0)
_END, _END_SIZE = b"PK\x05\x06", 22
"""How the end of an archive without a comment begins, and its bytes."""
_NOT_OURS = "应为 duban report pack 生成、未经改动的上报包"


@dataclass(frozen=True)
class Sealed:
    """An opened package whose signature and hashes hold."""

    files: Mapping[str, bytes]
    content_hash: str
    """SHA-256 of the signed list."""
    fingerprint: str
    """Of the key that signed it. Whose key that is, the package cannot tell."""


def seal(files: Mapping[str, bytes], key: jwk.OKPKey) -> bytes:
    """The package. Raises BadInputError where it would be larger than any receiver takes."""
    listed = [
        {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for name, content in sorted(files.items())
    ]
    manifest = written({"files": listed})
    signed = jws.detach_content(jws.serialize_compact({"alg": ALGORITHM}, manifest, key, algorithms=[ALGORITHM]))
    signature = written({"jws": signed, "public_key": public_key(key)})
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted({**files, MANIFEST: manifest, SIGNATURE: signature}.items()):
            entry = zipfile.ZipInfo(name, date_time=_PLAIN_DAY)
            entry.create_system = entry.external_attr = 0
            archive.writestr(entry, content)
    if buffer.tell() > LARGEST:
        raise BadInputError(f"上报包超过 {LARGEST // MEGABYTE} MB，上级无法接收：请精简报告。")
    return buffer.getvalue()


def unseal(content: bytes, names: frozenset[str]) -> Sealed:
    """Open a package that holds just the files `names`.

    Raises UnreadableFileError for what is no sound package of ours, BadInputError for one that is too large, was
    changed after it was signed, or is signed in no way known here.
    """
    if len(content) > LARGEST:
        raise BadInputError(f"上报包过大：最大 {LARGEST // MEGABYTE} MB。")
    files = _files(content, names | {MANIFEST, SIGNATURE})
    manifest, signature = files.pop(MANIFEST), files.pop(SIGNATURE)
    fingerprint = _verified(manifest, _json(signature, SIGNATURE))
    _check_listed(files, _json(manifest, MANIFEST))
    return Sealed(files, hashlib.sha256(manifest).hexdigest(), fingerprint)


def written(data: Any) -> bytes:
    """Data as every package writes it: the same data, the same bytes."""
    return (json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _files(content: bytes, names: frozenset[str]) -> dict[str, bytes]:
    if content[-_END_SIZE : -_END_SIZE + 4] != _END:
        # Cut short, the Word file inside would be taken for the archive.
        raise UnreadableFileError(f"上报包没有传完，或者不是上报包：{_NOT_OURS}（.zip）。")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_entries(entries, names, len(content))
            return {entry.filename: archive.read(entry) for entry in entries}
    except BadInputError:
        raise
    # A damaged archive raises whatever its reader stumbles over.
    except Exception as error:
        raise UnreadableFileError(f"上报包已损坏：{_NOT_OURS}（.zip）。") from error


def _check_entries(entries: list[zipfile.ZipInfo], names: frozenset[str], whole: int) -> None:
    listed = [entry.filename for entry in entries]
    if strange := [name for name in listed if name not in names]:
        raise UnreadableFileError(f"上报包中有不应有的文件“{strange[0][:100]}”：{_NOT_OURS}。")
    if missing := sorted(names - set(listed)):
        raise UnreadableFileError(f"上报包中缺少 {'、'.join(missing)}：{_NOT_OURS}。")
    if len(listed) > len(names):
        raise UnreadableFileError(f"上报包中有重名的文件：{_NOT_OURS}。")
    for entry in entries:
        if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 0x1 or entry.file_size > whole:
            raise UnreadableFileError(f"上报包中的 {entry.filename} 经过压缩或加密：{_NOT_OURS}，不要解开后重新打包。")


def _json(content: bytes, name: str) -> dict[str, Any]:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError(f"上报包中的 {name} 无法读取：{_NOT_OURS}。") from error
    if not isinstance(data, dict):
        raise UnreadableFileError(f"上报包中的 {name} 无法读取：{_NOT_OURS}。")
    return data


def _verified(manifest: bytes, signature: Mapping[str, Any]) -> str:
    """The fingerprint of the key by which the list is signed."""
    try:
        key = jwk.OKPKey.import_key(dict(signature["public_key"]))
        if key.curve_name != CURVE:
            raise ValueError("another kind of key")
        jws.deserialize_compact(str(signature["jws"]), key, algorithms=[ALGORITHM], payload=manifest)
        return fingerprint_of(key)
    # A signature comes from anywhere: whatever its reader raises, it is none.
    except (jose.JoseError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise BadInputError(f"上报包的签名无效：内容被改动过，或者不是用本系统签名的。{_NOT_OURS}。") from error


def _check_listed(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> None:
    try:
        listed = {entry["name"]: (entry["sha256"], entry["size"]) for entry in manifest["files"]}
    except (LookupError, TypeError) as error:
        raise UnreadableFileError(f"上报包中的 {MANIFEST} 无法读取：{_NOT_OURS}。") from error
    for name, content in files.items():
        if listed.pop(name, None) != (hashlib.sha256(content).hexdigest(), len(content)):
            raise BadInputError(f"上报包中的 {name} 与签名时不一致，内容被改动过：请由报送单位重新发送。")
    if listed:
        raise BadInputError(f"上报包缺少签名时列出的文件“{str(next(iter(listed)))[:100]}”：请由报送单位重新发送。")
