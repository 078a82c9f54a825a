"""Files on their way where several processes serve one office, each with a data folder of its own.

What a process puts into its own folder `work`, it also puts here, beside the evidence and under the same name; another
brings it into its own before it looks at it.
"""

import datetime as dt
import shutil
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from models.errors import DubanError
from tasks.files.file_store import FileStore

FOLDER = ".work"
MARK = ".office"


class PassingStore(FileStore):
    """Files by their names, in a folder of a store of their own. Raises as `FileStore` does."""

    def __init__(self, url: str | Path) -> None:
        super().__init__(url)
        self._folder = f"{self._root}/{FOLDER}"

    @property
    def place(self) -> str:
        """Where the store is, for people."""
        return str(self._place)

    def try_out(self) -> None:
        """Write something, read it again and remove it. Raises DubanError that says what does not work."""
        name, said = f"{self._folder}/.{uuid4().hex}", uuid4().hex.encode()
        with self._explained("写入"):
            self._fs.makedirs(self._folder, exist_ok=True)
            self._fs.pipe_file(name, said)
        with self._explained("读取"):
            read = self._fs.cat_file(name)
        with self._explained("删除"):
            self._fs.rm_file(name)
        if read != said:
            raise DubanError(f"文件存放处 {self._place} 读出的与写入的不同：请检查这处存储。")

    def mark(self) -> str:
        """The word that lies in the store; empty where none does."""
        with self._explained("读取"), suppress(FileNotFoundError):
            return bytes(self._fs.cat_file(f"{self._root}/{MARK}")).decode()
        return ""

    def set_mark(self, word: str) -> None:
        """Put a word into the store, by which a process tells it from others."""
        with self._explained("写入"):
            self._fs.makedirs(self._root, exist_ok=True)
            self._fs.pipe_file(f"{self._root}/{MARK}", word.encode())

    def give(self, path: Path, name: str) -> None:
        """Let others have the file under the name, whole or not at all; one that lay there is replaced."""
        target, unfinished = f"{self._folder}/{name}", f"{self._folder}/.{uuid4().hex}"
        with self._explained("写入"):
            self._fs.makedirs(target.rpartition("/")[0], exist_ok=True)
            with path.open("rb") as source, self._fs.open(unfinished, "wb") as out:
                shutil.copyfileobj(source, out)
            self._fs.mv(unfinished, target)

    def bring(self, name: str, path: Path) -> bool:
        """Bring the file to `path`; whether there is one. Where there is none any more, none is left at `path`."""
        with self._explained("读取"):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = path.with_name(f".{uuid4().hex}")
            draft.touch(mode=0o600)
            try:
                with self._fs.open(f"{self._folder}/{name}", "rb") as source, draft.open("wb") as out:
                    shutil.copyfileobj(source, out)
                draft.replace(path)
            except FileNotFoundError:
                draft.unlink()
                path.unlink(missing_ok=True)
                return False
        return True

    def names(self, folder: str) -> list[str]:
        """The names of the files and folders in a folder."""
        with self._explained("读取"), suppress(FileNotFoundError):
            found = self._fs.ls(f"{self._folder}/{folder}", detail=False)
            return sorted(str(path).rstrip("/").rpartition("/")[2] for path in found)
        return []

    def drop(self, name: str) -> None:
        """Remove the file, or the folder with all in it, if it is there."""
        with self._explained("删除"), suppress(FileNotFoundError):
            self._fs.rm(f"{self._folder}/{name}", recursive=True)

    def drop_older(self, than: dt.datetime) -> None:
        """Remove what was last given before this instant. A store that does not tell when keeps it."""
        with self._explained("删除"), suppress(FileNotFoundError, NotImplementedError):
            for path in self._fs.find(self._folder):
                if self._fs.modified(path) < than:
                    self._fs.rm_file(path)
