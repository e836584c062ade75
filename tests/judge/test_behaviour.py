"""The rules for behaviour on forged captures: what each finds, says and leaves alone."""

from __future__ import annotations

import base64
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from analyzer import model as m
from analyzer import pipeline
from analyzer.device import Device
from analyzer.judge import tunnel, uploads
from analyzer.pipeline import Options
from captures.forging import SECOND, Frame, Recording, Step
from captures.forging.frames import ethernet, ip_packet

AWS = "54.169.0.10"
OTHER = "54.169.0.20"
MINUTE = 60 * SECOND


def analyzed(folder: Path, recording: Recording, rule: str, **sheet: list[str]) -> list[m.Finding]:
    """What one rule finds; every finding's filter must select the frames it lists."""
    path = folder / "case.pcapng"
    recording.write(path)
    result = pipeline.analyze([path], Options(device=Device(**sheet)))  # type: ignore[arg-type]
    found = [finding for finding in result.findings if finding.rule == rule]
    for finding in found:
        assert set(finding.evidence.frames) <= selected(path, finding.evidence.display_filter)
    return found


def selected(path: Path, display_filter: str) -> set[int]:
    """The frames a display filter selects, as Wireshark's own program reads it."""
    if not shutil.which("tshark"):
        pytest.skip("tshark is not installed")
    command = ["tshark", "-n", "-r", str(path), "-Y", display_filter, "-T", "fields"]
    ran = subprocess.run(
        [*command, "-e", "frame.number"], capture_output=True, text=True, check=True
    )
    return {int(line) for line in ran.stdout.split()}


# ---------------------------------------------------------------- uploads


def test_a_destination_that_gets_more_than_it_gives(tmp_path: Path) -> None:
    recording = Recording()
    recording.dns("up.handset.example", AWS)
    for _ in range(3):
        recording.tls("up.handset.example", AWS, up=60_000, down=1_000)
    (finding,) = analyzed(tmp_path, recording, "upload-heavy")
    assert finding.severity == "info"
    assert finding.subject == "up.handset.example"
    assert finding.numbers["flows"] == 3
    assert finding.numbers["payload_up"] > 180_000
    assert finding.numbers["ratio"] > 10
    assert "sent 18" in finding.text
    assert " kB of payload to up.handset.example" in finding.text


def test_a_filter_leaves_out_errors_that_quote_packets(tmp_path: Path) -> None:
    """Wireshark finds addresses and ports in what an ICMP error quotes, too."""
    recording = Recording()
    recording.tls("up.handset.example", AWS, up=200_000, down=1_000)
    count, last = len(recording.frames), recording.frames[-1].ts
    quoted = recording.frames[0].data[14 : 14 + 28]  # IP header and 8 bytes (RFC 792)
    gone = b"\x03\x01\xff\xff\0\0\0\0" + quoted
    ends = recording.gateway, recording.handset
    error = ethernet(*ends, ip_packet(*ends, 1, gone, 7))
    recording.frames.append(Frame(last + SECOND, error))
    (finding,) = analyzed(tmp_path, recording, "upload-heavy")
    assert finding.evidence.display_filter.endswith("and tcp.port == 443 and not icmp")
    frames = selected(tmp_path / "case.pcapng", finding.evidence.display_filter)
    assert frames == set(range(1, count + 1))
    assert len(frames) == finding.evidence.frame_count


def test_one_upload_among_downloads_is_told_alone(tmp_path: Path) -> None:
    recording = Recording()
    recording.tls("cloud.handset.example", AWS, up=1_000, down=900_000)
    recording.tls("cloud.handset.example", AWS, up=200_000, down=1_000)
    (finding,) = analyzed(tmp_path, recording, "upload-heavy")
    assert finding.numbers["flows"] == 1
    assert finding.numbers["payload_down"] < 10_000


