"""A small Word file that unpacks to a large one, brought as evidence while somebody else writes: memory and waiting.

    python -m tests.benchmarks.bench_hostile [megabytes] [kind]

`steep` shrank a thousandfold and is refused by its directory; `plain` is as large and shrinks no more than real files
do, so that it is read whole. The file is made for the run and is nowhere kept.
"""

import io
import random
import resource
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path

from sqlalchemy import text

from models.database import open_engine, sqlite_url, unit_of_work
from models.errors import DubanError
from models.items.evidence import Category
from tasks.files.check_upload import Limits, examine
from tasks.files.file_store import MEGABYTE, FileStore
from tasks.items.attach import attach
from tests.databases import lay_sqlite
from tests.office import HANDLER, Office

WORDS = "工作开展情况良好推进落实制度建设学习培训检查执法监督服务群众"


def word_file(megabytes: int, *, steep: bool) -> bytes:
    """A .docx of one paragraph of so many megabytes: what lays out a paragraph lays out all of it."""
    draw = random.Random(1)
    begin = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p>'
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w") as part:
            part.write(begin)
            size = len(begin)
            while size < megabytes * MEGABYTE:
                said = "甲" if steep else "".join(draw.choices(WORDS, k=20))
                size += part.write(f"<w:r><w:t>{said}</w:t></w:r>".encode() * (1000 if steep else 1))
            part.write(b"</w:p></w:body></w:document>")
    return content.getvalue()


def main(megabytes: int, kind: str) -> None:
    """Print what bringing the file takes, and how long a writer beside it waits at most."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "office.db"
        lay_sqlite(path)
        engine = open_engine(sqlite_url(path))
        office = Office(engine, Path(folder))
        office.assign("制度清理", due="2026-06-30", on="2026-06-01")
        content = word_file(megabytes, steep=kind == "steep")
        waits: list[float] = []
        ended = threading.Event()

        def write_beside() -> None:
            while not ended.is_set():
                begun = time.perf_counter()
                with unit_of_work(engine) as session:
                    session.execute(text("UPDATE organ SET name = name"))
                waits.append(time.perf_counter() - begun)
                time.sleep(0.02)

        beside = threading.Thread(target=write_beside)
        beside.start()
        before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        said = "kept"
        try:
            file = examine("总结.docx", io.BytesIO(content))
            office.do(
                HANDLER, attach, "1", on="2026-06-02", store=FileStore(Path(folder) / "evidence"), file=file,
                limits=Limits(64 * MEGABYTE), category=Category.ROUTINE,
            )  # fmt: skip
        except DubanError as error:
            said = error.message
        spent = time.process_time() - begun
        ended.set()
        beside.join()
        more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        print(  # what a benchmark is for
            f"{len(content) / 1024:.0f} KB that unpack to {megabytes} MB ({kind}): {spent:.1f} s of "
            f"processor, {more:.0f} MB more memory, longest wait of another writer {max(waits):.2f} s; {said}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60, sys.argv[2] if len(sys.argv) > 2 else "steep")
