"""Reading a long list without the collector of cyclic garbage."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collecting() -> Iterator[None]:
    """Pauses the collector of cyclic garbage while a list is in hand.

    An import makes hundreds of thousands of objects, none of them garbage; looking through them again and
    again took a third of its time (measured on 50,000 rows).
    """
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()
