"""Single sign-on by OpenID Connect: the way to the provider, and proving what comes back.

Authorization code with PKCE (RFC 7636). The ID token counts only when a key of the provider's signed it, for this
client, for this very attempt, and for now. What the browser carries meanwhile is one opaque cookie; state, nonce and
verifier follow from it by the office's key, so that any of its processes may take it back, each attempt once.
"""

import hashlib
import hmac
import logging
import secrets
import warnings
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from authlib.deprecate import AuthlibDeprecationWarning
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

with warnings.catch_warnings():
    # Authlib asks for the successor of httpx; the rest of the product stands on httpx itself.
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.base_client import OAuthError
    from authlib.integrations.httpx_client import OAuth2Client
    from authlib.oidc.core import CodeIDToken

from models.errors import DubanError, ForbiddenError
from models.settings import Settings
from tasks.access.office_key import derived

log = logging.getLogger(__name__)

ALGORITHMS = ["RS256", "PS256", "ES256", "RS384", "RS512", "ES384", "EdDSA", "Ed25519"]
"""Signatures by the provider's own key pair only: one made with the client's secret proves little."""
LASTS_SECONDS = 600
"""How long somebody may take at the provider."""
FRESH_SECONDS = 3600
"""How long the provider's own description is believed without asking again."""
LEEWAY_SECONDS = 120
TIMEOUT = httpx.Timeout(10)


class ProviderError(DubanError):
    """单点登录服务暂时连不上：请稍后再试，或用密码登录。"""


@dataclass(frozen=True)
class Attempt:
    """One way to the provider and back; everything that must not be guessed follows from `secret` and `key`."""

    key: bytes
    secret: str
    begun: int
    onwards: str
    purpose: str = ""
    """What the way was begun for: empty for a sign-in; else `duban.web.pages.single_sign_on` knows."""

    def word(self, what: str) -> str:
        """state, nonce or verifier: 43 characters nobody else can know."""
        made = hmac.new(self.key, f"{what}.{self.secret}".encode(), hashlib.sha256).digest()
        return urlsafe_b64encode(made).decode().rstrip("=")

    @property
    def cookie(self) -> str:
        """What the browser carries."""
        told = ".".join(urlsafe_b64encode(text.encode()).decode() for text in (self.onwards, self.purpose))
        body = f"{self.begun}.{self.secret}.{told}"
        return f"{body}.{hmac.new(self.key, body.encode(), hashlib.sha256).hexdigest()}"


