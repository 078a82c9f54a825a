"""What every answer tells the browser to keep to, whatever came of the request."""

from fastapi import Response

from duban.web.served import ServedOffice

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def guarded(response: Response, served: ServedOffice) -> Response:
    """The answer with the headers that it does not carry yet."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if served.secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
