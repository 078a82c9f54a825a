"""The password again, before what opens a way in or binds the office: tokens, resets, the sign-off of the report.

Whoever finds an open browser can look; to do any of these he would have to know the password. Proved once, it counts
for some minutes. What was sent goes along in the page that asks, so that nothing has to be typed twice.
"""

import datetime as dt

from fastapi.responses import HTMLResponse

from duban.web.attempt import FormAgainError
from duban.web.door import client_address
from duban.web.posted import Posted
from models.database import key, on_record
from models.errors import DubanError, ForbiddenError, SlowDownError
from tasks.access.hold_session import note_proof
from tasks.access.sign_in import account_of_person, prove, prove_code

FRESH = dt.timedelta(minutes=10)
FIELD = "own_proof"


def prove_again(sent: Posted) -> None:
    """Raises FormAgainError with the page that asks, unless the person proved to be the one some minutes ago or now.

    The account's password is asked for; where it has none, a code of its second factor; where it has neither, a new
    sign-in is all there is.
    """
    visit = sent.visit
    if visit.now - visit.proved_at <= FRESH:
        return
    typed = sent.form.get(FIELD)
    with visit.reading() as session:
        account = account_of_person(session, visit.person)
    by_password = account is not None and account.password_hash is not None
    by_code = account is not None and not by_password and account.otp_secret is not None
    if account is None or not isinstance(typed, str) or not typed or not (by_password or by_code):
        raise FormAgainError(_page(sent, by_password=by_password, by_code=by_code))
    served = visit.served
    address = client_address(visit.request, served.settings)
    try:
        if by_password:
            prove(served.database, account.login, typed, address=address, now=visit.now)
        else:
            prove_code(
                served.database, key(account.id), typed, address=address, home=served.settings.home, now=visit.now
            )
    except SlowDownError as error:
        raise FormAgainError(_page(sent, by_password=by_password, by_code=by_code, error=error, status=429)) from error
    except ForbiddenError as error:
        told = ForbiddenError("密码不正确，没有做任何改动。") if by_password else error
        raise FormAgainError(_page(sent, by_password=by_password, by_code=by_code, error=told)) from error
    # Not the transaction of what the form asks for: its key is not used by this.
    with on_record(served.database) as session:
        note_proof(session, visit.token, now=visit.now)


def _page(
    sent: Posted, *, by_password: bool, by_code: bool, error: DubanError | None = None, status: int = 403
) -> HTMLResponse:
    visit = sent.visit
    asked = visit.request.url
    path = asked.path + (f"?{asked.query}" if asked.query else "")
    carried = [
        (name, value)
        for name, value in sent.form.multi_items()
        if isinstance(value, str) and name not in (FIELD, "csrf")
    ]
    with visit.reading() as session:
        return visit.page(
            session, "prove_again.html", menu="/more", status_code=status, path=path, carried=carried, field_name=FIELD,
            by_password=by_password, by_code=by_code, error=error.message if error else "",
        )  # fmt: skip
