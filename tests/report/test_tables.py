import csv
import io
from typing import Any

from analyzer.model import NameSeen, Result
from analyzer.report import to_csv
from analyzer.report.tables import TABLES

FLOWS = """flow_id proto client_ip client_port server_ip server_port first last packets_up
packets_down bytes_up bytes_down payload_up payload_down rtt_ms name name_source why_no_name app
app_protocol tls_version ja4 encrypted country certainty provider region asn party decrypted"""
NAMES = ["frame", "ts", "flow_id", "source", "name", "address", "detail"]


def written(result: Result) -> dict[str, bytes]:
    return {name: b"".join(chunks) for name, chunks in to_csv.render(result)}


def read(data: bytes) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline=""), strict=True))


def test_columns_are_the_contracts(result: Result) -> None:
    files = written(result)
    assert list(files) == ["flows.csv", "endpoints.csv", "names.csv", "findings.csv"]
    assert files["flows.csv"].split(b"\n")[0].decode().split(",") == FLOWS.split()
    assert files["names.csv"].split(b"\n")[0].decode().split(",") == NAMES


def test_values(result: Result) -> None:
    files = written(result)
    flow = read(files["flows.csv"])[1]
    assert flow["first"] == "2019-10-16T13:06:08.779483000Z"
    assert (flow["bytes_up"], flow["rtt_ms"], flow["name"]) == (
        "412009", "41.5", "data.mistat.phone.example",
    )  # fmt: skip
    assert (flow["country"], flow["certainty"], flow["provider"], flow["region"], flow["asn"]) == (
        "CN", "agreed", "alibaba", "", "37963",
    )  # fmt: skip
    nameless = read(files["flows.csv"])[7]
    assert (nameless["name"], nameless["name_source"], nameless["why_no_name"]) == (
        "", "none", "no_sni",
    )  # fmt: skip
    endpoint = read(files["endpoints.csv"])[5]
    assert (endpoint["country"], endpoint["certainty"]) == ("", "disputed")
    assert endpoint["sources"] == "DB-IP Lite country (2026-06): HK; GeoLite2 (2018-07): CN"
    name = read(files["names.csv"])[0]
    assert name["address"] == "198.51.100.10"
    finding = read(files["findings.csv"])[1]
    assert finding["frames"] == "31 32 40"
    assert finding["numbers"] == '{"bytes_up": 12401, "requests": 3, "share": 0.25}'


def test_a_name_read_with_keys_says_so(result: Result) -> None:
    result.names = [
        NameSeen(1, 10, 1, "http_host", "a.example", None, detail, decrypted)
        for detail in ("GET /", "")
        for decrypted in (False, True)
    ]
    told = [row["detail"] for row in read(written(result)["names.csv"])]
    assert told == ["GET /", "decrypted: GET /", "", "decrypted"]


def test_a_flow_to_no_endpoint_and_without_ports(result: Result) -> None:
    flow = result.flows[0]
    flow.server_ip, flow.client_port, flow.server_port, flow.rtt = "203.0.113.1", None, None, None
    row = read(written(result)["flows.csv"])[0]
    assert [row[c] for c in ("client_port", "server_port", "rtt_ms", "country", "party")] == [
        ""
    ] * 5


def test_totals_stay(result: Result) -> None:
    result.flows[0].bytes_up = 2**40
    rows = read(written(result)["flows.csv"])
    assert sum(int(r["bytes_up"]) for r in rows) == sum(f.bytes_up for f in result.flows)


def test_many_rows_cross_the_chunks(result: Result) -> None:
    result.names *= 100
    assert len(read(written(result)["names.csv"])) == 700


def test_hostile_cells(hostile: Result) -> None:
    for name, data in written(hostile).items():
        rows = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))
        columns, values = TABLES[name.removesuffix(".csv")]
        assert len(rows) == 1 + sum(1 for _ in values(hostile))
        for row in rows:
            assert len(row) == len(columns)
            for cell in row:
                assert cell[:1] not in set("=+-@\t\r\uff1d")
                assert cell.isprintable()
