"""Key logs: what is kept of them, what is counted, and that nothing breaks on any bytes."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer import limits
from analyzer.names import keylog
from analyzer.names.keylog import Secrets

RANDOM = bytes(range(32))
SECRET = b"\xa5" * 32
LINE = b"CLIENT_TRAFFIC_SECRET_0 %s %s" % (RANDOM.hex().encode(), SECRET.hex().encode())


def read(*texts: bytes) -> Secrets:
    secrets = Secrets()
    for text in texts:
        secrets.add(text)
    return secrets


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\r"])
def test_a_secret_is_found_by_label_and_client_random(end: bytes) -> None:
    secrets = read(b"# made by a test" + (end or b"\n") + (end or b"\n") + LINE + end)
    assert secrets.of(keylog.CLIENT_TRAFFIC, RANDOM) == SECRET
    assert secrets.of(keylog.SERVER_TRAFFIC, RANDOM) is None
    assert secrets.of(keylog.CLIENT_TRAFFIC, bytes(32)) is None
    assert secrets.knows(RANDOM)
    assert not secrets.knows(bytes(32))
    assert (len(secrets), secrets.bad) == (1, 0)


def test_a_byte_order_mark_and_capital_digits_are_read() -> None:
    upper = LINE.replace(SECRET.hex().encode(), SECRET.hex().upper().encode())
    assert read(b"\xef\xbb\xbf" + upper).of(keylog.CLIENT_TRAFFIC, RANDOM) == SECRET


@pytest.mark.parametrize(
    "line",
    [
        b"CLIENT_RANDOM",
        b"CLIENT_RANDOM 00",
        LINE + b" 00",
        LINE[:-1],
        LINE[:-2],
        LINE.replace(b"00", b"0g", 1),
        LINE.replace(b"TRAFFIC_SECRET_0", b"RANDOM"),
        b"\x89PNG",
        b"%PDF-1.7 1 0",
    ],
)
def test_what_is_no_line_of_a_key_log_is_counted(line: bytes) -> None:
    secrets = read(line + b"\n" + LINE)
    assert (len(secrets), secrets.bad) == (1, 1)


def test_labels_of_others_are_passed_over() -> None:
    other = LINE.replace(b"CLIENT_TRAFFIC_SECRET_0", b"FUTURE_SECRET")
    rsa = b"RSA 0011223344556677 " + b"00" * 48
    assert (len(read(other, rsa)), read(other, rsa).bad) == (0, 0)


def test_the_first_of_two_that_differ_counts() -> None:
    different = LINE.replace(b"a5", b"a6")
    secrets = read(LINE, LINE + b"\n" + different)
    assert secrets.of(keylog.CLIENT_TRAFFIC, RANDOM) == SECRET
    assert secrets.conflicts == 1


def test_no_more_is_kept_than_the_limits_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEYLOG_SECRETS", 1)
    second = LINE.replace(b"CLIENT_", b"SERVER_")
    secrets = read(LINE + b"\n" + second)
    assert (len(secrets), secrets.left_out) == (1, 1)
    monkeypatch.setattr(limits, "KEYLOG_BYTES", len(LINE))
    secrets = read(LINE, second)
    assert (len(secrets), secrets.left_out) == (1, len(second))


@given(st.binary(max_size=600))
def test_any_bytes_are_read_to_their_end(text: bytes) -> None:
    secrets = read(text)
    assert len(secrets) + secrets.bad <= len(text.splitlines())


@given(st.integers(0, len(LINE) - 1), st.integers(0, 255))
def test_a_line_with_another_byte_gives_nothing_else(at: int, byte: int) -> None:
    changed = LINE[:at] + bytes([byte]) + LINE[at + 1 :]
    secrets = read(changed)
    found = secrets.of(keylog.CLIENT_TRAFFIC, RANDOM)
    assert found is None or found == SECRET or at > 88


@pytest.mark.parametrize("line", [b"\n", b"\r", b"a\n"])
def test_millions_of_lines_take_no_more_room_than_their_text(line: bytes) -> None:
    text = line * 200_000
    tracemalloc.start()
    read(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * len(text)
