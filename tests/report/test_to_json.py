import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from analyzer import report
from analyzer.model import Result
from analyzer.report import address_json, result_json, summary_json, to_json
from analyzer.report.to_json import encoded

SCHEMA = json.loads((Path(report.__file__).parent / "result.schema.json").read_bytes())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def no_constant(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


def read(document: dict[str, Any]) -> Any:
    return json.loads(b"".join(encoded(document)), parse_constant=no_constant)


def shape(value: Any, schema: dict[str, Any], at: str = "") -> None:
    """Every key of the document stands in the schema, and the other way round."""
    schema = {**schema, **(SCHEMA["$defs"][schema["$ref"][8:]] if "$ref" in schema else {})}
    if isinstance(value, dict) and "properties" in schema:
        assert set(value) == set(schema["properties"]), at
        assert set(schema["required"]) == set(schema["properties"]), at
        for key, item in value.items():
            shape(item, schema["properties"][key], f"{at}.{key}")
    elif isinstance(value, list) and "items" in schema:
        for item in value:
            shape(item, schema["items"], at + "[]")


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_document_follows_the_schema(result: Result) -> None:
    document = read(result_json(result))
    VALIDATOR.validate(document)
    shape(document, SCHEMA)
    assert document == json.loads(json.dumps(result_json(result)))


def test_values(result: Result) -> None:
    document = read(result_json(result))
    assert document["schema"] == "phonehome/result/1"
    assert document["status"] == "incomplete"
    assert document["capture"]["first"] == "2019-10-16T13:04:08.779483000Z"
    assert document["capture"]["counters"] == {
        "read": 20_004, "in_flows": 19_900, "non_ip": 100, "undecodable": 4,
    }  # fmt: skip
    assert [claim["verdict"] for claim in document["claims"]] == ["not_testable", "contradicted"]
    claim = document["claims"][1]
    assert claim["coverage"] == {
        "hours": 2.4, "endpoints": 2, "flows": 4, "bytes": 1_737_551, "placed": 0.93,
    }  # fmt: skip
    assert claim["predicates"][0]["counterexample_count"] == 3
    assert claim["predicates"][0]["counterexamples"][0]["certainty"] == "agreed"
    assert claim["predicates"][0]["counterexamples"][0]["frame"] == 20
    assert (document["score"]["total"], document["score"]["coverage"]["flows"]) == (65, 18)
    assert [part["points"] for part in document["score"]["parts"]] == [18.5, 7.5, None]
    assert document["score"]["parts"][0]["endpoint_count"] == 2
    endpoint = document["endpoints"][6]
    assert endpoint["operator"] == {"asn": 396982, "name": "Google LLC"}
    assert endpoint["location"]["country"] is None
    assert endpoint["location"]["certainty"] == "excluded"
    assert endpoint["location"]["statements"] == [
        {"source": "Google cloud.json", "country": "BE", "place": "St. Ghislain",
         "date": "2026-10", "note": ""},
    ]  # fmt: skip
    assert endpoint["names"] == [{"name": "eu.sync.example", "source": "sni", "frame": 70}]
    finding = document["findings"][1]
    assert finding["evidence"]["frames"] == [31, 32, 40]
    assert finding["evidence"]["display_filter"] == "frame.number in {31, 32, 40}"
    assert document["handsets"][0]["mac"] == "02:00:5e:10:00:01"
    assert document["anomalies"][0]["offset"] == 14_999_488


def test_a_line_an_endpoint(result: Result) -> None:
    lines = b"".join(encoded(result_json(result))).decode().split("\n")
    assert json.loads(lines[lines.index('"endpoints": [') + 1].rstrip(","))["ip"] == "198.51.100.10"


def test_no_number_json_lacks(result: Result) -> None:
    result.findings[0].numbers = {"a": float("nan"), "b": float("inf"), "c": 1.5}
    result.visibility.named = float("nan")
    document = read(result_json(result))
    assert document["findings"][0]["numbers"] == {"a": None, "b": None, "c": 1.5}
    assert document["visibility"]["named"] is None


def test_times_beyond_the_calendar_are_null(result: Result) -> None:
    result.capture.last = 2**64 * 10**9
    assert read(result_json(result))["capture"]["last"] is None


def test_the_summary(result: Result) -> None:
    summary = read(summary_json(result))
    assert summary["schema"] == "phonehome/summary/1"
    assert summary["totals"]["bytes_up_abroad"] == 1_616_340
    assert [claim["id"] for claim in summary["claims"]] == ["phone-edge", "phone-sg"]
    assert summary["countries"][0] == {
        "country": "SG", "endpoints": 1, "bytes_up": 1_204_331, "bytes_down": 90_211,
    }  # fmt: skip
    assert summary["without_country"]["edge"]["endpoints"] == 1
    assert summary["answer"].startswith("The recording could be read only in part")


def test_the_address_part_alone(result: Result) -> None:
    endpoint = result.endpoints[0]
    part = address_json(endpoint.place, None)
    assert list(part) == ["ip", "operator", "provider", "service", "region", "owner", "location"]
    assert part["owner"] is None


@pytest.mark.parametrize("build", [result_json, summary_json])
def test_hostile_text(hostile: Result, build: Any) -> None:
    data = b"".join(encoded(build(hostile)))
    document = json.loads(data, parse_constant=no_constant)
    json.dumps(document, ensure_ascii=False).encode()  # no lone surrogate is left
    for line in data.decode().split("\n"):
        assert not any(c < " " or "\x7f" <= c <= "\x9f" or c in "\u202e\u200b\u2028" for c in line)
    if build is result_json:
        VALIDATOR.validate(document)


def test_text_is_exact_but_for_surrogates(result: Result) -> None:
    hostile = '\x00\x1b\x9b\u202e\u2028\ufeff"\\漢\U0001f600\x7f'
    result.findings[0].title = hostile
    result.findings[1].title = "a\udcffb"
    document = read(result_json(result))
    assert document["findings"][0]["title"] == hostile
    assert document["findings"][1]["title"] == "a\\udcffb"


@pytest.mark.parametrize("endpoints", [0, 1, 2])
def test_render_writes_the_document(endpoints: int, result: Result) -> None:
    del result.endpoints[endpoints:]
    [(name, chunks)] = to_json.render(result)
    assert name == "result.json"
    document = result_json(result)
    assert len(document["endpoints"]) == endpoints
    assert b"".join(chunks) == b"".join(encoded(document))