@dataclass
class SingleSignOn:
    """The provider of one office, for the length of the process."""

    settings: Settings
    description: dict[str, Any] = field(default_factory=dict)
    keys: Any = None
    read_at: int = -FRESH_SECONDS

    @property
    def key(self) -> bytes:
        """That of all processes of the office."""
        return derived(self.settings.home, "single sign-on", "")

    @property
    def back(self) -> str:
        """Where the provider sends people; it has to be registered there."""
        return self.settings.address("/login/sso/callback")

    def begin(self, onwards: str, *, now: int, purpose: str = "") -> tuple[str, Attempt]:
        """The provider's address to go to, and the attempt whose cookie goes along. Raises ProviderError."""
        attempt = Attempt(self.key, secrets.token_urlsafe(32), now, onwards, purpose)
        described = self._describe(now)
        with self._client(described) as client:
            address, _state = client.create_authorization_url(
                described["authorization_endpoint"], state=attempt.word("state"), nonce=attempt.word("nonce"),
                code_verifier=attempt.word("verifier"),
            )  # fmt: skip
        return str(address), attempt

    def attempt_of(self, cookie: str, state: str, *, now: int, once: Callable[[str], bool]) -> Attempt:
        """The attempt that comes back, this `once`. Raises ForbiddenError where it is none of this browser's."""
        again = ForbiddenError("这次单点登录已失效：超过 10 分钟，或者已经用过。请重新登录。")
        body, _, mac = cookie.rpartition(".")
        wanted = hmac.new(self.key, body.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(wanted.encode(), mac.encode()):
            raise again
        begun, secret, *told = body.split(".")
        try:
            onwards, purpose = (urlsafe_b64decode(text).decode() for text in told)
            attempt = Attempt(self.key, secret, int(begun), onwards, purpose)
        except (ValueError, NotBase64) as error:
            raise again from error
        if not hmac.compare_digest(attempt.word("state").encode(), state.encode()):
            raise again
        if not attempt.begun <= now <= attempt.begun + LASTS_SECONDS:
            raise again
        if not once(state):
            raise again
        return attempt

    def claims(self, attempt: Attempt, code: str, *, now: int) -> dict[str, Any]:
        """What the provider vouches for. Raises ProviderError, and ForbiddenError for a token that proves nothing."""
        described = self._describe(now)
        try:
            with self._client(described) as client:
                answer = client.fetch_token(
                    described["token_endpoint"], grant_type="authorization_code", code=code,
                    code_verifier=attempt.word("verifier"),
                )  # fmt: skip
        except httpx.HTTPError as error:
            raise ProviderError from error
        except (OAuthError, ValueError) as error:
            log.warning("单点登录未完成：%s", error, extra={"action": "sso_refused"})
            raise ForbiddenError("单点登录服务没有确认这次登录：请重新登录。") from error
        try:
            return self._proved(answer, attempt, now)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            log.warning("单点登录的身份令牌不可信：%r", error, extra={"action": "sso_refused"})
            raise ForbiddenError("单点登录返回的身份无法核实，没有登录：请重试，仍不行的请联系管理员。") from error

    def _proved(self, answer: dict[str, Any], attempt: Attempt, now: int) -> dict[str, Any]:
        token = self._signed(str(answer["id_token"]), now)
        options = {"iss": {"essential": True, "value": self._describe(now)["issuer"]},
                   "aud": {"essential": True, "value": self.settings.oidc_client_id},
                   "sub": {"essential": True}}  # fmt: skip
        params = {
            "nonce": attempt.word("nonce"),
            "client_id": self.settings.oidc_client_id,
            "access_token": answer.get("access_token"),
        }
        claims = CodeIDToken(token.claims, token.header, options, params)
        claims.validate(now=now, leeway=LEEWAY_SECONDS)
        return dict(claims)

    def _signed(self, id_token: str, now: int) -> jwt.Token:
        """The token, its signature proved; a key that is not known yet is asked for once more."""
        try:
            return jwt.decode(id_token, KeySet.import_key_set(self.keys), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            if self.read_at == now:
                raise
            self.read_at = now - FRESH_SECONDS
            self._describe(now)
            return jwt.decode(id_token, KeySet.import_key_set(self.keys), algorithms=ALGORITHMS)

    def _describe(self, now: int) -> dict[str, Any]:
        """The provider's discovery document and keys. Raises ProviderError."""
        if now - self.read_at < FRESH_SECONDS and self.description:
            return self.description
        issuer = self.settings.oidc_issuer
        try:
            with httpx.Client(timeout=TIMEOUT) as client:
                description = (
                    client.get(issuer.rstrip("/") + "/.well-known/openid-configuration").raise_for_status().json()
                )
                keys = client.get(description["jwks_uri"]).raise_for_status().json()
            # A document that speaks for somebody else is not the provider's (OpenID Connect Discovery 4.3).
            if (
                description["issuer"] != issuer
                or not description["authorization_endpoint"]
                or not description["token_endpoint"]
            ):
                raise ValueError(f"the document is of {description['issuer']}")
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            log.warning("单点登录服务不可用：%r", error, extra={"action": "sso_unreachable"})
            raise ProviderError from error
        self.description, self.keys, self.read_at = description, keys, now
        return self.description

    def _client(self, described: dict[str, Any]) -> Any:
        secret = self.settings.oidc_client_secret.get_secret_value()
        methods = described.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        return OAuth2Client(
            client_id=self.settings.oidc_client_id, client_secret=secret or None, scope="openid profile email",
            token_endpoint_auth_method=method if secret else "none", redirect_uri=self.back,
            code_challenge_method="S256", timeout=TIMEOUT,
        )  # fmt: skip
