import pytest

from analyzer.model import Anomaly, Certainty, Flow, Result
from analyzer.report import terminal, to_html, to_markdown
from analyzer.report.answer import answer, certainties, facts, where
from analyzer.report.to_json import summary_json


def test_facts(result: Result) -> None:
    known = facts(result)
    assert known.endpoints == 8
    assert [(g.key, g.up) for g in known.countries] == [
        ("SG", 1_204_331), ("CN", 412_009), ("US", 96_100), ("IN", 88_412),
    ]  # fmt: skip
    assert [(g.key, g.endpoints, g.up) for g in known.apart] == [
        ("edge", 1, 61_022), ("disputed", 1, 44_120), ("excluded", 1, 23_010), ("unknown", 1, 1_402)
    ]  # fmt: skip
    assert known.abroad == 1_204_331 + 412_009
    assert known.abroad_single == 96_100
    assert (known.local, known.local_bytes) == (1, 2_100)
    assert sum(known.sure.values()) == known.up
    assert sum(g.up for g in [*known.countries, *known.apart]) == known.up


def test_the_answer(result: Result) -> None:
    assert answer(result, facts(result)) == [
        "The recording could be read only in part; what follows rests on that part.",
        "In 2.4 hours, one of 2 handsets exchanged data with 8 endpoints on the Internet; a"
        " country is given for 4 of them (4 countries).",
        "Of 1.9 MB sent, 1.6 MB (84%) went to places outside India: Singapore 1.2 MB and China"
        " 412 kB.",
        "One source alone places a further 96 kB (5%) outside India.",
        "Of the bytes sent, the place is given for 67% by the operators’ own lists, 21% by sources"
        " that agree and 5% by one source alone; 3% ended at a network edge, where no country can"
        " be given; 4% went to places that are disputed, ruled out or not known.",
    ]


def test_without_a_home_nothing_is_said_to_have_left_it(result: Result) -> None:
    result.run.home = None
    said = " ".join(answer(result, facts(result)))
    assert "outside" not in said
    assert (
        "Of 1.9 MB sent, 1.7 MB (88%) went to places that operators’ own lists state or sources"
        " agree on: Singapore 1.2 MB, China 412 kB and India 88 kB. Of the bytes sent, the place is"
        " given for 67% by" in said
    )
    assert said.count("one source alone") == 1
    assert "One source alone" not in said


def test_without_a_home_nothing_is_said_twice(result: Result) -> None:
    """What one source alone or none places is told once, with how much was sent."""
    result.run.home = None
    result.endpoints = result.endpoints[2:3]
    assert answer(result, facts(result))[1:] == [
        "In 2.4 hours, one of 2 handsets exchanged data with one endpoint on the Internet; a"
        " country is given for it.",
        "Of 96 kB sent, the place is given for 100% by one source alone.",
    ]
    result.endpoints[0].place.location.certainty = Certainty.EDGE
    assert answer(result, facts(result))[1:] == [
        "In 2.4 hours, one of 2 handsets exchanged data with one endpoint on the Internet; no"
        " country can be given.",
        "Of 96 kB sent, 100% ended at a network edge, where no country can be given.",
    ]


def test_where_nothing_was_sent_nothing_is_said_of_what_left(result: Result) -> None:
    for endpoint in result.endpoints:
        endpoint.bytes_up = 0
    assert answer(result, facts(result))[-1] == "No data was seen going up."
    assert "outside" not in " ".join(answer(result, facts(result)))


def test_nothing_is_no_clean_bill(result: Result) -> None:
    result.endpoints = []
    assert answer(result, facts(result))[-1].startswith(
        "Nothing readable was found: of 20,004 packets read, none belongs to a conversation"
    )
    result.capture.packets = 0
    said = answer(result, facts(result))[-1]
    assert said == "Nothing readable was found. This says nothing about what the handset does."


def test_only_the_local_network(result: Result) -> None:
    result.endpoints = result.endpoints[-1:]
    assert "only with one address of the local network" in answer(result, facts(result))[-1]


def test_a_known_place_without_a_country_counts_as_unknown(result: Result) -> None:
    result.endpoints[0].place.location.country = None
    known = facts(result)
    assert known.sure[Certainty.UNKNOWN] == 1_402 + 1_204_331
    assert "SG" not in [g.key for g in known.countries]


def test_where_never_names_a_country_it_must_not(result: Result) -> None:
    for endpoint in result.endpoints:
        location = endpoint.place.location
        location.country = "SG"
        said = where(location)
        if location.certainty in ("edge", "unknown", "private"):
            assert "Singapore" not in said
        if location.certainty == "excluded":
            assert said == "Singapore ruled out"
    assert where(result.endpoints[5].place.location) == "Hong Kong or China"


def test_a_country_nothing_was_sent_to_is_not_named(result: Result) -> None:
    result.endpoints[0].bytes_up = 0
    said = " ".join(answer(result, facts(result)))
    assert "4 countries" in said
    assert "Singapore" not in said


def test_one_source_alone_does_not_say_that_data_left(result: Result) -> None:
    result.endpoints = result.endpoints[2:4]
    said = " ".join(answer(result, facts(result)))
    assert "one source alone places 96 kB (52%) outside India; nothing more certain" in said
    assert "went to places outside" not in said


