"""Numbers of rows in addresses: no longer than a row's number can be, or else the database would complain of them."""

from typing import Annotated

from fastapi import Query
from starlette.convertors import IntegerConvertor, register_url_convertor

from models.database import LARGEST_ID

RowNumber = Annotated[int | None, Query(ge=0, le=LARGEST_ID)]
"""A row's number in the query of an address; 0 stands for none in particular."""


class RowConvertor(IntegerConvertor):
    """`{item_id:row}`: up to nine digits. An address with more is none of ours."""

    regex = "[0-9]{1,9}"


def name_rows() -> None:
    """Let addresses say `:row`; to be done before the first of them is declared."""
    register_url_convertor("row", RowConvertor())
