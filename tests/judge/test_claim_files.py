"""Claim files: shipped ones, the README's example, the schema, what is refused, the pages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from claim_results import write
from forged_results import RULES

from analyzer import judge as judge_room
from analyzer.errors import DataFileError, UsageError
from analyzer.judge import catalogue, claim_files, claim_pages, demands
from analyzer.judge.claim_files import choose, load
from analyzer.owners.vendors import load as load_vendors
from analyzer.problems import Problems
from analyzer.yamlfile import parse, read

README = (RULES / "claims" / "README.md").read_text(encoding="utf-8")
IDS = (
    "xiaomi-2017-aws-singapore-us", "xiaomi-2017-encrypted", "xiaomi-2017-moved-from-china",
    "xiaomi-2017-would-move-to-india", "xiaomi-2014-no-china", "oppo-2017-would-move-to-india",
    "vivo-2017-would-move-to-india", "any-all-encrypted", "any-data-stays-in-home",
    "any-no-third-parties",
)  # fmt: skip


def schema() -> Any:
    jsonschema = pytest.importorskip("jsonschema")
    path = Path(judge_room.__file__).parent / "schemas" / "claim.json"
    text = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(text)
    return jsonschema.Draft202012Validator(text)


def problems_of(data: dict[str, Any]) -> list[str]:
    problems = Problems()
    claim_files.parse(parse(json.dumps(data), Path("x.yaml")), problems)
    return problems.lines


def test_shipped_claims_are_well_and_complete() -> None:
    assert claim_pages.check([RULES]) == []
    claims = load([RULES])
    assert set(IDS) <= {claim.id for claim in claims}
    vendors = load_vendors([RULES / "vendors"])
    for claim in claims:
        assert claim.vendor in (*vendors, "any")
        assert claim.cannot_show
        assert claim.examples
        assert claim.quote
        if claim.vendor not in ("any", "demo"):
            assert claim.context
            assert claim.users_in == "IN"


def test_quotes_are_as_reported() -> None:
    (claim,) = choose(["xiaomi-2017-aws-singapore-us"], [RULES])
    assert claim.quote.startswith("All our servers are sitting on AWS (Amazon Web Services) in")
    assert claim.said_on == "2017-09-06"
    assert claim.source == "trak.in, 2017-09-06"
    assert any("573,696 addresses" in fact for fact in claim.context)
    (claim,) = choose(["xiaomi-2017-encrypted"], [RULES])
    assert claim.quote == "encrypted to the highest degree"


@pytest.mark.parametrize("path", claim_files.files([RULES]), ids=lambda path: path.stem)
def test_the_schema_accepts_shipped_claims(path: Path) -> None:
    schema().validate(read(path).data)
    assert path.stem == read(path).data["claim"]


def test_the_schema_speaks_of_every_key() -> None:
    text = schema().schema
    assert list(text["properties"]) == list(claim_files.KEYS)
    assert text["required"] == list(claim_files.NEEDED)
    assert list(text["$defs"]["predicate"]["properties"]) == list(claim_files.PREDICATE)
    assert list(text["$defs"]["demand"]["properties"]) == list(demands.DEMANDS)


def test_the_readmes_example_is_whole_and_well(tmp_path: Path) -> None:
    ((name, text),) = re.findall(r"```yaml\n# file: (\S+)\n(.*?)```", README, re.DOTALL)
    path = write(tmp_path, text, Path(name).stem)
    schema().validate(read(path).data)
    assert claim_pages.check([tmp_path]) == []
    assert set(read(path).data) == set(claim_files.KEYS)
    used = {key for part in read(path).data["predicates"] for key in part}
    assert used == set(claim_files.PREDICATE)
    (claim,) = load([tmp_path])
    assert claim.least_endpoints == 2
    assert claim.least_share == pytest.approx(0.6)
    for demand in demands.DEMANDS:
        assert f"| `{demand}: " in README, demand


def whole() -> dict[str, Any]:
    """A claim without a mistake."""
    return {
        "claim": "x", "vendor": "demo", "quote": "q", "speaker": "s", "said_on": 2017,
        "source": "n", "means": "m", "cannot_show": "much",
        "predicates": {"id": "p", "text": "t", "demand": {"country": "SG"}},
        "examples": {
            "contradicted": {"note": "n", "endpoints": {"party": "first", "country": "CN",
                                                        "certainty": "stated"}},
            "consistent": {"note": "n", "endpoints": {"party": "first", "country": "SG",
                                                      "certainty": "stated"}},
            "not_testable": {"note": "n"},
        },
    }  # fmt: skip


def predicate(**changes: Any) -> dict[str, Any]:
    base = {"id": "p", "text": "t", "demand": {"country": "SG"}, **changes}
    return {"predicates": {key: value for key, value in base.items() if value is not None}}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"claim": "A B"}, "expected an id"),
        ({"speaker": ""}, "no 'speaker'"),
        ({"said_on": "last year"}, "expected a year, month or day"),
        ({"said_on": "2017-13"}, "expected a year, month or day"),
        ({"said_on": "2017-W36-3"}, "expected a year, month or day"),
        ({"said_on": True}, "expected a year, month or day"),
        ({"means": "it is proved"}, "the word 'proved'"),
        ({"cannot_show": []}, "no 'cannot_show'"),
        ({"context": ["a secretly kept list"]}, "the word 'secretly'"),
        ({"users_in": "India"}, "expected a country code"),
        ({"extra": 1}, "the key 'extra'"),
        ({"at_least": {"share": "most"}}, "expected a number"),
        ({"predicates": []}, "no 'predicates'"),
        (predicate(demand=None), "expected one of 'demand' and 'never'"),
        (predicate(never="n"), "expected one of 'demand' and 'never'"),
        (predicate(demand={"country": "SG", "provider": "aws"}), "2 demands; expected one"),
        (predicate(demand={"county": "SG"}), "the key 'county'"),
        (predicate(demand={"country": ["home"]}), "expected a country code"),
        (predicate(demand={"country": {"is": "SG"}}), "the key 'is'"),
        (predicate(demand={"encrypted": False}), "expected true"),
        (predicate(demand={"party": "frist"}), "did you mean 'first'?"),
        (predicate(demand={"provider": 7}), "7; expected text"),
        (predicate(sure=["single"]), "expected one of stated, agreed"),
        (predicate(whose="ours"), "expected one of first_party, all"),
        (predicate(of={"nmae": "x"}), "the key 'nmae'"),
        (predicate(at_least={"payload_up": "much"}), "expected a number"),
        (predicate(demand={"country": "US"}), "an example that is contradicted; expected an"),
        ({"examples": {"not_testable": {"note": "n"}}}, "no example of 'contradicted'"),
        ({"examples": {"not_testable": {"note": "n", "endpoints": {"country": ["CN"]}}}},
         "['CN']; expected one value"),
    ],
)  # fmt: skip
def test_what_is_refused(change: dict[str, Any], said: str) -> None:
    assert problems_of(whole()) == []
    lines = problems_of({**whole(), **change})
    assert any(said in line for line in lines), lines
    assert all(line.startswith("x.yaml:1:") for line in lines)


def test_predicates_have_ids_of_their_own() -> None:
    twice = [predicate()["predicates"]] * 2
    (line,) = problems_of({**whole(), "predicates": json.loads(json.dumps(twice))})
    assert "the predicate 'p' again" in line


@pytest.mark.parametrize("text", ["", "[]", "claim:", "claim: {}", "claim: a\npredicates: [1, {}]"])
def test_stunted_files_are_told(tmp_path: Path, text: str) -> None:
    assert claim_pages.check([write(tmp_path, text)])


def test_everything_wrong_in_all_files_is_told_at_once(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(tmp_path, json.dumps({**whole(), "claim": name, "users_in": "India"}), name)
    with pytest.raises(DataFileError) as error:
        load([tmp_path])
    assert str(error.value).count("'India'; expected a country code") == 2
    assert len(claim_pages.check([tmp_path])) == 2


def test_a_file_is_named_as_its_id_and_found_by_both_checks(tmp_path: Path) -> None:
    write(tmp_path, json.dumps(whole()), "other")
    for check in (claim_pages.check, catalogue.check):
        (line,) = check([tmp_path])
        assert "the id 'x' in other.yaml" in line


def test_what_is_no_claim_is_told_how_one_begins(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("title: x\n", encoding="utf-8")
    (line,) = claim_pages.check([tmp_path])
    assert line.endswith(
        "x.yaml:1:1: no claim; expected a claim file; fix: begin the file with 'claim: id'"
    )


def test_an_empty_folder_and_a_missing_file_are_told(tmp_path: Path) -> None:
    (line,) = claim_pages.check([tmp_path])
    assert "no claim file" in line
    (line,) = claim_pages.check([tmp_path / "none.yaml"])
    assert "unreadable" in line


# ------------------------------------------------------------------- choosing


def test_by_id_by_path_and_the_later_folder_wins(tmp_path: Path) -> None:
    mine = write(tmp_path, json.dumps({**whole(), "claim": "xiaomi-2017-encrypted",
                                       "quote": "mine"}), "xiaomi-2017-encrypted")  # fmt: skip
    (claim,) = choose(["xiaomi-2017-encrypted"], [RULES, tmp_path])
    assert claim.quote == "mine"
    assert [c.id for c in choose([str(mine), str(mine)], [])] == ["xiaomi-2017-encrypted"]
    with pytest.raises(UsageError, match="did you mean 'xiaomi-2017-encrypted'"):
        choose(["xiaomi-2017-encryptet"], [RULES])
    with pytest.raises(DataFileError, match="unreadable"):
        choose([str(tmp_path / "no.yaml")], [])


def test_of_a_vendor_only() -> None:
    assert {claim.vendor for claim in load([RULES], ["oppo", "vivo"])} == {"oppo", "vivo"}
    assert load([RULES], ["samsung"]) == []


# ---------------------------------------------------------------------- pages


def test_listing_has_every_claim() -> None:
    lines = claim_pages.listing([RULES]).splitlines()
    assert [line.split()[0] for line in lines] == sorted(c.id for c in load([RULES]))
    assert any(line.split()[1] == "2017-09-06" for line in lines)
    assert all(len(line) <= 110 for line in lines)


def test_show_says_what_a_claim_means() -> None:
    page = claim_pages.show("xiaomi-2014-no-china", [RULES])
    assert page.startswith("Claim\n  xiaomi-2014-no-china\n")
    for part in ("Said by\n  Hugo Barra", "the time from 2015-01-01 on", "not-in-china: No address",
                 "Traffic cannot show\n  - How data is stored", "42.62.48.0"):  # fmt: skip
        assert part in page, part
    page = claim_pages.show("vivo-2017-would-move-to-india", [RULES])
    assert "no traffic decides it: An intention" in " ".join(page.split())


def test_a_vendor_nobody_knows_is_told(tmp_path: Path) -> None:
    """Such a claim would be held against no handset, and nobody would notice."""
    text = (RULES / "claims" / "xiaomi-2017-encrypted.yaml").read_text("utf-8")
    mine = tmp_path / "xiaomi-2017-encrypted.yaml"
    mine.write_text(text.replace("vendor: xiaomi", "vendor: xiomi"), "utf-8")
    (line,) = claim_pages.check([tmp_path], ["oppo", "xiaomi"])
    assert "the vendor 'xiomi'; expected an id of vendors/; fix: did you mean 'xiaomi'?" in line
