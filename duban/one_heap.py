"""One heap for all threads of a process that serves for months."""

import ctypes
import sys

_ARENA_MAX = -8
"""M_ARENA_MAX of glibc's malloc.h: how many heaps there may be."""


def use_one_heap() -> None:
    """Have threads take their memory from the same heap; to be called before the first one starts.

    glibc otherwise gives each thread a heap of its own that keeps what was once taken, and the interpreter's lock lets
    one thread work at a time anyway. Does nothing where the C library is another.
    """
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "mallopt"):
        library.mallopt(_ARENA_MAX, 1)
