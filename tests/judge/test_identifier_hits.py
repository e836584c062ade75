"""What a search keeps of what it found: so many sightings and frames, and what is to be masked."""

from __future__ import annotations

from test_identifiers import IMEI, search

from analyzer.judge.content import Content
from analyzer.judge.identifiers import FRAMES, MOST, Search

AGENT = b"GET / HTTP/1.1\r\nHost: a.example\r\nUser-Agent: AshaPlays 1.0\r\n\r\n"


def looked(sheet: dict[str, list[str]], data: bytes) -> Search:
    found = Search(sheet)
    content = Content([found], found.tell)
    content.take(1, 0, data, 10, 10_000, False)
    content.close()
    return found


def test_a_word_of_programs_is_not_masked_and_all_else_of_the_sheet_is() -> None:
    found = looked({"ssid": ["AshaPlays", "KumarNest-5G"]}, AGENT)
    assert {pattern.value.lower() for pattern in found.shown()} == {"kumarnest-5g"}
    unsaid = looked({"ssid": ["AshaPlays", "KumarNest-5G"]}, AGENT.replace(b"Asha", b"Other"))
    said = {pattern.value.lower() for pattern in unsaid.shown()}
    assert said == {"ashaplays", "kumarnest-5g"}


def test_what_was_found_is_masked_by_kind_and_value() -> None:
    found = looked({"imei": [IMEI]}, b"GET /?i=" + IMEI.encode() + b"&")
    assert list(found.values()) == [("imei", IMEI.encode())]


def test_every_sighting_is_counted_and_the_first_hundred_frames_are_kept() -> None:
    (seen,) = search(*[b"GET /?i=" + IMEI.encode() + b" HTTP/1.1\r\n\r\n"] * (FRAMES + 1))
    assert (seen.count, len(seen.frames)) == (FRAMES + 1, FRAMES)
    assert (seen.frames[0], seen.frames[-1]) == (10, 10 + FRAMES - 1)


def test_a_frame_is_kept_once() -> None:
    (seen,) = search(b"GET /?i=" + IMEI.encode() + b"&j=" + IMEI.encode() + b"&")
    assert (seen.count, seen.frames) == (2, [10])


def test_so_many_different_sightings_are_kept() -> None:
    found = Search({})
    for number in range(MOST + 1):
        found.tell(1, 0, "token", b"%d" % number, 7, 7_000)
    found.tell(1, 0, "token", b"0", 8, 8_000)
    assert len(list(found.values())) == MOST
    assert found.seen(lambda key: key[3] == b"0")[0].frames == [7, 8]
    assert found.seen(lambda key: key[3] == b"%d" % MOST) == []
