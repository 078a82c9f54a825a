"""What a backup says of itself: what is in it, by size and hash, of which program, and how far the trail went."""

import datetime as dt
import re
from importlib.metadata import version
from pathlib import PurePosixPath
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.audit import GENESIS
from models.errors import BadInputError, UnreadableFileError
from models.migrate import revisions

FORMAT = 1
MANIFEST, ROWS, KEYS = "manifest.json", "rows.db", "keys.json"
EVIDENCE, FILES = "evidence/", "files/"
"""Members by their names: the rows, what is sealed, each evidence file under its hash, files of the data folder."""
LARGEST = 256 * 1024 * 1024
"""Bytes of the manifest itself: some two million files."""

_SHA256 = "^[0-9a-f]{64}$"


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Member(_Told):
    """One member: bytes, and the hash of its content."""

    size: int = Field(ge=0)
    sha256: str = Field(pattern=_SHA256)


class TrailHead(_Told):
    """How many entries the trail has, and the last of them."""

    entries: int = Field(default=0, ge=0)
    entry_id: int = Field(default=0, ge=0)
    hash: str = Field(default=GENESIS, pattern=_SHA256)


class Manifest(_Told):
    """What a backup says of itself. `version` is the program's, `schema_revision` the database's."""

    format: int
    version: str
    schema_revision: str
    database: str
    made_at: dt.datetime
    rows: dict[str, int]
    """How many rows each table has."""
    trail: TrailHead
    left_out: list[str]
    """Keys, and settings that are secrets, which are not in the backup."""
    missing: list[str]
    """Evidence files, by their hashes, that were lost or damaged already when it was made."""
    members: dict[str, Member]

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        for name in self.members:
            if not is_member(name):
                raise ValueError(f"备份中不应有“{name[:100]}”")
        return self

    @property
    def has_keys(self) -> bool:
        """Whether keys and passwords are in it, sealed."""
        return KEYS in self.members

    @property
    def bytes(self) -> int:
        """How much it takes when it is unpacked."""
        return sum(member.size for member in self.members.values())


def product_version() -> str:
    """The version of this program."""
    return version("duban")


def is_member(name: str) -> bool:
    """Whether a member may be called that: what leads out of the folder it is unpacked into is refused."""
    if name in (ROWS, KEYS):
        return True
    if name.startswith(EVIDENCE):
        return re.fullmatch("[0-9a-f]{64}", name.removeprefix(EVIDENCE)) is not None
    path = name.removeprefix(FILES)
    parts = PurePosixPath(path).parts
    return (
        name.startswith(FILES)
        and path == "/".join(parts)
        and path.isprintable()
        and not any(part in ("..", "/") or set(part) & set('\\:*?"<>|') for part in parts)
        and bool(parts)
    )


def read_manifest(text: bytes) -> Manifest:
    """The manifest of a backup this program can restore.

    Raises BadInputError for one of a newer program, and UnreadableFileError for what is no manifest.
    """
    try:
        told = _Version.model_validate_json(text)
        if told.format > FORMAT or _number(told.version) > _number(product_version()):
            raise BadInputError(
                f"这份备份由更新版本的程序建立（{told.version}，本程序是 {product_version()}）：请升级本程序后再恢复。"
            )
        manifest = Manifest.model_validate_json(text)
    except ValidationError as error:
        said = error.errors()[0]
        where = ".".join(str(part) for part in said["loc"])[:100]
        raise UnreadableFileError(f"备份的清单（{MANIFEST}）不完整或被改动：{where} {said['msg']}。") from error
    if manifest.schema_revision not in revisions():
        known = "、".join(revisions())
        raise BadInputError(
            f"本程序不认识这份备份的数据库结构（版本 {manifest.schema_revision[:40]}，认识的是 {known}）："
            "请用建立备份时的程序恢复，再升级。"
        )
    return manifest


class _Version(BaseModel):
    format: int
    version: str = Field(max_length=40)


def _number(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])
