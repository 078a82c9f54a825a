"""Every action is declared: somebody's consent to what another did, or done alone."""

from models.people.consent import ALONE, CONSENTS
from models.people.permission import Action
from models.report.filing import FLOW
from tasks.report.filing.consent_to_report import is_consent


def test_every_action_is_declared_a_consent_or_done_alone() -> None:
    assert CONSENTS.keys() | ALONE == set(Action)
    assert CONSENTS.keys().isdisjoint(ALONE)


def test_the_acts_of_a_reports_way_agree() -> None:
    assert {act for act, line in FLOW.items() if line.action in CONSENTS} == {act for act in FLOW if is_consent(act)}
