"""A signed package: the same bytes for the same files, and nothing of it can be changed unnoticed."""

import io
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from models.errors import BadInputError, DubanError
from tasks.report.upward.sealing import LARGEST, MANIFEST, SIGNATURE, seal, unseal, written
from tasks.report.upward.signing_key import FILE, fingerprint_of, public_key, signing_key, spaced, typed_fingerprint

FILES = {"report.json": b'{"a": 1}', "report.docx": b"words"}
NAMES = frozenset(FILES)
KEY, OTHER = OKPKey.generate_key("Ed25519"), OKPKey.generate_key("Ed25519")
PACKAGE = seal(FILES, KEY)


def rezipped(change: Callable[[dict[str, bytes]], object], *, method: int = zipfile.ZIP_STORED) -> bytes:
    """The package taken apart, changed and put together again by somebody else."""
    with zipfile.ZipFile(io.BytesIO(PACKAGE)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def resigned(key: OKPKey, *, name_key: OKPKey | None = None) -> Callable[[dict[str, bytes]], None]:
    """The list signed by another key, naming that one or the first as the signer's."""

    def change(files: dict[str, bytes]) -> None:
        with zipfile.ZipFile(io.BytesIO(seal(FILES, key))) as archive:
            signature = json.loads(archive.read(SIGNATURE))
        files[SIGNATURE] = written(signature | {"public_key": public_key(name_key or key)})

    return change


def set_to(name: str, content: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda files: files.update({name: content})


def test_what_was_sealed_is_what_is_opened_and_packed_again_it_is_the_same() -> None:
    opened = unseal(PACKAGE, NAMES)

    assert opened.files == FILES
    assert opened.fingerprint == fingerprint_of(KEY)
    assert seal(dict(reversed(FILES.items())), KEY) == PACKAGE
    assert seal(FILES, OTHER) != PACKAGE


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "没有传完"),
        (b"PK\x03\x04 not a zip", "没有传完"),
        (PACKAGE[:-100], "没有传完"),
        (PACKAGE + b"more", "没有传完"),
        (b"x" * 100 + PACKAGE[-22:], "上报包已损坏"),
        (bytes(LARGEST + 1), "上报包过大：最大 20 MB"),
        (rezipped(lambda files: files.pop("report.docx")), "缺少 report.docx"),
        (rezipped(lambda files: files.pop(SIGNATURE)), f"缺少 {SIGNATURE}"),
        (rezipped(set_to("../../etc/passwd", b"x")), "不应有的文件“../../etc/passwd”"),
        (rezipped(set_to("/report.json", b"x")), "不应有的文件“/report.json”"),
        (rezipped(lambda files: None, method=zipfile.ZIP_DEFLATED), "经过压缩或加密"),
        (rezipped(set_to("report.json", bytes(30_000_000)), method=zipfile.ZIP_DEFLATED), "经过压缩或加密"),
        (rezipped(set_to("report.json", b'{"a": 2}')), "report.json 与签名时不一致"),
        (rezipped(set_to(MANIFEST, written({"files": []}))), "签名无效"),
        (rezipped(set_to(SIGNATURE, b"[" * 100_000)), f"{SIGNATURE} 无法读取"),
        (rezipped(set_to(SIGNATURE, b"[]")), f"{SIGNATURE} 无法读取"),
        (rezipped(set_to(SIGNATURE, b"{}")), "签名无效"),
        (rezipped(set_to(SIGNATURE, written({"jws": "a.b.c", "public_key": public_key(KEY)}))), "签名无效"),
        (rezipped(set_to(SIGNATURE, written({"jws": "..", "public_key": {"kty": "oct", "k": "aa"}}))), "签名无效"),
        (rezipped(resigned(OTHER, name_key=KEY)), "签名无效"),
    ],
    ids=[
        "empty", "no zip",
        "truncated", "appended to", "only an end", "too large", "a file missing", "unsigned", "path traversal",
        "absolute path",
        "compressed", "zip bomb", "changed content", "changed list", "deep signature", "no signature object",
        "empty signature", "no signature at all", "another kind of key", "signed by somebody else",
    ],
)  # fmt: skip
def test_what_is_not_as_it_was_sealed_is_refused_with_what_is_wrong(content: bytes, told: str) -> None:
    with pytest.raises(BadInputError) as refused:
        unseal(content, NAMES)
    assert told in refused.value.message


def test_a_file_that_stands_twice_is_refused() -> None:
    buffer = io.BytesIO(PACKAGE)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("report.json", b'{"a": 2}')
    with pytest.raises(BadInputError, match="重名"):
        unseal(buffer.getvalue(), NAMES)


def test_a_list_that_names_more_than_there_is_is_refused() -> None:
    whole = seal(FILES | {"more.json": b"{}"}, KEY)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name != "more.json"}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    with pytest.raises(BadInputError, match=r"签名时列出的文件“more\.json”"):
        unseal(buffer.getvalue(), NAMES)


def test_whoever_signs_anew_has_another_fingerprint() -> None:
    """A package can be made by anybody; whose it is the fingerprint tells."""
    assert unseal(rezipped(resigned(OTHER)), NAMES).fingerprint == fingerprint_of(OTHER) != fingerprint_of(KEY)


@given(st.integers(0, len(PACKAGE) - 1), st.integers(1, 255))
def test_no_byte_can_be_changed_so_that_something_else_is_read(place: int, by: int) -> None:
    changed = bytearray(PACKAGE)
    changed[place] ^= by
    try:
        opened = unseal(bytes(changed), NAMES)
    except BadInputError:
        return
    assert opened == unseal(PACKAGE, NAMES)


def test_the_office_has_one_key_that_only_it_can_read(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = signing_key(home)

    assert fingerprint_of(signing_key(home)) == fingerprint_of(first)
    assert stat.S_IMODE((home / FILE).stat().st_mode) == 0o600
    assert [file.name for file in home.iterdir()] == [FILE]
    (home / FILE).write_text('{"kty": "OKP"}')
    with pytest.raises(DubanError, match=r"签名密钥文件 .* 已损坏"):
        signing_key(home)


def test_a_fingerprint_is_taken_as_people_write_it() -> None:
    own = fingerprint_of(KEY)

    assert len(own) == 64
    assert typed_fingerprint(spaced(own).upper()) == own
    assert typed_fingerprint(":".join(own[place : place + 2] for place in range(0, 64, 2))) == own
    with pytest.raises(BadInputError, match="应为 64 位十六进制数"):
        typed_fingerprint(own[:-1])