def test_only_handsets_that_exchanged_data_with_the_internet_are_said_to_have(
    result: Result,
) -> None:
    result.flows[0].client_ip = result.handsets[1].addresses[0]
    assert "2 handsets exchanged data" in " ".join(answer(result, facts(result)))
    result.flows = []
    assert "2 handsets exchanged data" in " ".join(answer(result, facts(result)))
    result.handsets = result.handsets[:1]
    assert "the handset exchanged data" in " ".join(answer(result, facts(result)))


def test_a_desktop_computer_is_not_called_the_handset(result: Result) -> None:
    """Where no phone talks, what does is told for what it says it is."""
    result.handsets[0].desktop = True
    said = answer(result, facts(result))
    assert "a device that calls itself a desktop computer exchanged data with 8" in said[1]
    address = result.handsets[0].addresses[0]
    assert said[2].startswith("No device known as a phone did so;")
    assert said[2].endswith(f"is said of {address}.")
    result.flows[0].client_ip = result.handsets[1].addresses[0]
    assert "known as a phone" not in " ".join(answer(result, facts(result)))
    result.handsets[0] = result.handsets[1]
    result.handsets[1].desktop = True
    result.handsets *= 4
    said = answer(result, facts(result))
    assert "8 devices that call themselves desktop computers" in said[1]
    assert said[2].endswith("and 5 others.")


def test_a_place_ruled_out_is_not_said_to_have_no_source(result: Result) -> None:
    result.endpoints = [
        e for e in result.endpoints if e.place.location.certainty == Certainty.EXCLUDED
    ]
    said = " ".join(answer(result, facts(result)))
    assert "one endpoint on the Internet; no country can be given." in said


def test_nothing_left(result: Result) -> None:
    result.endpoints = result.endpoints[3:4]
    said = " ".join(answer(result, facts(result)))
    assert "nothing was seen going to a known place outside India" in said


def test_more_countries_than_are_named(result: Result) -> None:
    for endpoint, code in zip(
        result.endpoints, ("SG", "CN", "US", "IN", "FR", "BR", "MY"), strict=False
    ):
        endpoint.place.location.country = code
        endpoint.place.location.certainty = Certainty.AGREED
    said = " ".join(answer(result, facts(result)))
    assert "Singapore 1.2 MB, China 412 kB, United States 96 kB and 3 others 128 kB." in said


def test_what_was_only_counted_together_is_said_on_every_first_screen(result: Result) -> None:
    """Of a recording with more conversations than the table holds the answer has but a part."""
    assert "counted together" not in " ".join(answer(result, facts(result)))
    counts = (900_000, 1, 48_600_000, 60, 0, 0)
    result.flows.append(Flow(9_000, "udp", "", None, "", None, 1, 2, 3, 4, *counts))
    told = (
        "More conversations were recorded than are told apart: 49 MB of the traffic, 900,001"
        " packets, could only be counted together, and no address, place or finding tells of it."
    )
    assert answer(result, facts(result))[1] == told
    assert told in " ".join(terminal(result, None, width=100).split())
    assert told in summary_json(result)["answer"]
    for form in (to_markdown, to_html):
        (_, pieces), *_ = form.render(result)
        assert told in b"".join(pieces).decode()
    result.endpoints = []
    assert answer(result, facts(result))[1] == told


def test_a_country_takes_its_article_in_the_answer(result: Result) -> None:
    result.run.home = "PH"
    said = " ".join(answer(result, facts(result)))
    assert "went to places outside the Philippines: Singapore" in said
    assert "outside the Philippines." in said
    assert "outside Philippines" not in said


def test_one_endpoint_is_it_and_not_one_of_them(result: Result) -> None:
    result.endpoints = result.endpoints[:1]
    said = " ".join(answer(result, facts(result)))
    assert "one endpoint on the Internet; a country is given for it." in said
    assert "went to places outside India: Singapore. Of the bytes sent" in said


def test_where_every_endpoint_is_placed_all_of_them_are_said_to_be(result: Result) -> None:
    result.endpoints = result.endpoints[:2]
    said = " ".join(answer(result, facts(result)))
    assert "2 endpoints on the Internet; a country is given for all of them (2 countries)." in said


@pytest.mark.parametrize(
    "kind",
    ["duplicate_file", "recorded_twice", "recording_clock", "recording_days", "recording_place"],
)
def test_what_puts_the_recording_in_doubt_is_part_of_the_answer(result: Result, kind: str) -> None:
    """Else a wrong --at would read as if nothing had left, or twice as much as did."""
    result.anomalies = [Anomaly(kind, 1, effect="the measured times rule out 28 places")]
    said = answer(result, facts(result))
    assert said[2] == "The measured times rule out 28 places."
    result.anomalies = [Anomaly("other_flows", 1, effect="some flows are left out")]
    assert "left out" not in " ".join(answer(result, facts(result)))


def test_how_surely_a_country_is_known_is_said_with_its_shares(result: Result) -> None:
    assert [certainties(g) for g in facts(result).countries] == [
        "stated", "agreed", "single", "stated",
    ]  # fmt: skip
    result.endpoints[0].place.location.country = "CN"
    assert certainties(facts(result).countries[0]) == "stated 75%, agreed 25%"
