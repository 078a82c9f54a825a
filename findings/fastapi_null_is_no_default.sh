#!/usr/bin/env bash
# To FastAPI up to 0.150 a null in a JSON body meant "not given", so a parameter took its default. From 0.151 on the
# null is a value. What the same request gets depends on how the parameter was written:
#   limit: int = Body(200)          200 before, 422 now
#   chosen: Model = None            200 before, 422 now, though the default is None itself
#   limit: int | None = Body(200)   200 both times, but the handler gets None where it got 200: nobody is told
# Clients that write their unset fields as null (Prefect 3.8's own client does) break against a server upgraded by
# one minor version; Prefect's metadata allows it.
#
# Seen with: FastAPI 0.150.0 and 0.151.0, Pydantic 2.14.3, Starlette 1.10.0, Python 3.11.
# Source: fastapi/dependencies/utils.py (`value is None` became `value is Undefined`); asked for in
# github.com/fastapi/fastapi/issues/1661.  Takes: about 45 s.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"

cat > "$room/nulls.py" <<'PY'
import sys

import fastapi
from fastapi import Body, FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel


class Chosen(BaseModel):
    names: list[str] | None = None


app = FastAPI()


@app.post("/number")
def number(limit: int = Body(200, embed=True)) -> int:
    return limit


@app.post("/model")
def model(chosen: Chosen = None, left_out: Chosen = None) -> bool:
    return chosen is None and left_out is None


@app.post("/nullable")
def nullable(limit: int | None = Body(200, embed=True)) -> int | None:
    return limit


client = TestClient(app)


def answer(path: str, body: object) -> tuple[int, object]:
    reply = client.post(path, json=body)
    return reply.status_code, reply.json() if reply.is_success else reply.json()["detail"][0]["type"]


seen = {
    "number": answer("/number", {"limit": None}),
    "model": answer("/model", {"chosen": None, "left_out": None}),
    "nullable": answer("/nullable", {"limit": None}),
}
without = [answer("/number", {}), answer("/model", {}), answer("/nullable", {})]
print(fastapi.__version__, seen, "and without the fields:", without)

expected = {
    "0.150.0": {"number": (200, 200), "model": (200, True), "nullable": (200, 200)},
    "0.151.0": {"number": (422, "int_type"), "model": (422, "model_attributes_type"), "nullable": (200, None)},
}[fastapi.__version__]
sys.exit(seen != expected or without != [(200, 200), (200, True), (200, 200)])
PY

for version in 0.150.0 0.151.0; do
    "$room/venv/bin/pip" install --quiet --disable-pip-version-check \
        fastapi==$version starlette==1.10.0 pydantic==2.14.3 httpx==0.28.1
    "$room/venv/bin/python" -W ignore "$room/nulls.py"
done
