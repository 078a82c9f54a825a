"""Whether the office is alive, for whoever watches over the machine. Says nothing about the office."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from duban.web.served import served_office
from flows.embedded_clock import ClockState
from tasks.engine.show_system import is_reachable

router = APIRouter()


@router.get("/healthz")
def healthz(request: Request) -> JSONResponse:
    """200 while the database answers and the clock runs, else 503."""
    served = served_office(request)
    reachable = is_reachable(served.database)
    ok = reachable and served.clock.state is not ClockState.STOPPED
    clock, prefect = served.clock.state.value, served.prefect_state.value
    return JSONResponse({"ok": ok, "database": reachable, "clock": clock, "prefect": prefect}, 200 if ok else 503)
