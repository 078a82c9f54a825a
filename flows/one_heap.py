"""One heap for all threads of a process that serves for months, and giving back what work needed once."""

import ctypes
import sys
from functools import cache
from typing import Any

_ARENA_MAX = -8
"""M_ARENA_MAX of glibc's malloc.h: how many heaps there may be."""


def use_one_heap() -> None:
    """Have threads take their memory from the same heap; to be called before the first one starts.

    glibc otherwise gives each thread a heap of its own that keeps what was once taken, and the interpreter's lock lets
    one thread work at a time anyway. Does nothing where the C library is another.
    """
    if (library := _glibc()) is not None:
        library.mallopt(_ARENA_MAX, 1)


def give_back() -> None:
    """Give memory that is not in use back to the system: the heap keeps it below whatever was taken later."""
    if (library := _glibc()) is not None:
        library.malloc_trim(0)


@cache
def _glibc() -> Any:
    """The C library where it is glibc, else None."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None