def test_downloads_small_uploads_and_the_local_network_are_left_alone(tmp_path: Path) -> None:
    recording = Recording()
    recording.tls("a.handset.example", AWS, up=90_000, down=100)
    recording.tls("b.handset.example", OTHER, up=200_000, down=150_000)
    recording.tls("c.handset.example", OTHER, up=2_000, down=500_000)
    recording.tcp("10.42.0.77", 9000, [Step(True, bytes(300_000))])
    assert analyzed(tmp_path, recording, "upload-heavy") == []


def test_an_upload_in_quiet_hours(tmp_path: Path) -> None:
    """The recording begins at 08:00 UTC; only the second conversation lies within."""
    recording = Recording()
    for minute in (5, 25, 44):
        recording.tls("cloud.handset.example", AWS, up=30_000, down=1_000, at=minute * MINUTE)
    found = analyzed(tmp_path, recording, "idle-upload", quiet_hours=["08:20-08:40"])
    assert [f.numbers["flows"] for f in found] == [1]
    assert found[0].severity == "low"
    assert "seen only within the quiet hours of the device sheet (08:20-08:40 UTC)" in found[0].text
    assert found[0].title.endswith(
        "to cloud.handset.example during the quiet hours of the device sheet"
    )
    assert "device sheet's word" in found[0].caveat
    assert found[0].evidence.first == recording.start + 25 * MINUTE


def test_a_download_in_quiet_hours_is_no_upload(tmp_path: Path) -> None:
    """Many requests and handshakes add up; an upload beside them is told alone."""
    recording = Recording()
    for _ in range(6):
        recording.tls("cloud.handset.example", AWS, up=3_000, down=200_000)
    assert analyzed(tmp_path, recording, "idle-upload", quiet_hours=["08:00-09:00"]) == []
    recording.tls("cloud.handset.example", AWS, up=30_000, down=1_000)
    (found,) = analyzed(tmp_path, recording, "idle-upload", quiet_hours=["08:00-09:00"])
    assert found.numbers["flows"] == 1


def test_no_quiet_hours_no_word_of_idle(tmp_path: Path) -> None:
    recording = Recording()
    recording.tls("cloud.handset.example", AWS, up=30_000, down=1_000)
    assert analyzed(tmp_path, recording, "idle-upload") == []
    assert analyzed(tmp_path, recording, "idle-upload", quiet_hours=["20:00-07:59"]) == []
    assert len(analyzed(tmp_path, recording, "idle-upload", quiet_hours=["20:00-08:30"])) == 1


def test_what_reaches_beyond_the_quiet_hours_is_left_out(tmp_path: Path) -> None:
    recording = Recording()
    steps = [Step(True, bytes(20_000)), Step(True, bytes(20_000), 30 * MINUTE)]
    recording.tcp(AWS, 9000, steps)
    assert analyzed(tmp_path, recording, "idle-upload", quiet_hours=["08:00-08:20"]) == []
    assert len(analyzed(tmp_path, recording, "idle-upload", quiet_hours=["08:00-08:40"])) == 1


@pytest.mark.parametrize(
    ("text", "begins", "lasts"),
    [
        ("01:00-06:00", 3_600, 5 * 3_600),
        ("22:30-06:00", 81_000, 27_000),
        ("00:00-00:00", 0, 86_400),
        ("23:59-00:00", 86_340, 60),
    ],
)
def test_windows(text: str, begins: int, lasts: int) -> None:
    assert uploads.window(text) == (begins, lasts)


# ---------------------------------------------------------------- look-ups


def encoded(chance: random.Random, size: int) -> str:
    """Random bytes as labels of 60 characters, in base 32."""
    text = base64.b32encode(chance.randbytes(size)).decode().rstrip("=").lower()
    return ".".join(text[i : i + 60] for i in range(0, len(text), 60))


