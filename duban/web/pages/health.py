"""Whether the office is alive, for whoever watches over the machine. Says nothing about the office."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from duban.web.desk import desk_of
from flows.embedded_clock import ClockState
from tasks.engine.show_system import is_reachable

router = APIRouter()


@router.get("/healthz")
def healthz(request: Request) -> JSONResponse:
    """200 while the database answers and the clock runs, else 503."""
    desk = desk_of(request)
    reachable = is_reachable(desk.database)
    ok = reachable and desk.clock.state is not ClockState.STOPPED
    clock, prefect = desk.clock.state.value, desk.prefect_state.value
    return JSONResponse({"ok": ok, "database": reachable, "clock": clock, "prefect": prefect}, 200 if ok else 503)
