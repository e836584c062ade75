"""Forges captures/demo.pcapng: 45 minutes of a fictional handset in Mumbai.

    python -m captures.make_demo [FILE]

The story, and what an analysis should say, stand in captures/README.md. TLS and
QUIC draw random numbers, so two runs differ in bytes, never in sizes or times:
the capture is built once and committed.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

from captures.forging import MS, SECOND, Certificate, Recording, Step
from captures.forging.tls import filler

MINUTE = 60 * SECOND

# The fictional vendor's hosts: names of RFC 2606, addresses of real networks.
ACCOUNT = ("api.account.handset.example", "54.169.0.10")  # AWS Singapore
PUSH = ("push.handset.example", "54.169.0.20")  # AWS Singapore
BACKUP = ("cloud.india.handset.example", "13.126.0.10")  # AWS Mumbai
STATIC = ("static.handset.example", "13.35.0.10")  # CloudFront, an edge
TRACKING = ("tracking.india.handset.example", "219.142.0.10")  # China Telecom, AS4847
METRICS = ("events.metrics.example", "34.93.0.10")  # somebody else's, Google Cloud Mumbai
SEARCH = ("www.google.com", "142.251.42.10")  # a Google front end
CHECK = ("connectivitycheck.gstatic.com", "142.250.192.67")
TIME = ("time.android.com", "216.239.35.0")
RESOLVER = ("dns.google", "8.8.8.8")
HIDDEN = ("cloudflare-ech.com", "104.18.0.10")  # the outer name of an ECH handshake
NAMELESS = "54.169.0.30"  # TLS without a server name, looked up out of sight

IMEI = "004999012345673"  # test TAC 00499901, Luhn-valid: no handset has it
AGENT = "Dalvik/2.1.0 (Linux; U; Android 16; Demo One Build/DEMO.261001.001)"
NOTE = (
    "Forged by captures/make_demo.py. The vendor and its handset are fictional; "
    "nothing here shows the behaviour of a real product or person."
)


def main() -> None:
    """Writes the demo capture, or the file that is named."""
    path = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_name("demo.pcapng")
    forge().write(path, comment=NOTE)


def forge() -> Recording:
    """The whole story, in parts that overlap in time."""
    story = Recording()
    _join(story)
    _push(story)
    _account(story)
    _backup(story)
    _static(story)
    _tracking(story)
    _others(story)
    _encrypted_dns(story)
    return story


def _join(story: Recording) -> None:
    """The handset joins the hotspot, checks the way out and the time."""
    story.dhcp("Demo-One", at=0)
    story.arp(at=400 * MS)
    story.mdns("_googlecast._tcp.local", "Demo-One.local", at=800 * MS)
    story.dns(*CHECK, at=1_000 * MS, rtt=9 * MS)
    agent = {"User-Agent": AGENT, "Connection": "close"}
    path, status = "/generate_204", "204 No Content"
    story.http(*CHECK, path, headers=agent, status=status, at=1_100 * MS, rtt=8 * MS)
    story.dns(*TIME, at=2_000 * MS, rtt=9 * MS)
    story.ntp(TIME[1], at=2_100 * MS, rtt=31 * MS)


def _push(story: Recording) -> None:
    """One connection that stays open, with a heartbeat every five minutes."""
    story.dns(*PUSH, at=4 * SECOND, rtt=24 * MS)
    steps = [Step(True, filler(420, "sign in")), Step(False, filler(180, "welcome"))]
    for beat in range(9):
        wait = 5 * MINUTE - 70 * MS + beat % 4 * 9 * MS
        steps += [Step(True, filler(32, f"beat {beat}"), wait), Step(False, filler(32, "ok"))]
    story.tls(*PUSH, port=5223, alpn=(), steps=steps, closed=False, at=4_100 * MS, rtt=63 * MS)


def _account(story: Recording) -> None:
    """Signing in: the vendor's account service, in Singapore."""
    cnames = ["account-lb.handset.example"]
    story.dns(*ACCOUNT, cnames=cnames, at=5 * SECOND, rtt=22 * MS)
    story.tls(*ACCOUNT, up=1_900, down=5_200, at=5_200 * MS, rtt=62 * MS)
    story.tls(*ACCOUNT, up=800, down=2_400, at=15 * MINUTE, rtt=64 * MS)
    story.tls(*ACCOUNT, up=800, down=2_400, at=36 * MINUTE, rtt=61 * MS)


def _backup(story: Recording) -> None:
    """Photos go up to Mumbai, the second time while nobody uses the handset."""
    story.dns(*BACKUP, at=6 * MINUTE, rtt=12 * MS)
    story.tls(*BACKUP, up=22_000, down=1_200, at=6 * MINUTE + 100 * MS, rtt=6 * MS)
    story.tls(*BACKUP, up=31_000, down=900, at=31 * MINUTE, rtt=7 * MS)


def _static(story: Recording) -> None:
    """Themes and update lists from an edge, over TLS 1.2 with its certificate in clear."""
    cnames = ["d111111abcdef8.cloudfront.net"]
    story.dns(*STATIC, cnames=cnames, ttl=60, at=7 * MINUTE, rtt=13 * MS)
    shown = Certificate(("*.handset.example", "handset.example"))
    for minute, size, rtt in ((7, 38_000, 9 * MS), (27, 6_000, 8 * MS)):
        at = minute * MINUTE + 80 * MS
        story.tls(*STATIC, version="1.2", certificate=shown, down=size, at=at, rtt=rtt)


def _tracking(story: Recording) -> None:
    """Usage reports in clear, three times; "india" is answered from China."""
    story.dns(*TRACKING, at=3 * MINUTE, rtt=180 * MS)
    for number, minute in enumerate((3, 18, 33)):
        report = {"event": "app_usage", "imei": IMEI, "model": "Demo One", "n": number + 1}
        body = b"data=" + base64.b64encode(json.dumps(report).encode())
        story.http(
            *TRACKING,
            "/v2/collect",
            method="POST",
            headers={
                "User-Agent": AGENT,
                "Content-Type": "application/x-www-form-urlencoded",
                "Connection": "close",
            },
            body=body,
            reply=b'{"code":0}',
            at=minute * MINUTE + 400 * MS,
            rtt=(168 + number) * MS,
        )


def _others(story: Recording) -> None:
    """Somebody else's service in Mumbai, and a search over QUIC."""
    story.dns(*METRICS, at=8 * MINUTE, rtt=14 * MS)
    story.tls(*METRICS, up=2_600, down=300, at=8 * MINUTE + 60 * MS, rtt=5 * MS)
    story.dns(*SEARCH, at=9 * MINUTE, rtt=11 * MS)
    story.https_record(SEARCH[0], at=9 * MINUTE + 2 * MS, rtt=11 * MS)
    story.quic(*SEARCH, up=500, down=30_000, at=9 * MINUTE + 60 * MS, rtt=8 * MS)


def _encrypted_dns(story: Recording) -> None:
    """From minute 12 a browser asks over HTTPS: what it then visits has no look-up in sight."""
    story.dns(*RESOLVER, at=12 * MINUTE, rtt=10 * MS)
    story.doh(*RESOLVER, queries=6, at=12 * MINUTE + 40 * MS, rtt=12 * MS)
    story.tls(*HIDDEN, ech=True, up=900, down=16_000, at=12 * MINUTE + 3 * SECOND, rtt=7 * MS)
    story.tls(None, NAMELESS, up=700, down=2_000, at=12 * MINUTE + 5 * SECOND, rtt=62 * MS)


if __name__ == "__main__":
    main()
