"""What a report says of its own limits."""

from __future__ import annotations

from analyzer.model import Anomaly, Capture, Result, Run, Status, Visibility
from analyzer.report.limits_said import limits_said, nothing_usable, shares_said, why_not_whole
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


def test_one_conversation_and_one_packet_are_said_as_one() -> None:
    one, more = bare("Mumbai", False), bare("Mumbai", False)
    for result, n in ((one, 1), (more, 2)):
        result.visibility.late_start_flows = result.visibility.decrypted_flows = n
        result.visibility.unnamed_flows = {"no_sni": n}
        result.capture.truncated_packets = n
    said = " ".join(limits_said(one))
    assert "One conversation began before the recording: its first packets are missing." in said
    assert "One conversation was decrypted in part or whole" in said
    assert "read its content" in said
    assert "1 packet was recorded only in part." in said
    assert "One conversation without a name: the handshake names no server (1)." in said
    said = " ".join(limits_said(more))
    assert "2 conversations began before the recording: their first packets are missing." in said
    assert "2 conversations were decrypted in part or whole" in said
    assert "2 packets were recorded only in part." in said


def test_the_reason_of_many_names_none_of_them() -> None:
    result = bare("Mumbai", False)
    result.visibility.unnamed_flows = {"not_parsed": 46}
    told = "46 conversations without a name: the protocol carries no name we can read (46)."
    assert told in limits_said(result)


def test_all_data_of_another_time_are_told_in_one_sentence() -> None:
    result = bare("Mumbai", False)
    result.anomalies = [
        Anomaly("data_age", 1, effect="list A of 2026"),
        Anomaly("data_age", 1, effect="list B of 2025"),
    ]
    assert limits_said(result)[1:] == [
        "Read with care what rests on data of another time: list A of 2026; list B of 2025."
    ]


def test_what_is_odd_is_told_with_number_and_place_where_they_say_something() -> None:
    result = bare("Mumbai", False)
    result.anomalies = [
        Anomaly("other_flows", 1, effect="some flows are left out"),
        Anomaly("time_backwards", 2, 503, effect="the clock runs backwards"),
        Anomaly("cut_short", 1, None, 40, effect="the file ends inside a packet"),
    ]
    assert limits_said(result)[1:] == [
        "Some flows are left out.",
        "The clock runs backwards. (2 times, first at frame 503)",
        "The file ends inside a packet. (at byte 40)",
    ]


def test_shares_that_are_seldom_anything_are_told_only_then() -> None:
    result = bare("Mumbai", False)
    assert len(shares_said(result)) == 3
    result.visibility.attributed_to_app = 0.5
    assert shares_said(result)[3] == ("50%", "Can be put down to an app")


def test_a_capture_without_ip_is_not_called_damaged() -> None:
    result = Result(Status.FAILED, Run("0"), Capture(), Visibility())
    assert why_not_whole(result, 2) == "No packet in it is IP."


def test_only_what_hinders_reading_is_the_reason_that_nothing_was_read() -> None:
    result = Result(Status.FAILED, Run("0"), Capture(), Visibility())
    result.anomalies = [Anomaly("time_backwards", 1, effect="the clock runs backwards")]
    assert why_not_whole(result, 2) == "No packet in it is IP."
    assert nothing_usable(result).startswith("nothing usable was found: no packet in it is IP;")
    result.anomalies += [Anomaly("wifi_encrypted", 3, effect="frames were encrypted")]
    assert why_not_whole(result, 2) == "Frames were encrypted."
    assert nothing_usable(result).startswith("nothing usable was found: frames were encrypted;")
