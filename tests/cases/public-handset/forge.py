"""A handset with a public address."""

from captures.forging import Host, Recording
from tests.scenes import recording

PHONE = Host("2401:4900:1c00:1234::20", "02:00:5e:00:53:14")
GATEWAY = Host("2401:4900:1c00:1234::1", "00:00:5e:00:53:01")
SERVER = "2406:da18:1::10"  # AWS ap-southeast-1


def mobile() -> Recording:
    story = recording(handset=PHONE, gateway=GATEWAY)
    story.dns("account.xiaomi.com", SERVER, kind="AAAA")
    story.tls("account.xiaomi.com", SERVER, up=9_000, down=300)
    return story
