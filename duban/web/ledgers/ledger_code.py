"""Codes of ledgers in addresses: only those there are, so that other pages may stand beside them."""

from starlette.convertors import StringConvertor, register_url_convertor

from models.ledgers.kinds import KINDS


class LedgerConvertor(StringConvertor):
    """`{code:ledger}`: the code of a ledger."""

    regex = "|".join(KINDS)


def name_ledgers() -> None:
    """Let addresses say `:ledger`; to be done before the first of them is declared."""
    register_url_convertor("ledger", LedgerConvertor())
