"""The device sheet: what its owner knows of the handset (``--device FILE``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analyzer import yamlfile
from analyzer.addresses import packed, text
from analyzer.errors import DataFileError
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
vendor:            # a vendor id, see 'phonehome rules list'
model:
firmware:
addresses: []      # the handset's own, if known: [192.168.43.20]
home:              # country its user lives in, ISO 3166-1 alpha-2: IN
place:             # where the recording was made: a city, or "19.07,72.88"
quiet_hours: []    # UTC, when nobody touched it: ["01:00-06:00"]
identifiers:       # planted or known values, each a text or a list of texts
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
    """The sheet in a YAML file; DataFileError names line and remedy."""
    document = yamlfile.read(path)
    if document.data is None:
        return Device()
    if not isinstance(document.data, dict):
        raise DataFileError(f"{path}:1: a device sheet is a list of 'key: value' lines.")
    _known(document, document.data, KEYS)
    values = {key: value for key, value in document.data.items() if value is not None}
    identifiers = values.pop("identifiers", {})
    if not isinstance(identifiers, dict):
        raise DataFileError(f"{path}:{document.line('identifiers')}: expected 'name: value' lines.")
    _known(document, identifiers, IDENTIFIERS, "identifiers")
    return Device(
        **{key: _text(document, key, values[key]) for key in _TEXTS if key in values},
        addresses=[_address(document, a) for a in _texts(document, values, "addresses")],
        quiet_hours=[_hours(document, h) for h in _texts(document, values, "quiet_hours")],
        identifiers={
            key: _texts(document, identifiers, key)
            for key, value in identifiers.items()
            if value is not None
        },
        custody=_custody(document, values.get("custody", [])),
    )


_TEXTS = ("vendor", "model", "firmware", "home", "place")


def _known(
    document: yamlfile.Document, given: dict[Any, Any], known: tuple[str, ...], *above: str
) -> None:
    for key in given:
        if key not in known:
            from difflib import get_close_matches

            near = get_close_matches(str(key), known, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(known)}."
            line = document.line(*above, key)
            raise DataFileError(f"{document.path}:{line}: unknown key '{key}'; {hint}")


def _text(document: yamlfile.Document, key: str, value: object) -> str:
    if isinstance(value, (dict, list)):
        raise DataFileError(f"{document.path}:{document.line(key)}: '{key}' takes one text.")
    return str(value)


def _texts(document: yamlfile.Document, values: dict[str, Any], key: str) -> list[str]:
    value = values.get(key)
    if value is None:
        return []
    return [_text(document, key, each) for each in (value if isinstance(value, list) else [value])]


def _address(document: yamlfile.Document, value: str) -> str:
    try:
        return text(packed(value.strip()))
    except ValueError:
        line = document.line("addresses")
        raise DataFileError(
            f"{document.path}:{line}: '{value}' is not an IP address; write it like 192.168.43.20."
        ) from None


def _hours(document: yamlfile.Document, value: str) -> str:
    """``22:30-06:00``; hours that end before they begin cross midnight."""
    begin, _, end = value.replace(" ", "").partition("-")
    if _is_time(begin) and _is_time(end):
        return f"{begin}-{end}"
    line = document.line("quiet_hours")
    raise DataFileError(
        f"{document.path}:{line}: '{value}' is no time of the day; write it like 22:30-06:00 (UTC)."
    )


def _is_time(text: str) -> bool:
    hour, minute = text[:2], text[3:]
    digits = (hour + minute).isdigit() and text.isascii()
    return len(text) == 5 and text[2] == ":" and digits and hour < "24" and minute < "60"


def _custody(document: yamlfile.Document, value: object) -> list[dict[str, str]]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        line = document.line("custody")
        raise DataFileError(
            f"{document.path}:{line}: 'custody' is a list of {{who: ..., what: ..., when: ...}}."
        )
    return [{str(k): str(v) for k, v in each.items()} for each in value]
