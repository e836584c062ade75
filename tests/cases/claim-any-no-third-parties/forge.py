"""Any vendor: we do not share with third parties."""

from captures.forging import Recording
from tests.scenes import GOOGLE_EDGE, SINGAPORE, recording


def _reports(app: str | None) -> Recording:
    story = recording("2017-09-10")
    own = {"app": (1_000, "com.xiaomi.account")} if app else {}
    more = {"app": (10_100, app)} if app else {}
    story.tls("account.xiaomi.com", SINGAPORE, up=3_000, **own)
    story.tls("app-measurement.com", GOOGLE_EDGE, up=3_000, **more)
    return story


def vendors_app() -> Recording:
    return _reports("com.miui.weather2")


def users_app() -> Recording:
    return _reports("com.example.game")


def apps_unknown() -> Recording:
    return _reports(None)