def test_a_tunnel_is_found(tmp_path: Path) -> None:
    recording, chance = Recording(), random.Random(1)
    recording.dns("www.handset.example", AWS)
    for _ in range(60):
        recording.dns(f"{encoded(chance, 90)}.t.attic.example", kind="TXT")
    (finding,) = analyzed(tmp_path, recording, "dns-tunnel")
    assert finding.severity == "medium"
    assert finding.subject == "attic.example"
    assert finding.numbers["encoded_names"] == 60
    assert finding.numbers["encoded_bytes"] == 60 * (144 + 1)
    assert finding.numbers["longest"] == 145
    assert finding.numbers["evenness"] > 0.95
    assert len(finding.evidence.frames) == 60
    assert "60 names below attic.example" in finding.text
    assert "8.7 kB of content" in finding.text


def test_a_cdns_many_names_are_not(tmp_path: Path) -> None:
    """Hashed names by the hundred: looked up, and then contacted."""
    recording, chance = Recording(), random.Random(2)
    for i in range(100):
        name = f"{chance.randbytes(16).hex()}.assets.cdn.example"
        address = f"54.169.1.{i}"
        recording.dns(name, address)
        recording.tcp(address, 443, [Step(True, b"\x16\x03")])
    for i in range(300):  # short ones, not even contacted
        recording.dns(f"r{i}---sn-{chance.randbytes(4).hex()}.video.example", "54.169.2.1")
    assert analyzed(tmp_path, recording, "dns-tunnel") == []


def test_words_are_no_encoded_bytes(tmp_path: Path) -> None:
    recording, chance = Recording(), random.Random(3)
    said = [
        "service",
        "region",
        "asia",
        "south",
        "gateway",
        "storage",
        "metrics",
        "account",
        "eastern",
        "west",
    ]
    for i in range(80):
        name = "-".join(chance.choice(said) for _ in range(7))
        recording.dns(f"{name}.internal.example", code=3, at=i * SECOND)
    assert analyzed(tmp_path, recording, "dns-tunnel") == []


def test_reverse_look_ups_are_no_tunnel(tmp_path: Path) -> None:
    recording, chance = Recording(), random.Random(4)
    for _ in range(60):
        nibbles = ".".join(chance.choice("0123456789abcdef") for _ in range(32))
        recording.dns(f"{nibbles}.ip6.arpa", kind="PTR", code=3)
    assert analyzed(tmp_path, recording, "dns-tunnel") == []


def test_one_name_that_is_none(tmp_path: Path) -> None:
    recording = Recording()
    recording.dns("h4sI*2qaa3rlc3qudhh0aavjycxwakjehelu5klueow0zjxulgage-=.attic.example", code=3)
    recording.dns("what is this.attic.example", code=3)
    (finding,) = analyzed(tmp_path, recording, "dns-odd-name")
    assert finding.subject == "attic.example"
    assert finding.numbers["encoded_names"] == 1
    assert finding.severity == "low"


def test_names_looked_up_and_left(tmp_path: Path) -> None:
    recording = Recording()
    recording.dns("used.handset.example", AWS)
    recording.dns("left.handset.example", "54.169.9.9")
    recording.dns("by-name.handset.example", "54.169.9.8")
    recording.dns("blocked.handset.example", "0.0.0.0")
    recording.dns("none.handset.example", code=3)
    recording.tls("used.handset.example", AWS)
    recording.tls("by-name.handset.example", OTHER)
    recording.dns("late.handset.example", "54.169.9.7", at=10 * MINUTE)
    (finding,) = analyzed(tmp_path, recording, "looked-up-only")
    assert finding.severity == "info"
    assert finding.numbers["names_unused"] == 1
    assert finding.numbers["names_asked"] == 6
    assert finding.text.endswith("given in answer: left.handset.example.")


def test_all_names_used(tmp_path: Path) -> None:
    recording = Recording()
    recording.dns("used.handset.example", AWS)
    recording.tls("used.handset.example", AWS)
    recording.tls("used.handset.example", AWS, at=10 * MINUTE)
    assert analyzed(tmp_path, recording, "looked-up-only") == []


