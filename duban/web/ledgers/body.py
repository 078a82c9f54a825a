"""What a program sends of a ledger's row, and what it gets: shapes made from the fields that the ledger declares."""

from functools import lru_cache
from typing import Annotated, Any, Literal

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, create_model

from duban.web.api_fields import PLAIN
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS
from tasks.ledgers.tell_row import program_name
from tasks.sheets.template import how_to_fill

_NAME = 100


@lru_cache
def body_of(kind: Kind, *, whole: bool) -> type[BaseModel]:
    """The body that records a row (`whole`) or corrects it: what is not sent stays, null takes away."""
    fields: dict[str, Any] = {
        program_name(field): (_sent(field, must=whole and field.required), _info(field, must=whole and field.required))
        for field in kind.columns
    }
    name, title = (f"New_{kind.code}", f"登记{kind.title}") if whole else (f"Changed_{kind.code}", f"更正{kind.title}")
    made: type[BaseModel] = create_model(
        name, __config__=ConfigDict(extra="forbid", title=title), __doc__=f"{title}。", **fields
    )
    return made


def read_body(kind: Kind, sent: Any, *, whole: bool) -> dict[str, Any]:
    """What was sent, by column, as the ledger reads it. Raises RequestValidationError for what has another shape."""
    try:
        body = body_of(kind, whole=whole).model_validate(sent)
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
        raise RequestValidationError(faults) from error
    said = body.model_dump(exclude_unset=True)
    return {field.name: said[name] for field in kind.columns if (name := program_name(field)) in said}


def request_schema(*, whole: bool) -> dict[str, Any]:
    """The bodies of all ledgers, as OpenAPI describes what an operation takes."""
    shapes = [body_of(kind, whole=whole).model_json_schema() for kind in KINDS.values()]
    content = {"application/json": {"schema": {"anyOf": shapes, "title": "各台账的内容"}}}
    return {"requestBody": {"required": True, "content": content}}


def _sent(field: LedgerField, *, must: bool) -> Any:
    kind: Any
    match field.takes:
        case FieldType.WHOLE:
            kind = Annotated[int, Field(ge=int(field.least), le=int(field.most), strict=True)]
        case FieldType.DECIMAL | FieldType.MONEY:
            kind = Annotated[
                float, Field(ge=float(field.least), le=float(field.most), strict=True, allow_inf_nan=False)
            ]
        case FieldType.YES_NO:
            kind = Annotated[bool, Field(strict=True)]
        case FieldType.CHOICE:
            # Codes one by one: a named shape would have to stand elsewhere in the description.
            kind = Literal.__getitem__(tuple(member.value for member in field.choices or ()))
        case FieldType.DAY:
            kind = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
        case FieldType.ITEM | FieldType.PERSON:
            kind = Annotated[str, StringConstraints(max_length=_NAME, pattern=PLAIN)]
        case _:
            kind = Annotated[str, StringConstraints(max_length=field.longest, pattern=PLAIN)]
    return kind if must else kind | None


def _info(field: LedgerField, *, must: bool) -> Any:
    how = how_to_fill(field).removeprefix("必填。")
    return (
        Field(title=field.label, description=how) if must else Field(default=None, title=field.label, description=how)
    )
