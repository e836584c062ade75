"""The operator's list of the recording's day decides."""

from captures.forging import Recording
from tests.scenes import MONTREAL_THEN_PARIS, OREGON_THEN_IRELAND, account


def oregon_in_2017() -> Recording:
    return account(OREGON_THEN_IRELAND, "2017-09-10")


def ireland_in_2026() -> Recording:
    return account(OREGON_THEN_IRELAND, "2026-10-14")


def asked_for_another_day() -> Recording:
    return account(OREGON_THEN_IRELAND, "2026-10-14")


def montreal_in_2017() -> Recording:
    return account(MONTREAL_THEN_PARIS, "2017-09-10")


def paris_in_2026() -> Recording:
    return account(MONTREAL_THEN_PARIS, "2026-10-14")
