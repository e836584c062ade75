"""No value of an identifier stands in anything a run writes, whatever it stood in."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path

import pytest
from forged_results import flow, result

from analyzer.judge.identifier_pool import pool
from analyzer.judge.masking import Masker
from analyzer.pipeline import analyze
from captures.forging import Recording

IMEI = "004999012345673"
MAIL = "someone@mail.example"
LOOKS = "356938035643809"  # in no sheet
SERVER = "54.169.0.10"


def masker(deep: bool = False) -> Masker:
    sheet = {"imei": [IMEI], "email": [MAIL], "serial": ["DEMOserial01"]}
    return Masker(pool(sheet), [("password", b"user:password"), ("model", b"Demo One")], deep)


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("GET /?imei=004999012345673&x=1", "GET /?imei=00***********73&x=1"),
        (f"{IMEI}.track.example", "00***********73.track.example"),
        ("someone%40mail.example", "**********************"),
        ("SOMEONE@mail.example!", "SO****************LE!".replace("LE", "le")),
        ("demoSERIAL01", "de********01"),
        (IMEI.encode().hex(), "*" * 30),
        ("user:password", "*************"),
        ("sign in: password", "sign in: ********"),
        (base64.b64encode(b"user:password").decode(), "*" * 20),
        ("Demo One", "Demo One"),
        ("a Wi-Fi name", "a Wi-Fi name"),
        ("", ""),
        ("é" + IMEI + "é", "é00***********73é"),
        ("/?i=0049990123...", "/?i=**********..."),
        ("/?i=0049990", "/?i=*******"),
        ("/?i=00499", "/?i=00499"),
        ("\udcff" + IMEI, "\udcff00***********73"),
    ],
)
def test_texts(text: str, covered: str) -> None:
    assert masker().text(text) == covered


def test_base64_of_something_longer() -> None:
    inner = base64.b64encode(b'{"imei":"' + IMEI.encode() + b'"}').decode()
    shown = masker().text(f"GET /?d={inner}")
    assert IMEI.encode() not in base64.b64decode(inner.replace(inner, shown[8:].replace("*", "A")))
    assert shown.count("*") >= 18
    assert len(shown) == len(inner) + 8


@pytest.mark.parametrize("lead", range(5))
def test_reversed_and_in_base32(lead: int) -> None:
    assert "*" * 15 in masker().text(f"/?a={IMEI[::-1]}&b")
    text = base64.b32encode(b"x" * lead + IMEI.encode() + b"yz").decode().rstrip("=")
    for shown in (text, text.lower()):
        assert masker().text(f"/{shown}/").count("*") >= 23


def test_names_with_other_marks_and_in_names_of_hosts() -> None:
    words = Masker(pool({"name": ["Asha Kumar"], "contacts": ["example"]}), [], False)
    story = result([], [flow(1, SERVER, name="web.example")])
    words.prepare(story)
    assert words.text("asha-kumar.local") == "**********.local"
    assert words.text("kumar_asha's phone") == "**********'s phone"
    assert words.text("left-home-web.example") == "left-home-web.example"
    assert story.flows[0].name == "web.example"


def test_behind_telling_keys_without_a_sheet(tmp_path: Path) -> None:
    story = Recording()
    story.http("a.example", SERVER, "/c?iccid=8991000904&ssid=My%20Nest&imei1=12345678&page=2&x=1")
    story.write(tmp_path / "a.pcapng")
    (seen,) = [n for n in analyze([tmp_path / "a.pcapng"]).names if n.source == "http_host"]
    for value in ("991000904", "Nest", "234567"):
        assert value not in seen.detail
    assert "&page=2&x=1" in seen.detail


def test_below_layers_where_one_was_found_there() -> None:
    twice = base64.b64encode(base64.b64encode(b"imei=" + IMEI.encode())).decode()
    assert masker(deep=True).text(f"d={twice}&k=v") == "d=" + "*" * len(twice) + "&k=v"


def test_a_hash_that_findings_are_named_by_stays() -> None:
    import hashlib

    name = hashlib.sha256(IMEI.encode()).hexdigest()
    assert masker().text(name) == name
    assert "*" in masker().text(hashlib.sha1(IMEI.encode()).hexdigest())


def planted() -> Recording:
    """Values wherever captured text can enter a report, in clear and encoded."""
    story = Recording()
    hexed = IMEI.encode().hex()
    story.dns(f"{IMEI}.track.example", SERVER)
    story.dns(f"{hexed}.track.example", SERVER)
    agent = {"User-Agent": f"App/1.0 (Android 12; Demo {IMEI})", "Cookie": f"id={MAIL}"}
    story.http(f"{IMEI}.track.example", SERVER, f"/?imei={IMEI}&m={MAIL}", headers=agent)
    story.http("b.example", SERVER, "/" + base64.b64encode(IMEI.encode()).decode())
    story.http("c.example", SERVER, "/" + "x" * 980 + f"&device={IMEI}")
    story.http("d.example", SERVER, f"/?imei={LOOKS}&mail=other@mail.example")
    basic = base64.b64encode(b"someuser:somepassword").decode()
    story.http(f"{LOOKS}.example", SERVER, "/", headers={"Authorization": f"Basic {basic}"})
    story.http("e.example", SERVER, f"/login?pass=somepassword&b={basic}")
    story.tls(f"{IMEI}.tls.example", SERVER)
    story.mdns("_x._tcp.local", f"phone-{IMEI}.local")
    story.dhcp(f"phone-{IMEI}")
    return story


def said(arguments: list[str], folder: Path) -> str:
    """What the command prints, run in a folder."""
    program = [sys.executable, "-m", "analyzer", *arguments]
    ran = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout + ran.stderr


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("planted")
    story = planted()
    story.write(folder / "phone.pcapng")
    sheet = f'addresses: [{story.handset.ip}]\nidentifiers:\n  imei: "{IMEI}"\n'
    sheet += f'  email: {MAIL}\n  wifi_mac: "{story.handset.mac}"\n'
    (folder / "device.yaml").write_text(sheet)
    args = "analyze phone.pcapng --device device.yaml --home IN -o report --format html,json,csv,md"
    told = said(args.split(), folder)
    return folder / "report", told + said(["reply-pack", "report"], folder)


def test_no_file_and_no_terminal_shows_a_value(report: tuple[Path, str]) -> None:
    folder, printed = report
    texts = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()
             if path.suffix != ".pcapng"}  # fmt: skip
    texts["terminal"] = printed.encode()
    assert {"result.json", "report.html", "names.csv", "flows.csv", "report.md"} <= set(texts)
    values = [IMEI, MAIL, LOOKS, "other@mail.example", "somepassword", "someuser:",
              IMEI.encode().hex(), base64.b64encode(IMEI.encode()).decode()[:19],
              base64.b64encode(b"someuser:somepassword").decode(), "02:00:5e:00:53:14"]  # fmt: skip
    for name, data in texts.items():
        for value in values:
            assert value.encode().lower() not in data.lower(), (name, value)


def test_the_report_says_what_evidence_files_hold(report: tuple[Path, str]) -> None:
    folder, _ = report
    for name in ("report.html", "manifest.json"):
        assert "as recorded" in (folder / name).read_text("utf-8")
    evidence = b"".join(path.read_bytes() for path in folder.rglob("*.pcapng"))
    assert IMEI.encode() in evidence


def test_names_still_name_their_owner(report: tuple[Path, str]) -> None:
    names = (report[0] / "names.csv").read_text("utf-8")
    assert "00***********73.track.example" in names
    assert "b.example" in names
