"""One heap for all threads."""

import subprocess
import sys

from flows.one_heap import give_back

PROGRAM = """
import ctypes, threading
from flows.one_heap import use_one_heap
{first}
together = threading.Barrier(8)
def work():
    held = [bytes(5_000) for _ in range(200)]
    together.wait()
    del held
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
library = ctypes.CDLL(None)
out = ctypes.c_void_p.in_dll(library, "stdout")
library.malloc_info(0, out)
library.fflush(out)
"""


def heaps(first: str) -> int:
    program = PROGRAM.format(first=first)
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    return told.stdout.count("<heap nr=")


def test_threads_take_their_memory_from_one_heap() -> None:
    assert (heaps("pass") > 1, heaps("use_one_heap()")) == (True, 1)


def test_giving_back_harms_nothing_that_is_held() -> None:
    held = bytearray(b"duban" * 100_000)
    give_back()
    assert held == b"duban" * 100_000
