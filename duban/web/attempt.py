"""A form that is sent: the deed in one transaction, and the form again where it is refused. One way for all pages."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fastapi import Response
from sqlmodel import Session

from duban.web.visit import Visit
from models.errors import DubanError

Again = Callable[[Session, DubanError], Response]
"""The page with the form, with everything typed still there, and what is wrong beside the field."""
Kinds = type[DubanError] | tuple[type[DubanError], ...]


class FormAgainError(Exception):
    """What was sent was refused and nothing written: `page` tells so in the form."""

    def __init__(self, page: Response) -> None:
        super().__init__()
        self.page = page


@contextmanager
def attempt(visit: Visit, again: Again, *, told: Kinds = DubanError, beyond: Kinds = ()) -> Iterator[Session]:
    """The transaction in which a page does what its form asks.

    A refusal of the kinds `told` ends the request with the form; one that goes `beyond` it, for nobody who may fill
    in the form gets it, is told by a page of its own (`refusals`).
    """
    try:
        with visit.writing() as session:
            yield session
    except beyond:
        raise
    except told as error:
        with visit.reading() as session:
            page = again(session, error)
        raise FormAgainError(page) from error
