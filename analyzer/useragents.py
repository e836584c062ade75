"""Which model a handset says it is: read from user agents and DHCP host names.

The texts are captured, so nothing is trusted: splits and slices only, linear in
the text, everything capped. The forms read are those Android, its WebView and
the large apps send:

    Dalvik/2.1.0 (Linux; U; Android 10; Redmi Note 9 Pro MIUI/V12.0.3.0)
    Mozilla/5.0 (Linux; Android 9; Nokia 2.2) AppleWebKit/537.36 ...
    Instagram 7.1.1 Android (19/4.4.2; 480dpi; 1080x1920; samsung; GT-I9505; ...)
    ... [FBAN/FB4A;FBDV/SM-A205F;FBMF/samsung;...]       Device/iPhone10,4
"""

from __future__ import annotations

from collections.abc import Iterable

MODELS = 8
"""Model hints kept per handset."""

MODEL_TEXT = 48
"""Characters of a model name; the longest on sale have about 30."""

_TEXT = 1_024
_PARTS = 24
_NOT_MODELS = frozenset(("k", "u", "wv", "mobile", "tablet", "unknown", "generic", "linux"))
_BRANDED_HOSTS = (
    "redmi", "poco", "mi-", "mi ", "xiaomi", "galaxy", "oppo", "vivo", "realme", "oneplus",
    "huawei", "honor", "tecno", "infinix", "itel", "moto", "nokia", "pixel",
)  # fmt: skip


def models_of(sayings: Iterable[tuple[str, str]]) -> list[str]:
    """Model names in pairs of (hint kind, text), each once, in order of sighting."""
    found: dict[str, str] = {}
    for kind, text in sayings:
        read = _READERS.get(kind)
        model = read(text) if read else None
        if model and len(found) < MODELS:
            found.setdefault(model.lower(), model)
    return list(found.values())


def model_of_agent(text: str) -> str | None:
    """The model a user agent names, or None."""
    text = text[:_TEXT]
    return _after_android(text) or _of_instagram(text) or _of_facebook(text) or _of_apple(text)


def model_of_host_name(text: str) -> str | None:
    """A model in a DHCP host name such as ``Redmi-Note-9-Pro``, or None.

    Apple host names hold the owner's name, so only the kind of device is kept.
    """
    low = text[:_TEXT].lower()
    for mark, kind in (("iphone", "iPhone"), ("ipad", "iPad")):
        if mark in low:
            return kind
    return _fit(text.removesuffix(".local")) if low.startswith(_BRANDED_HOSTS) else None


def _after_android(text: str) -> str | None:
    """The part after ``Android <version>`` that is neither locale nor build."""
    _, bracket, inside = text.partition("(")
    parts = [p.strip() for p in inside.partition(")")[0].split(";", _PARTS)] if bracket else []
    at = next((i for i, p in enumerate(parts) if p.startswith("Android ")), None)
    if at is None:
        return None
    for part in parts[at + 1 :]:
        model = part.partition("Build/")[0].partition("MIUI/")[0].strip()
        if not model or _is_locale(model) or model.startswith("rv:"):
            continue
        if model.lower() not in _NOT_MODELS:
            return _fit(model)
    return None


def _of_instagram(text: str) -> str | None:
    """``Android (29/10; 420dpi; 1080x2340; samsung; SM-A205F; ...)``: the fifth part."""
    head, bracket, inside = text.partition("Android (")
    parts = [p.strip() for p in inside.partition(")")[0].split(";", _PARTS)]
    if not bracket or len(parts) < 5 or not parts[1].endswith("dpi") or "/" in head[-1:]:
        return None
    return _fit(parts[4])


def _of_facebook(text: str) -> str | None:
    _, mark, rest = text.partition("FBDV/")
    return _fit(rest.partition(";")[0].partition("]")[0]) if mark else None


def _of_apple(text: str) -> str | None:
    """``iPhone10,4`` where a model number is given, else ``iPhone`` or ``iPad``."""
    for mark in ("iPhone", "iPad"):
        _, found, rest = text.partition(mark)
        if found:
            number = rest[:6].partition(";")[0].partition(" ")[0]
            major, comma, minor = number.partition(",")
            if comma and major.isascii() and major.isdigit() and minor[:1].isdigit():
                return f"{mark}{major},{minor[:1]}"
            return mark
    return None


def _is_locale(part: str) -> bool:
    """``en``, ``en-US``, ``zh_CN``, ``zh-Hans-CN``."""
    language, rest = part[:2], part[2:]
    if not (part.isascii() and len(language) == 2 and language.isalpha() and language.islower()):
        return False
    return not rest or (rest[0] in "-_" and len(rest) <= 8 and not any(map(str.isdigit, rest)))


def _fit(model: str) -> str | None:
    """A model fit to show: printable, trimmed, capped; None if nothing is left."""
    clean = "".join(c for c in model[:MODEL_TEXT] if c.isprintable()).strip(" .-_")
    return clean or None


_READERS = {
    "user_agent": model_of_agent,
    "dhcp_hostname": model_of_host_name,
    "mdns_name": model_of_host_name,
    "mipush_model": _fit,  # the greeting says it plainly
}
