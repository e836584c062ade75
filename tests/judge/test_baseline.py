"""analyzer/judge/baseline.py: what it writes is a policy that expects what was seen."""

from __future__ import annotations

from pathlib import Path

from forged_results import RULES, endpoint, flow, result
from hypothesis import given
from hypothesis import strategies as st

from analyzer import model as m
from analyzer.judge import baseline, judge, load_policy
from analyzer.judge.policies import parse as parse_policy
from analyzer.problems import Problems
from analyzer.yamlfile import parse


def seen() -> m.Result:
    ends = [
        endpoint("203.0.113.1", "stated", "SG"),
        endpoint("203.0.113.2", "edge"),
        endpoint("2001:db8::3", "unknown"),
        endpoint("192.168.43.1", "private"),
        endpoint("239.1.1.1", "unknown"),
    ]
    ends[0].names = [m.EndpointName("api.example.com", "sni", 1)]
    flows = [
        flow(1, "203.0.113.1", name="API.example.com"),
        flow(2, "203.0.113.1", name="api.example.com", proto="udp"),
        flow(3, "203.0.113.1"),
        flow(4, "203.0.113.2", name="evil\n- x: &a"),
        flow(5, "2001:db8::3", proto="icmpv6", server_port=None),
        flow(6, "192.168.43.1"),
        flow(7, "239.1.1.1"),
    ]
    return result(ends, flows)


def test_the_text() -> None:
    text = baseline(seen())
    assert text.startswith('# Endpoints seen in "a.pcap", as a policy to edit:\n')
    assert text.endswith(
        "endpoints:\n"
        '  - name: "api.example.com"  # 2 conversations, 1.2 kB up\n'
        "    ports: [443/tcp, 443/udp]\n"
        '  - address: "2001:db8::3"  # 1 conversation, 600 bytes up\n'
        "    ports: []\n"
        '  - address: "203.0.113.2"  # 1 conversation, 600 bytes up\n'
        "    ports: [443/tcp]\n"
    )


def test_what_was_seen_is_expected_and_news_is_not(tmp_path: Path) -> None:
    path = tmp_path / "baseline.yaml"
    path.write_text(baseline(seen()))
    policy = load_policy(str(path), [])
    res = seen()
    assert not [f for f in judge(res, policy, [RULES]) if f.rule == "unexpected-endpoint"]
    res.endpoints.append(endpoint("198.51.100.9", "single", "CN"))
    res.flows.append(flow(9, "198.51.100.9", name="new.example"))
    res.flows.append(flow(10, "2001:db8::3", name="api.example.com"))
    news = [f.subject for f in judge(res, policy, [RULES]) if f.rule == "unexpected-endpoint"]
    assert news == ["new.example"]


def test_of_nothing_it_expects_nothing() -> None:
    problems = Problems()
    policy = parse_policy(parse(baseline(result([], [])), Path("b.yaml")), problems)
    assert problems.lines == []
    assert policy.endpoints == ()


@given(st.text(max_size=40), st.text(max_size=40))
def test_captured_text_cannot_leave_its_place(name: str, file: str) -> None:
    res = result([endpoint("203.0.113.1")], [flow(1, "203.0.113.1", name=name)])
    res.capture.files[0].name = file
    problems = Problems()
    policy = parse_policy(parse(baseline(res), Path("b.yaml")), problems)
    assert problems.lines == []
    assert policy.id == "baseline"
    assert policy.endpoints is not None
    assert len(policy.endpoints) == 1


def test_what_another_device_contacted_is_not_expected() -> None:
    ends = [endpoint("203.0.113.1", "stated", "SG")]
    flows = [
        flow(1, "203.0.113.1", name="mine.example"),
        flow(2, "203.0.113.1", name="theirs.example", client_ip="192.168.43.99"),
    ]
    text = baseline(result(ends, flows))
    assert '- name: "mine.example"' in text
    assert "theirs" not in text
