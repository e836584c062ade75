"""Owners, parties and vendors of names, with the embedded tables."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.errors import DataFileError
from analyzer.model import Party
from analyzer.owners.registry import Registry
from analyzer.shipped import rules_folder

SHARED = Path(
    os.environ.get("PHONEHOME_SHARED", Path(__file__).resolve().parents[2].parent / "shared")
)
WHOLE = Registry.open([rules_folder() / "vendors"])


@pytest.mark.parametrize(
    ("name", "company", "country", "domain", "category"),
    [
        ("tracking.india.miui.com", "Xiaomi", "CN", "miui.com", "telemetry"),
        ("d1234.cloudfront.net", "Amazon Web Services", "US", "cloudfront.net", "cdn"),
        ("x.eu-central-1.elb.amazonaws.com", "Amazon Web Services", "US", "amazonaws.com", "cloud"),
        ("t.appsflyer.com", "AppsFlyer", "IL", "appsflyer.com", "attribution"),
        ("js.moatads.com", "Oracle", "US", "moatads.com", "ads"),
        ("config2.mparticle.com", "mParticle", "US", "mparticle.com", "analytics"),
        ("mobile-collector.newrelic.com", "New Relic", "US", "newrelic.com", "analytics"),
        ("mmg.whatsapp.net", "Meta", "US", "whatsapp.net", "chat"),
        ("MMG.WhatsApp.NET.", "Meta", "US", "whatsapp.net", "chat"),
        ("short.weixin.qq.com", "Tencent", "CN", "qq.com", "chat"),
        ("beacon.qq.com", "Tencent", "CN", "qq.com", "analytics"),
        ("booking.loco.kakao.com", "Kakao", "KR", "kakao.com", "chat"),
        ("jio.com", "Reliance Jio", "IN", "jio.com", "carrier"),
        ("a.oss-ap-southeast-1.aliyuncs.com", "Alibaba Cloud", "CN", "aliyuncs.com", "cloud"),
        ("bucket.storage.googleapis.com", "Google", "US", "googleapis.com", "cloud"),
        ("firebaseinstallations.googleapis.com", "Google", "US", "googleapis.com", "system"),
    ],
)
def test_owner(name: str, company: str, country: str, domain: str, category: str) -> None:
    owner = WHOLE.owner(name)
    assert owner is not None
    assert (owner.name, owner.country, owner.domain) == (company, country, domain)
    assert owner.category == category


@pytest.mark.parametrize(
    "name",
    ["notmiui.com", "miui.com.example.org", "xcloudfront.net", "com", "", "192.0.2.1",
     "2001:db8::1", "unheard-of.example.org", "a..b", "printer.local"],
)  # fmt: skip
def test_no_owner(name: str) -> None:
    assert WHOLE.owner(name) is None


class TestChain:
    def test_a_cdn_behind_an_unknown_name_does_not_own_it(self) -> None:
        assert WHOLE.owner("api.unheard-of.org", ("x.edgekey.net", "y.akamaiedge.net")) is None

    def test_a_measuring_company_behind_an_unknown_name_is_named(self) -> None:
        owner = WHOLE.owner("metrics.unheard-of.org", ("unheard.sc.omtrdc.net",))
        assert owner is not None
        assert (owner.name, owner.domain) == ("Adobe", "omtrdc.net")

    def test_the_name_itself_outranks_its_chain(self) -> None:
        owner = WHOLE.owner("account.xiaomi.com", ("unheard.sc.omtrdc.net",))
        assert owner is not None
        assert owner.name == "Xiaomi"


FIRST, SUPPORT, THIRD, UNKNOWN = Party.FIRST, Party.SUPPORT, Party.THIRD, Party.UNKNOWN


@pytest.mark.parametrize(
    ("names", "vendor", "party"),
    [
        (["tracking.miui.com"], "xiaomi", FIRST),
        (["tracking.miui.com"], "samsung", THIRD),
        (["account.xiaomi.com"], None, UNKNOWN),  # may be the handset's own maker
        (["tracking.miui.com"], None, THIRD),
        (["notmiui.com"], "xiaomi", UNKNOWN),
        (["bdapi-ads.realmemobile.com"], "oppo", FIRST),  # affiliate
        (["bdapi-ads.realmemobile.com"], "vivo", THIRD),
        (["graph.facebook.com"], "xiaomi", THIRD),
        (["d1.cloudfront.net"], "xiaomi", SUPPORT),
        (["ocsp.digicert.com"], "xiaomi", SUPPORT),
        (["0.pool.ntp.org"], "xiaomi", SUPPORT),
        (["connectivitycheck.gstatic.com"], "xiaomi", SUPPORT),
        (["mtalk.google.com"], "xiaomi", THIRD),
        (["mtalk.google.com"], "google", FIRST),
        (["bucket.storage.googleapis.com"], "google", SUPPORT),  # a customer's
        (["adservice.google.com"], "google", FIRST),
        (["api.samsungcloud.com"], "xiaomi", THIRD),
        (["unheard-of.org"], "xiaomi", UNKNOWN),
        ([], "xiaomi", UNKNOWN),
        (["d1.cloudfront.net", "account.xiaomi.com"], "xiaomi", FIRST),
        (["d1.cloudfront.net", "t.appsflyer.com"], "xiaomi", THIRD),
        (["unheard-of.org", "d1.cloudfront.net"], "xiaomi", SUPPORT),
        (["account.xiaomi.com"], "no-such-vendor", THIRD),
    ],
)
def test_party(names: list[str], vendor: str | None, party: Party) -> None:
    assert WHOLE.party(names, vendor, "aws") == party


LABEL = st.text("abcz09-", min_size=1, max_size=5)


@given(st.sampled_from(["miui.com", "facebook.com", "cloudfront.net", "t.me", "x.com"]), LABEL)
def test_a_match_never_begins_inside_a_label(domain: str, text: str) -> None:
    owner, below = WHOLE.owner(domain), WHOLE.owner(f"{text}.{domain}")
    inside = WHOLE.owner(text + domain)
    assert owner is not None
    assert below is not None
    assert inside is None or inside.domain != owner.domain
    assert WHOLE.owner(f"{domain}.{text}zz") is None


@given(st.text(max_size=300))
def test_any_text_is_a_name_or_none(text: str) -> None:
    WHOLE.owner(text)
    WHOLE.domain(text)
    assert WHOLE.party([text], "xiaomi", None) in Party
    WHOLE.vendor_of_mac(text)


@pytest.mark.parametrize(
    ("maker", "texts", "vendor"),
    [
        (None, ["Dalvik/2.1.0 (Linux; U; Android 10; Redmi Note 9 Pro MIUI/V12)"], "xiaomi"),
        (None, ["Dalvik/2.1.0 (Linux; U; Android 9; SM-A205F Build/PPR1)"], "samsung"),
        (None, ["Dalvik/2.1.0 (Linux; U; Android 5.1; TECNO-J8 Build/LMY47D)"], "transsion"),
        (None, ["Mozilla/5.0 (Linux; Android 9; Nokia 2.2) x"], "hmd"),
        (None, ["... RMX2001 ..."], "realme"),
        ("Xiaomi Communications Co Ltd", [], "xiaomi"),
        ("HUAWEI TECHNOLOGIES CO.,LTD", ["okhttp/3.12.1"], "huawei"),
        ("Itel Mobile Limited", [], "transsion"),
        ("itelio GmbH", [], None),
        ("Intel Corporate", [], None),
        ("Xiaomi Communications", ["(Linux; Android 9; SM-A205F)"], "samsung"),
        (None, ["(Linux; Android 9; SM-A205F)", "(Linux; Android 9; Redmi 8)"], None),
        (None, [], None),
    ],
)
def test_guess_vendor(maker: str | None, texts: list[str], vendor: str | None) -> None:
    guess = WHOLE.guess_vendor(maker, texts)
    assert (guess and guess[0]) == vendor
    assert guess is None or guess[1].endswith(".")


def test_vendor_of_name() -> None:
    assert WHOLE.vendor_of_name("x.heytapmobi.com") == "oppo"
    assert WHOLE.vendor_of_name("bucket.storage.googleapis.com") is None


def test_data_sets_name_publisher_date_licence() -> None:
    sets = {d.name: d for d in WHOLE.data_sets()}
    assert sets["MAC address prefixes"].licence == "MIT"
    assert sets["Public suffixes (ICANN section)"].built == "2026-10-22"
    assert all(len(d.sha256) == 64 and d.publisher for d in sets.values())


def test_missing_tables_are_one_sentence(tmp_path: Path) -> None:
    empty = Registry([rules_folder() / "vendors"], tmp_path)
    for ask in (lambda: empty.owner("a.b"), lambda: empty.domain("a.b"), empty.data_sets):
        with pytest.raises(DataFileError, match="install the package again"):
            ask()


def test_frequent_names_of_real_captures_are_owned() -> None:
    truth = SHARED / "captures" / "truth"
    if not truth.is_dir():
        pytest.skip("no shared captures here")
    counts: Counter[str] = Counter()
    for path in sorted(truth.glob("*.json")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            if row["type"] == "sni" and row.get("sni"):
                counts.update(row["sni"] if isinstance(row["sni"], list) else [row["sni"]])
    domains: Counter[str] = Counter()
    for name, count in counts.items():
        if WHOLE.domain(name) and not name.startswith(("www.example", "example")):
            domains[str(WHOLE.owner(name) is not None)] += count
    assert domains["True"] / domains.total() > 0.9
