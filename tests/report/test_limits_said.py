"""What a report says of its own limits."""

from __future__ import annotations

from analyzer.model import Capture, Result, Run, Status, Visibility
from analyzer.report.limits_said import limits_said
from analyzer.report.words import say


def bare(vantage: str | None, vpn: bool) -> Result:
    capture = Capture(vpn_recording=vpn)
    return Result(Status.COMPLETE, Run("0", vantage=vantage), capture, Visibility())


def test_without_a_place_the_round_trip_check_is_off() -> None:
    assert say("limit.round_trip") in limits_said(bare(None, False))


def test_on_a_vpn_recording_it_is_off_whatever_the_place() -> None:
    said = limits_said(bare("Mumbai", True))
    assert say("limit.round_trip_vpn") in said
    assert say("limit.round_trip") not in said


def test_with_a_place_nothing_is_said() -> None:
    said = limits_said(bare("Mumbai", False))
    assert say("limit.round_trip") not in said
    assert say("limit.round_trip_vpn") not in said
