#!/usr/bin/env bash
# Up to FastAPI 0.136 `include_router` copied the routes into the application, and `app.routes` was the list of all.
# Since 0.137 it holds one node for each router and none of the router's routes. A test in the usual form, "each
# APIRoute of app.routes asks for a login", then finds nothing to complain of because it finds nothing: it passes
# over an application with no route of its own. Requests are answered and the OpenAPI document is complete as before.
# `fastapi.routing.iter_route_contexts(app.routes)` walks the tree from 0.137.2 on.
#
# Seen with: FastAPI 0.136.3 and 0.150.0, Starlette 1.0.0 and 1.10.0, Pydantic 2.14.3, Python 3.11.
# Source: github.com/fastapi/fastapi/pull/15745 and 15785.  Takes: about 75 s.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"

cat > "$room/routes.py" <<'PY'
import sys

import fastapi
from fastapi import APIRouter, FastAPI
from fastapi import routing
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

items = APIRouter(prefix="/items")


@items.get("/{number}")
def item(number: int) -> int:
    return number


app = FastAPI()
app.include_router(items)

seen = {
    "APIRoutes in app.routes": [route.path for route in app.routes if isinstance(route, APIRoute)],
    "paths in OpenAPI": [*app.openapi()["paths"]],
    "GET /items/7": TestClient(app).get("/items/7").json(),
}
print(fastapi.__version__, seen)
walk = getattr(routing, "iter_route_contexts", None)
walked = walk and [context.path for context in walk(app.routes) if "items" in context.path]
print("    by iter_route_contexts:", walked)

everywhere = {"paths in OpenAPI": ["/items/{number}"], "GET /items/7": 7}
flat = fastapi.__version__ == "0.136.3"
sys.exit(
    seen != {"APIRoutes in app.routes": ["/items/{number}"] if flat else [], **everywhere}
    or walked != (None if flat else ["/items/{number}"])
)
PY

for pins in "fastapi==0.136.3 starlette==1.0.0" "fastapi==0.150.0 starlette==1.10.0"; do
    # shellcheck disable=SC2086  # two requirements in one word
    "$room/venv/bin/pip" install --quiet --disable-pip-version-check $pins pydantic==2.14.3 httpx==0.28.1
    "$room/venv/bin/python" -W ignore "$room/routes.py"
done
