"""双公示 written out for the credit system, in the columns of the national standard."""

import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from duban.web.attachment import XLSX, attachment
from duban.web.pages.ledgers.ledgers import wanted_of, years_of
from duban.web.visit import Signed
from models.database import key
from models.ledgers.credit_publicity import KIND
from tasks.ledgers.browse import every_row
from tasks.ledgers.credit_sheet import write_credit_sheet
from tasks.ledgers.find_row import authorize_ledgers
from tasks.ledgers.own_terms import amounts

router = APIRouter()


@router.get("/ledgers/credit/standard.xlsx")
def standard(
    visit: Signed, credit_code: Annotated[str, Query(max_length=18)] = "", unsent: Annotated[bool, Query()] = False
) -> Response:
    """What the list shows; papers of natural persons stand in it, so only whoever reads the whole ledger takes it."""
    with visit.reading() as session, tempfile.TemporaryDirectory() as folder:
        organ_id = key(visit.organ.id)
        authorize_ledgers(session, visit.looking, organ_id)
        year, _ = years_of(session, visit)
        rows = every_row(
            session, visit.organ, KIND, wanted_of(visit, KIND, year), on=visit.on, amounts=amounts(session, organ_id)
        )
        path = Path(folder) / "standard.xlsx"
        write_credit_sheet(rows, path, organ=visit.organ, credit_code=credit_code, unsent=unsent)
        return attachment(path.read_bytes(), f"{visit.organ.name}{year}年双公示报送表.xlsx", XLSX)
