"""Keys open what TLS protects."""

from pathlib import Path
from tempfile import TemporaryDirectory

from captures.forging import Recording, Step
from tests.scenes import MUMBAI, SINGAPORE, recording

IMEI = b"004999012345673"  # a test TAC: no handset has it
REPORT = b'{"imei":"%s","user":"someone@example.org"}' % IMEI
NAME = "data.mistat.intl.xiaomi.com"


def _post(body: bytes) -> list[Step]:
    head = b"POST /c HTTP/1.1\r\nHost: log.inside.example\r\nContent-Length: %d\r\n\r\n" % len(body)
    return [Step(True, head + body), Step(False, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]


def _http_2(body: bytes) -> list[Step]:
    """A request's body in a DATA frame (RFC 9113 6.1), before any header."""
    settings = b"\0\0\0\x04\0\0\0\0\0"
    data = len(body).to_bytes(3, "big") + b"\0\1\0\0\0\1" + body
    return [
        Step(True, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings + data),
        Step(False, settings),
    ]


def _story() -> Recording:
    story = recording()
    for name, address, version in ((NAME, SINGAPORE, "1.3"), ("api.io.mi.com", MUMBAI, "1.2")):
        story.dns(name, address)
        story.tls(name, address, version=version, alpn=("http/1.1",), steps=_post(REPORT))
    story.tls("api.io.mi.com", MUMBAI, steps=_http_2(REPORT))
    return story


def with_keys() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder, "x.pcapng")
        _story().write(path, secrets=True)
        return path.read_bytes()


def without_keys() -> Recording:
    return _story()


def with_other_keys() -> bytes:
    """The keys of another recording."""
    story = _story()
    story.key_log = _story().key_log
    with TemporaryDirectory() as folder:
        path = Path(folder, "x.pcapng")
        story.write(path, secrets=True)
        return path.read_bytes()
