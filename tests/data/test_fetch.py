"""Fetching against a publisher that is slow, huge, wrong, cut or elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from publisher import Handler, Publisher, proxying, publishing

from analyzer.data.fetch import REDIRECTS, FetchError, Terms, fetch

BODY = b'{"a list": 1}' * 100


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publisher]:
    with publishing(Path(tmp_path_factory.mktemp("publisher"))) as publisher:
        yield publisher


@pytest.fixture
def publisher(running: Publisher) -> Publisher:
    running.answers.clear()
    running.asked.clear()
    return running


def refused(publisher: Publisher, path: str, **changes: object) -> str:
    """The sentence with which a fetch of the path fails."""
    with pytest.raises(FetchError) as error:
        fetch(publisher.url(path), publisher.terms(**changes))
    return str(error.value)


def test_the_whole_body_arrives(publisher: Publisher) -> None:
    publisher.says("/list?day=1", BODY)
    assert fetch(publisher.url("/list?day=1"), publisher.terms(headers={"X": "y"})) == BODY
    [(path, headers)] = publisher.asked
    assert (path, headers["X"]) == ("/list?day=1", "y")
    assert headers["User-Agent"].startswith("phonehome")


def test_a_chunked_body_arrives(publisher: Publisher) -> None:
    def answer(handler: Handler) -> None:
        handler.head(200, {"Transfer-Encoding": "chunked"})
        for part in (BODY[:7], BODY[7:]):
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        handler.wfile.write(b"0\r\n\r\n")

    publisher.answers["/"] = answer
    assert fetch(publisher.url("/"), publisher.terms()) == BODY


@pytest.mark.parametrize("status", [204, 400, 403, 404, 500, 503])
def test_other_statuses_are_errors_with_their_number(publisher: Publisher, status: int) -> None:
    publisher.says("/", b"", status)
    with pytest.raises(FetchError, match=f"status {status}") as error:
        fetch(publisher.url("/"), publisher.terms())
    assert error.value.status == status


def test_an_announced_size_over_the_limit_is_not_even_read(publisher: Publisher) -> None:
    publisher.answers["/"] = lambda h: h.head(200, {"Content-Length": str(10**12)})
    assert "1000000000000 bytes, over the limit of 1000000" in refused(publisher, "/")


def test_an_endless_chunked_body_stops_at_the_limit(publisher: Publisher) -> None:
    def answer(handler: Handler) -> None:
        handler.head(200, {"Transfer-Encoding": "chunked"})
        for _ in range(10_000):
            handler.wfile.write(b"10000\r\n" + bytes(65_536) + b"\r\n")

    publisher.answers["/"] = answer
    assert "sent over 1000000 bytes" in refused(publisher, "/")


def test_a_cut_body_is_an_error(publisher: Publisher) -> None:
    def answer(handler: Handler) -> None:
        handler.head(200, {"Content-Length": str(len(BODY))})
        handler.wfile.write(BODY[:-1])

    publisher.answers["/"] = answer
    assert f"stopped after {len(BODY) - 1} of {len(BODY)} bytes" in refused(publisher, "/")


def test_a_cut_chunk_is_an_error(publisher: Publisher) -> None:
    def answer(handler: Handler) -> None:
        handler.head(200, {"Transfer-Encoding": "chunked"})
        handler.wfile.write(b"100\r\nshort")

    publisher.answers["/"] = answer
    assert "could not be fetched" in refused(publisher, "/")


def test_a_body_of_unknown_length_is_refused(publisher: Publisher) -> None:
    def answer(handler: Handler) -> None:
        handler.head(200, {})
        handler.wfile.write(BODY)

    publisher.answers["/"] = answer
    assert "does not say how long" in refused(publisher, "/")


def test_a_silent_server_is_given_up(publisher: Publisher) -> None:
    def answer(handler: Handler) -> None:
        handler.head(200, {"Content-Length": "10"})
        handler.wfile.write(b"1")
        time.sleep(1)

    publisher.answers["/"] = answer
    assert "sent nothing for 0.3 s" in refused(publisher, "/", stall=0.3)


def test_a_body_that_drips_is_given_up(publisher: Publisher) -> None:
    def answer(handler: Handler) -> None:
        handler.head(200, {"Content-Length": "1000"})
        for _ in range(100):
            handler.wfile.write(b"1")
            time.sleep(0.05)

    publisher.answers["/"] = answer
    assert "took too long" in refused(publisher, "/", total=0.3)


def test_headers_that_drip_are_given_up(publisher: Publisher) -> None:
    def answer(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        for _ in range(100):
            handler.wfile.write(b"1")
            time.sleep(0.05)

    publisher.answers["/"] = answer
    assert "took over 0.1 s" in refused(publisher, "/", total=0.1)


def test_bytes_that_are_not_http_are_an_error(publisher: Publisher) -> None:
    publisher.answers["/"] = lambda h: h.wfile.write(b"\0\xff" * 100 + b"\r\n")
    assert "could not be fetched" in refused(publisher, "/")


def test_a_redirect_on_the_list_is_followed(publisher: Publisher) -> None:
    publisher.redirects("/a", "/b?x=1")
    publisher.redirects("/b?x=1", publisher.url("/c"))
    publisher.says("/c", BODY)
    assert fetch(publisher.url("/a"), publisher.terms()) == BODY


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("https://elsewhere.example/list", "not on the list of hosts"),
        ("https://127.0.0.1/list", "not on the list of hosts"),  # another port
        ("https://127.0.0.1:1/list", "not on the list of hosts"),
        ("http://{host}/c", "is not https"),
        ("file:///etc/passwd", "is not https"),
        ("ftp://{host}/c", "is not https"),
        ("https://user:key@{host}/c", "not on the list of hosts"),
        ("https://{host}@elsewhere.example/c", "not on the list of hosts"),
        ("https://[::1/c", "no address"),
        ("//elsewhere.example/c", "not on the list of hosts"),
        ("https://{host}x/c", "not an address"),
    ],
)
def test_a_redirect_off_the_list_is_not_followed(
    publisher: Publisher, location: str, why: str
) -> None:
    publisher.redirects("/a", location.format(host=publisher.host))
    publisher.says("/c", BODY)
    assert why in refused(publisher, "/a")
    assert [path for path, _ in publisher.asked] == ["/a"]


def test_redirects_in_a_circle_end(publisher: Publisher) -> None:
    publisher.redirects("/a", "/a")
    assert f"redirects more than {REDIRECTS} times" in refused(publisher, "/a")
    assert len(publisher.asked) == REDIRECTS + 1


def test_a_redirect_to_nowhere_ends(publisher: Publisher) -> None:
    publisher.answers["/a"] = lambda h: h.head(302, {"Content-Length": "0"})
    assert "redirects more than" in refused(publisher, "/a")


def test_a_key_goes_to_its_own_host_only(publisher: Publisher, tmp_path: Path) -> None:
    with publishing(tmp_path) as other:
        publisher.redirects("/a", other.url("/b"))
        other.says("/b", BODY)
        context = publisher.context
        context.load_verify_locations(cadata=_authority(other))
        terms = publisher.terms(
            hosts=frozenset({publisher.host, other.host}), headers={"Authorization": "Basic eA=="}
        )
        assert fetch(publisher.url("/a"), terms) == BODY
        assert publisher.asked[0][1]["Authorization"] == "Basic eA=="
        assert "Authorization" not in other.asked[0][1]


def _authority(publisher: Publisher) -> str:
    import ssl

    [der] = publisher.context.get_ca_certs(binary_form=True)
    return ssl.DER_cert_to_PEM_cert(der)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "file:///etc/passwd", "", "https://", "https://a:b/", "https:/x"]
)
def test_what_is_not_https_is_never_asked(url: str) -> None:
    with pytest.raises(FetchError):
        fetch(url, Terms(frozenset({"127.0.0.1"}), 100, total=1.0))


def test_an_unknown_authority_is_an_error(publisher: Publisher) -> None:
    publisher.says("/", BODY)
    said = refused(publisher, "/", context=None)
    assert "certificate" in said.lower()
    assert publisher.asked == []


def test_nobody_listening_is_an_error() -> None:
    terms = Terms(frozenset({"127.0.0.1:9"}), 100, stall=0.3, total=2.0, proxies={})
    with pytest.raises(FetchError, match=r"https://127\.0\.0\.1:9/ could not be fetched"):
        fetch("https://127.0.0.1:9/", terms)


def test_errors_never_show_what_may_be_a_key(publisher: Publisher) -> None:
    assert "secret" not in refused(publisher, "/missing?key=secret")
    assert "secret" not in refused(publisher, "/missing?key=secret", hosts=frozenset({"x"}))


def test_the_proxy_carries_an_unbroken_tls_connection(publisher: Publisher) -> None:
    publisher.says("/", BODY)
    with proxying() as (port, heads):
        proxies = {"https": f"http://user:p%40ss@127.0.0.1:{port}"}
        assert fetch(publisher.url("/"), publisher.terms(proxies=proxies)) == BODY
        assert heads[0].startswith(f"CONNECT {publisher.host} HTTP/1.".encode())
        assert b"Proxy-Authorization: Basic dXNlcjpwQHNz\r\n" in heads[0]


def test_the_proxy_of_the_environment_is_used(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.says("/", BODY)
    with proxying() as (port, heads):
        monkeypatch.setenv("https_proxy", f"127.0.0.1:{port}")
        monkeypatch.setenv("no_proxy", "other.example")
        assert fetch(publisher.url("/"), publisher.terms(proxies=None)) == BODY
        assert len(heads) == 1
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert fetch(publisher.url("/"), publisher.terms(proxies=None)) == BODY
        assert len(heads) == 1


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "https://127.0.0.1:1", "http://:x"])
def test_another_kind_of_proxy_is_named(publisher: Publisher, proxy: str) -> None:
    assert "http://host:port" in refused(publisher, "/", proxies={"https": proxy})
