"""Whether the office is alive, for whoever watches over the machine. Says nothing about the office."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from duban.web.served import served_office
from flows.embedded_clock import ClockState
from models.database import reading

router = APIRouter()


@router.get("/healthz")
def healthz(request: Request) -> JSONResponse:
    """200 while the database answers and the clock runs, else 503."""
    served = served_office(request)
    reachable = _is_reachable(served.database)
    ok = reachable and served.clock.state is not ClockState.STOPPED
    clock, prefect = served.clock.state.value, served.prefect_state.value
    return JSONResponse({"ok": ok, "database": reachable, "clock": clock, "prefect": prefect}, 200 if ok else 503)


def _is_reachable(database: Engine) -> bool:
    try:
        with reading(database) as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
