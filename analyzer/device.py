"""The device sheet: what its owner knows of the handset (``--device FILE``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analyzer import yamlfile
from analyzer.addresses import packed, text
from analyzer.errors import DataFileError
from analyzer.problems import closest
from analyzer.record import Record, field

IDENTIFIERS = (
    "imei", "imsi", "iccid", "phone", "serial", "android_id", "advertising_id", "wifi_mac",
    "bluetooth_mac", "email", "ssid", "bssid", "name", "position", "contacts",
)  # fmt: skip
KEYS = (
    "vendor", "model", "firmware", "addresses", "home", "place", "quiet_hours", "identifiers",
    "custody",
)  # fmt: skip

TEMPLATE = """\
# Device sheet: what you know of the handset. Every line may be left out.
vendor:            # a vendor id such as xiaomi; an unknown one is answered with all
model:
firmware:
addresses: []      # the handset's own, if known: [192.168.43.20]
home:              # country its user lives in, ISO 3166-1 alpha-2: IN
place:             # where the recording was made: a city, or "19.07,72.88"
quiet_hours: []    # UTC, when nobody touched it: ["01:00-06:00"]
identifiers:       # planted or known values, none as plain as 123456; each a text or a list
  imei:
  imsi:
  iccid:
  phone:
  serial:
  android_id:
  advertising_id:
  wifi_mac:
  bluetooth_mac:
  email:
  ssid:
  bssid:
  name:
  position:
  contacts: []
custody: []        # who did what to the recording, when: [{who: ..., what: ..., when: ...}]
"""


class Device(Record, frozen=True):
    """The handset as its owner described it."""

    vendor: str | None = None
    model: str | None = None
    firmware: str | None = None
    addresses: list[str] = field(default_factory=list)
    home: str | None = None
    place: str | None = None
    quiet_hours: list[str] = field(default_factory=list)
    identifiers: dict[str, list[str]] = field(default_factory=dict)
    custody: list[dict[str, str]] = field(default_factory=list)

    def own_words(self) -> list[str]:
        """What it says of the handset itself: maker, model and firmware."""
        return [text for text in (self.vendor, self.model, self.firmware) if text]


def read(path: Path) -> Device:
    """The sheet in a YAML file; DataFileError names of every problem line and remedy."""
    document = yamlfile.read(path)
    if document.data is None:
        return Device()
    if not isinstance(document.data, dict):
        raise DataFileError(f"{path}:1: a device sheet is a list of 'key: value' lines.")
    sheet = _Sheet(document)
    device = sheet.device(document.data)
    if sheet.wrong:
        raise DataFileError("\n".join(sheet.wrong))
    return device


class _Sheet:
    """A sheet being read; what is wrong in it is collected, and all told at once."""

    def __init__(self, document: yamlfile.Document) -> None:
        self.document = document
        self.wrong: list[str] = []

    def device(self, given: dict[Any, Any]) -> Device:
        """What the sheet says, as far as it can be read."""
        self.known(given, KEYS)
        values = {key: value for key, value in given.items() if value is not None}
        return Device(
            **{key: self.text(key, values[key]) for key in _TEXTS if key in values},
            addresses=[self.address(a) for a in self.texts(values, "addresses")],
            quiet_hours=[self.hours(h) for h in self.texts(values, "quiet_hours")],
            identifiers=self.identifiers(values.get("identifiers", {})),
            custody=self.custody(values.get("custody", [])),
        )

    def no(self, what: str, *keys: str) -> None:
        """Notes what is wrong in the line of a key."""
        self.wrong.append(f"{self.document.path}:{self.document.line(*keys)}: {what}")

    def known(self, given: dict[Any, Any], known: tuple[str, ...], *above: str) -> None:
        for key in given:
            if key not in known:
                near = closest(str(key), known)
                hint = f"did you mean '{near}'?" if near else f"known are {', '.join(known)}."
                self.no(f"unknown key '{key}'; {hint}", *above, key)

    def text(self, key: str, value: object, *above: str) -> str:
        if isinstance(value, (dict, list)):
            self.no(f"'{key}' takes one text.", *above, key)
        return str(value)

    def texts(self, values: dict[str, Any], key: str, *above: str) -> list[str]:
        value = values.get(key)
        if value is None:
            return []
        listed = value if isinstance(value, list) else [value]
        return [self.text(key, each, *above) for each in listed]

    def identifiers(self, value: object) -> dict[str, list[str]]:
        if not isinstance(value, dict):
            self.no("expected 'name: value' lines.", "identifiers")
            return {}
        self.known(value, IDENTIFIERS, "identifiers")
        named = [key for key, each in value.items() if each is not None]
        return {key: self.texts(value, key, "identifiers") for key in named}

    def address(self, value: str) -> str:
        try:
            return text(packed(value.strip()))
        except ValueError:
            self.no(f"'{value}' is not an IP address; write it like 192.168.43.20.", "addresses")
            return ""

    def hours(self, value: str) -> str:
        """``22:30-06:00``; hours that end before they begin cross midnight."""
        begin, _, end = value.replace(" ", "").partition("-")
        if not (_is_time(begin) and _is_time(end)):
            what = f"'{value}' is no time of the day; write it like 22:30-06:00 (UTC)."
            self.no(what, "quiet_hours")
        return f"{begin}-{end}"

    def custody(self, value: object) -> list[dict[str, str]]:
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.no("'custody' is a list of {who: ..., what: ..., when: ...}.", "custody")
            return []
        return [{str(k): str(v) for k, v in each.items()} for each in value]


_TEXTS = ("vendor", "model", "firmware", "home", "place")


def _is_time(text: str) -> bool:
    hour, minute = text[:2], text[3:]
    digits = (hour + minute).isdigit() and text.isascii()
    return len(text) == 5 and text[2] == ":" and digits and hour < "24" and minute < "60"
