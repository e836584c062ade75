"""Mail in clear although TLS was offered."""

import base64

from captures.forging import Recording, Step
from captures.forging.tls import TlsTalk
from tests.scenes import MUMBAI, recording

WORD = "summer-rain-71"
GREETING = [
    Step(False, b"220 mail.metrics.example ESMTP\r\n"),
    Step(True, b"EHLO phone\r\n"),
    Step(False, b"250-mail.metrics.example\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n"),
]


def declined() -> Recording:
    story = recording()
    story.dns("mail.metrics.example", MUMBAI)
    plain = base64.b64encode(b"\0somebody@metrics.example\0" + WORD.encode())
    said = [Step(True, b"AUTH PLAIN " + plain + b"\r\n"), Step(False, b"235 ok\r\n")]
    story.tcp(MUMBAI, 587, [*GREETING, *said])
    return story


def taken_up() -> Recording:
    story = recording()
    story.dns("mail.metrics.example", MUMBAI)
    said = [Step(True, b"STARTTLS\r\n"), Step(False, b"220 go ahead\r\n")]
    talk = TlsTalk("mail.metrics.example", alpn=())
    said += [Step(up, data) for up, data in talk.handshake()]
    said.append(Step(True, talk.send(True, b"EHLO phone\r\n" * 20)))
    story.tcp(MUMBAI, 587, [*GREETING, *said])
    return story
