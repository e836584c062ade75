"""The shipped vendor files, and what is said of wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.errors import DataFileError
from analyzer.owners.vendors import Vendor, expand, load, marks_in
from analyzer.shipped import rules_folder

FOLDER = rules_folder() / "vendors"
GOOD = """\
id: sample
title: Sample
company: Sample Mobile
country: "NO"
brands: [Sample]
affiliates: []
domains:
  sample.test-tld: system
  push.sample.test-tld: push
regional:
  - {pattern: "stats.{,eu.}sample.test-tld", purpose: telemetry}
asns: [64500]
mac_names: [Sample Mobile]
user_agent_marks: [Sample-]
sources:
  domains: a
  regional: b
  asns: c
  mac_names: d
  user_agent_marks: e
examples:
  match: [x.sample.test-tld]
  miss: [notsample.test-tld]
"""


@pytest.fixture(scope="module")
def vendors() -> dict[str, Vendor]:
    return load([FOLDER])


def write(folder: Path, text: str, name: str = "sample.yaml") -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder


def test_the_asked_for_vendors_ship(vendors: dict[str, Vendor]) -> None:
    assert set(vendors) > {
        "apple", "google", "hmd", "honor", "huawei", "motorola", "oneplus", "oppo", "realme",
        "samsung", "transsion", "vivo", "xiaomi",
    }  # fmt: skip
    assert vendors["xiaomi"].asns == (63855, 63915)
    assert vendors["oppo"].affiliates == ("realme", "oneplus")


@pytest.mark.parametrize("id", sorted(path.stem for path in FOLDER.glob("*.yaml")))
def test_every_vendor_has_facts_and_examples(vendors: dict[str, Vendor], id: str) -> None:
    vendor = vendors[id]
    assert vendor.mac_names or id == "demo"
    assert vendor.user_agent_marks
    assert len(vendor.domains) >= (1 if id == "demo" else 2)
    assert len(vendor.examples["match"]) >= 2
    assert len(vendor.examples["miss"]) >= 3


def test_no_domain_has_two_vendors(vendors: dict[str, Vendor]) -> None:
    domains = [d for v in vendors.values() for d in v.domains]
    assert len(domains) == len(set(domains))


@pytest.mark.parametrize(
    ("vendor", "host", "purpose"),
    [
        ("xiaomi", "tracking.miui.com", "telemetry"),
        ("xiaomi", "tracking.intl.miui.com", "telemetry"),
        ("xiaomi", "x.tracking.rus.miui.com", "telemetry"),
        ("xiaomi", "data.mistat.india.xiaomi.com", "telemetry"),
        ("xiaomi", "miui.com", "system"),
        ("xiaomi", "notmiui.com", None),
        ("realme", "bdapi-in-ads.realmemobile.com", "ads"),
        ("oppo", "conn-service-eu-04.allawnos.com", "connectivity_check"),
        ("huawei", "grs.dbankcloud.asia", "system"),
        ("huawei", "obs.myhuaweicloud.com", None),
        ("google", "connectivitycheck.gstatic.com", "connectivity_check"),
        ("apple", "captive.apple.com", "connectivity_check"),
    ],
)
def test_purposes(vendors: dict[str, Vendor], vendor: str, host: str, purpose: str | None) -> None:
    assert vendors[vendor].purpose(host) == purpose


def test_expand() -> None:
    assert list(expand("a.{,b.}c")) == ["a.c", "a.b.c"]
    assert list(expand("plain")) == ["plain"]
    assert len(list(expand("{" + "a," * 999 + "}"))) == 64


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("Dalvik (Linux; Android 4.4; MI 3W MIUI/V6)", "MI "),
        ("Mozilla/5.0 SEMI 3", None),
        ("PERMIT", None),
        ("x;Redmi", "Redmi"),
        ("redmi-note-9-pro.local", "Redmi"),
        ("my-redmi.local", None),
        ("mi 3", None),
    ],
)
def test_marks_begin_a_word(text: str, mark: str | None) -> None:
    assert marks_in(text, ("MI ", "Redmi")) == mark


@given(st.text(max_size=60))
def test_marks_in_any_text(text: str) -> None:
    assert marks_in(text, ("MI ",)) in (None, "MI ")


def test_a_good_file_is_whole(tmp_path: Path) -> None:
    vendor = load([write(tmp_path, GOOD)])["sample"]
    assert (vendor.country, vendor.company, vendor.asns) == ("NO", "Sample Mobile", (64500,))
    assert vendor.purpose("stats.eu.sample.test-tld") == "telemetry"


def test_a_later_folder_replaces(tmp_path: Path) -> None:
    text = GOOD.replace("id: sample", "id: hmd")
    assert load([FOLDER, write(tmp_path, text, "hmd.yaml")])["hmd"].company == "Sample Mobile"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("brands:", "brnads:", "did you mean 'brands'?"),
        ("id: sample", "id: other", "the file's own name"),
        ('"NO"', "norway", "two capital letters"),
        ("push.sample.test-tld: push", "push.sample.test-tld: pusch", "did you mean 'push'?"),
        ("push.sample.test-tld: push", "Push.sample.test-tld: push", "lower-case host name"),
        ("{,eu.}sample", "{,eu.}elsewhere", "a host below one of the domains"),
        ("asns: [64500]", "asns: [AS64500]", "a list of AS numbers"),
        ("  asns: c\n", "", "no source of 'asns'"),
        ("match: [x.sample.test-tld]", "match: [x.other.test-tld]", "misses"),
        ("miss: [notsample.test-tld]", "miss: [y.sample.test-tld]", "matches"),
        ("affiliates: []", "affiliates: [nobody]", "a vendor id"),
        ("brands: [Sample]", "brands: Sample", "a list of texts"),
        ("pattern:", "patern:", "write both keys"),
        ("company: Sample Mobile", "company: []", "text"),
        (GOOD, "- a list", "the keys of a vendor"),
        (GOOD, "", "the keys of a vendor"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(DataFileError) as caught:
        load([write(tmp_path, GOOD.replace(old, new))])
    assert said in str(caught.value)
    assert "sample.yaml:" in str(caught.value)


def test_all_problems_of_all_files_at_once(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("asns: [64500]", "asns: x").replace('"NO"', '"N"'))
    write(tmp_path, "id: [", "zother.yaml")
    with pytest.raises(DataFileError) as caught:
        load([tmp_path])
    assert len(str(caught.value).split("\n")) == 3


@pytest.mark.parametrize("key", ["domains", "regional", "asns", "sources", "examples", "brands"])
@pytest.mark.parametrize("value", ["3", "text", "[1, {a: b}]", "{a: [1]}", "true", "null"])
def test_values_of_any_shape_are_refused_in_words(tmp_path: Path, key: str, value: str) -> None:
    lines = GOOD.split("\n")
    start = next(i for i, line in enumerate(lines) if line.startswith(key + ":"))
    end = start + 1
    while end < len(lines) and lines[end].startswith(" "):
        end += 1
    text = "\n".join([*lines[:start], f"{key}: {value}", *lines[end:]])
    with pytest.raises(DataFileError):
        load([write(tmp_path, text)])


def test_the_readme_example_is_valid(tmp_path: Path) -> None:
    text = (FOLDER / "README.md").read_text("utf-8")
    example = text.partition("```yaml\n")[2].partition("```")[0]
    assert load([write(tmp_path, example, "example.yaml")])["example"].title == "Example (Sample)"
