"""Whether the office is alive, for whoever watches over the machine. Says nothing about the office."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from duban.web.served import served_office
from flows.embedded_clock import ClockState
from flows.health import unwell_at
from models.database import reading
from tasks.engine.show_system import is_reachable

router = APIRouter()


@router.get("/healthz")
def healthz(request: Request) -> JSONResponse:
    """200 while the database answers, the clock runs, and neither reminders nor the backup are late, else 503."""
    served = served_office(request)
    reachable, unwell = is_reachable(served.database), []
    if reachable:
        with reading(served.database) as session:
            unwell = unwell_at(session, served.settings, now=served.now())
    ok = reachable and not unwell and served.clock.state is not ClockState.STOPPED
    clock, prefect = served.clock.state.value, served.prefect_state.value
    told = {"ok": ok, "database": reachable, "clock": clock, "prefect": prefect, "unwell": unwell}
    return JSONResponse(told, 200 if ok else 503)
