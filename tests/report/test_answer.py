from analyzer.model import Certainty, Result
from analyzer.report.answer import answer, facts, where


def test_facts(result: Result) -> None:
    known = facts(result)
    assert known.endpoints == 8
    assert [(g.key, g.up) for g in known.countries] == [
        ("SG", 1_204_331), ("CN", 412_009), ("US", 96_100), ("IN", 88_412),
    ]  # fmt: skip
    assert [(g.key, g.endpoints, g.up) for g in known.apart] == [
        ("edge", 1, 61_022), ("disputed", 1, 44_120), ("excluded", 1, 23_010), ("unknown", 1, 1_402)
    ]  # fmt: skip
    assert known.abroad == 1_204_331 + 412_009 + 96_100
    assert (known.local, known.local_bytes) == (1, 2_100)
    assert sum(known.sure.values()) == known.up
    assert sum(g.up for g in [*known.countries, *known.apart]) == known.up


def test_the_answer(result: Result) -> None:
    assert answer(result, facts(result)) == [
        "The recording could be read only in part; what follows rests on that part.",
        "In 2.4 hours, 2 handsets exchanged data with 8 endpoints on the Internet; those whose"
        " place is known stand in 4 countries.",
        "Of 1.9 MB sent, 1.7 MB (89%) went to known places outside India: Singapore 1.2 MB,"
        " China 412 kB and United States 96 kB.",
        "Of the bytes sent, the place is given for 67% by the operators’ own lists, 21% by sources"
        " that agree and 5% by one source alone; 3% ended at a network edge, where no country can"
        " be given; 4% went to places that are disputed, ruled out or not known.",
    ]


def test_without_a_home_nothing_is_said_to_have_left_it(result: Result) -> None:
    result.run.home = None
    said = " ".join(answer(result, facts(result)))
    assert "outside" not in said
    assert "Singapore 1.2 MB, China 412 kB, United States 96 kB and one other 88 kB" in said


def test_nothing_is_no_clean_bill(result: Result) -> None:
    result.endpoints = []
    assert answer(result, facts(result))[-1].startswith(
        "Nothing readable was found: 20,004 packets"
    )


def test_only_the_local_network(result: Result) -> None:
    result.endpoints = result.endpoints[-1:]
    assert "only one address of the local network" in answer(result, facts(result))[-1]


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
