"""A provider of single sign-on, small but real: its own process, keys, discovery, codes with PKCE, signed tokens.

`POST /next` says what it will vouch for next and what shall be wrong with it.
"""

import base64
import hashlib
import secrets
import socket
import sys
from typing import Annotated, Any
from urllib.parse import urlencode

import uvicorn
from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "duban", "s3cret:with/odd characters"


def provider(issuer: str) -> FastAPI:
    """The application of the provider at this address."""
    app = FastAPI()
    own = RSAKey.generate_key(2048, {"kid": "own", "use": "sig"})
    foreign = RSAKey.generate_key(2048, {"kid": "own", "use": "sig"})
    codes: dict[str, dict[str, str]] = {}
    says: dict[str, Any] = {}

    @app.post("/next")
    async def prepare(request: Request) -> dict[str, bool]:
        says.clear()
        says.update(await request.json())
        return {"ok": True}

    @app.get("/.well-known/openid-configuration")
    def description() -> dict[str, Any]:
        return {
            "issuer": says.get("speaks_for", issuer),
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    @app.get("/jwks")
    def keys() -> dict[str, Any]:
        return {"keys": [own.as_dict(private=False)]}

    @app.get("/authorize")
    def authorize(request: Request) -> Response:
        asked = dict(request.query_params)
        fitting = (
            asked.get("response_type") == "code"
            and asked.get("client_id") == CLIENT
            and asked.get("code_challenge_method") == "S256"
            and "openid" in asked.get("scope", "").split()
            and all(asked.get(name) for name in ("state", "nonce", "code_challenge", "redirect_uri"))
        )
        if not fitting:
            return Response("not a request of an OpenID client", 400)
        if says.get("denies"):
            back = {"error": "access_denied", "state": asked["state"]}
            return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 302)
        code = secrets.token_urlsafe(16)
        codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": says.get("iss", issuer)}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 302)

    @app.post("/token")
    def token(
        request: Request,
        code: Annotated[str, Form()],
        code_verifier: Annotated[str, Form()],
        redirect_uri: Annotated[str, Form()],
        grant_type: Annotated[str, Form()],
    ) -> Response:
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = codes.pop(code, None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).decode().rstrip("=")
        if request.headers.get("authorization") != f"Basic {basic}":
            return JSONResponse({"error": "invalid_client"}, 401)
        if (
            asked is None
            or grant_type != "authorization_code"
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != redirect_uri
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(says["now"])
        claims = {
            "iss": issuer, "sub": "7", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            **says.get("claims", {}),
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        if says.get("unsigned"):
            head = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
            body = base64.urlsafe_b64encode(str(claims).replace("'", '"').encode()).decode().rstrip("=")
            return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": f"{head}.{body}."})
        key = foreign if says.get("foreign") else own
        signed = jwt.encode({"alg": "RS256", "kid": "own"}, claims, key)
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": signed})

    return app


if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()
    uvicorn.Server(uvicorn.Config(provider(address), log_level="warning")).run(sockets=[listener])