def test_the_time_by_bare_address(tmp_path: Path) -> None:
    recording = Recording()
    recording.dns("time.handset.example", AWS)
    recording.ntp(AWS)
    recording.ntp("10.42.0.1")
    assert analyzed(tmp_path, recording, "hard-coded-time") == []
    recording.ntp(OTHER)
    (finding,) = analyzed(tmp_path, recording, "hard-coded-time")
    assert OTHER in finding.text


def test_ports_that_are_not_usual(tmp_path: Path) -> None:
    recording = Recording()
    recording.tls("a.handset.example", AWS, port=449)
    recording.tls("a.handset.example", AWS, port=443)
    recording.http("b.handset.example", OTHER, port=7080)
    recording.http("b.handset.example", OTHER, port=8080)
    found = analyzed(tmp_path, recording, "unusual-port")
    assert sorted(f.subject for f in found) == ["a.handset.example", "b.handset.example"]
    assert all(f.numbers["flows"] == 1 for f in found)
    assert any("(449/tcp)" in f.text for f in found)


# ----------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "domain", "left"),
    [
        ("abc.def.attic.example", "attic.example", b"abcdef"),
        ("a\\200\\046b.attic.example", "attic.example", b"a\xc8.b"),
        ("attic.example", "attic.example", b""),
        ("1.0.0.127.in-addr.arpa", "", b""),
        ("printer.local", "", b""),
        ("single", "", b""),
        ("a\\200.b\\201", "", b""),
        ("\\", "", b""),
    ],
)
def test_a_name_in_its_parts(name: str, domain: str, left: bytes) -> None:
    def last_two(name: str) -> str | None:
        return ".".join(name.split(".")[-2:]) if "." in name else None

    assert tunnel.split(name, last_two) == (domain, list(left))


def test_evenness_knows_its_length() -> None:
    chance = random.Random(6)
    for size in (40, 400, 4_000):
        assert tunnel.evenness([list(base64.b32encode(chance.randbytes(size)))]) > 0.93
        assert tunnel.evenness([list(chance.randbytes(size).hex().encode())]) > 0.93
    assert tunnel.evenness([list(b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaab")]) < 0.5
    assert tunnel.evenness([]) == tunnel.evenness([[1, 1]]) == 0.0


def test_variety_is_low_where_words_repeat() -> None:
    assert tunnel.variety([list(random.Random(7).randbytes(500))]) == 1.0
    assert tunnel.variety([list(b"gateway")] * 10) == pytest.approx(0.1)
    assert tunnel.variety([[1, 2, 3, 4]]) == tunnel.variety([]) == 0.0


# ------------------------------------------------------------- real captures


REAL = {
    "exfil/ndpi__dns-tunnel-iodine.pcap": ("dns-tunnel", "medium"),
    "exfil/ndpi__dns-exf.pcap": ("dns-odd-name", "low"),
    "exfil/ndpi__trickbot.pcap": ("unusual-port", "info"),
}


@pytest.mark.parametrize("name", REAL)
def test_real_captures_yield_their_findings(shared: Path, name: str) -> None:
    found = {
        f.rule: str(f.severity) for f in pipeline.analyze([shared / "captures" / name]).findings
    }
    rule, severity = REAL[name]
    assert found[rule] == severity


def test_plain_phones_raise_nothing_of_this_kind_beyond_low(shared: Path) -> None:
    """No tunnel, no odd names, and nothing of high severity at all."""
    folder = shared / "captures" / "phone"
    for path in sorted(p for p in folder.iterdir() if p.suffix in (".pcap", ".pcapng")):
        for finding in pipeline.analyze([path], Options(home="IN")).findings:
            assert finding.severity != "high", (path.name, finding.id)
            assert finding.rule not in ("dns-tunnel", "dns-odd-name"), (path.name, finding.id)
