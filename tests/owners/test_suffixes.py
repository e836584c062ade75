"""Registrable domains, against the list's own algorithm on its own rules."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from publicsuffixlist import PublicSuffixList

from analyzer.errors import DataFileError
from analyzer.owners.suffixes import Suffixes
from analyzer.shipped import data_folder

TABLE = data_folder() / "owners.suffixes.txt"


@pytest.fixture(scope="module")
def suffixes() -> Suffixes:
    return Suffixes.read(TABLE)


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("tracking.india.miui.com", "miui.com"),
        ("www.example.co.uk", "example.co.uk"),
        ("a.b.example.com.cn", "example.com.cn"),
        ("example.com", "example.com"),
        ("EXAMPLE.com.", "example.com"),
        ("d1.cloudfront.net", "cloudfront.net"),  # a private suffix, not ICANN's
        ("someone.github.io", "github.io"),
        ("www.ck", "www.ck"),  # exception !www.ck of *.ck
        ("shop.www.ck", "www.ck"),
        ("a.b.ck", "a.b.ck"),
        ("b.ck", None),
        ("city.kawasaki.jp", "city.kawasaki.jp"),
        ("x.y.unlistedtld", "y.unlistedtld"),
        ("com", None),
        ("co.uk", None),
        ("localhost", None),
        ("printer.local", None),
        ("4.3.2.1.in-addr.arpa", None),
        ("192.0.2.7", None),
        ("2001:db8::7", None),
        ("", None),
        (".", None),
        ("a..com", None),
    ],
)
def test_registrable(suffixes: Suffixes, name: str, domain: str | None) -> None:
    assert suffixes.registrable(name) == domain


def test_agrees_with_the_list_itself(suffixes: Suffixes) -> None:
    reference = PublicSuffixList(only_icann=True)
    rules = [r for r in TABLE.read_text("utf-8").split("\n") if r and r[0] not in "#!*"]
    drawn = random.Random(20261123).sample(rules, 1500)
    for rule in drawn:
        for name in (rule, f"x.{rule}", f"www.x.{rule}"):
            if not name.endswith(".arpa"):
                assert suffixes.registrable(name) == reference.privatesuffix(name), name


def test_answers_kept_are_bounded() -> None:
    small = Suffixes(frozenset())
    small.KEPT = 3
    for i in range(9):
        assert small.registrable(f"a.b{i}.test-tld") == f"b{i}.test-tld"
    assert len(small._answers) == 3


def test_missing_table_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="cannot be read"):
        Suffixes.read(tmp_path / "none.txt")
