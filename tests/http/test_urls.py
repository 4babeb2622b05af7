"""URLs as they are read: what is refused, in which words, and what one comes to."""
# ruff: noqa: RUF001  # characters that look like others are the point

from dataclasses import replace

import pytest

from api_project.http import Policy, UrlRefused, check_url, parse_url

SECRET = "s3cr3t"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("file:///etc/passwd", "invalid_scheme"),
        ("ftp://example.com/", "invalid_scheme"),
        ("gopher://example.com/", "invalid_scheme"),
        ("javascript:alert(1)", "invalid_scheme"),
        ("example.com", "invalid_scheme"),
        ("//example.com/", "invalid_scheme"),
        ("", "invalid_scheme"),
        ("http:///path", "invalid_host"),
        ("http:example.com", "invalid_host"),
        ("http://user:password@example.com/", "user_info"),
        ("http://user@example.com/", "user_info"),
        ("http://@example.com/", "user_info"),
        ("http://example.com:80@127.0.0.1/", "user_info"),
        ("http://example.com:99999/", "invalid_port"),
        ("http://example.com:0/", "invalid_port"),
        ("http://example.com:port/", "invalid_host"),
        ("http://example.com:-1/", "invalid_host"),
        ("http://example.com:８０/", "invalid_host"),
        ("http://example.com:80:81/", "invalid_host"),
        ("http://[::1/", "invalid_url"),
        ("http://exa mple.com/", "invalid_url"),
        (" http://example.com/", "invalid_url"),
        ("http://example.com/a b", "invalid_url"),
        ("http://example.com/\r\nHost: other", "invalid_url"),
        ("http://exam\tple.com/", "invalid_url"),
        ("http://example.com/\x00", "invalid_url"),
        ("http://example.com/\u00a0", "invalid_url"),
        ("http://exam\u200bple.com/", "invalid_url"),
        ("http://127.0.0.1\\@example.com/", "invalid_url"),
        ("http:\\\\example.com/", "invalid_url"),
        ("http://..example.com/", "invalid_host"),
        ("http://example..com/", "invalid_host"),
        ("http://example.com../", "invalid_host"),
        ("http://-example.com/", "invalid_host"),
        ("http://exa*mple.com/", "invalid_host"),
        ("http://exa%6dple.com/", "invalid_host"),
        (f"http://{'a' * 64}.com/", "invalid_host"),
        (f"http://{'a.' * 127}com/", "invalid_host"),
    ],
)
def test_a_url_that_is_not_plain_is_refused(url: str, code: str) -> None:
    with pytest.raises(UrlRefused) as caught:
        parse_url(url)
    assert (caught.value.code, caught.value.permanent) == (code, True)


@pytest.mark.parametrize(
    "url",
    [
        f"ftp://example.com/{SECRET}",
        f"https://{SECRET}@example.com/",
        f"https://example.com:0/{SECRET}",
        f"https://example.com/{SECRET} ",
        f"https://{SECRET}..example.com/",
        f"https://[{SECRET}]/",
        f"https://example.com:{SECRET}/",
    ],
)
def test_the_words_quote_nothing_of_it(url: str) -> None:
    with pytest.raises(UrlRefused) as caught:
        parse_url(url)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://example.com", "https://example.com:443"),
        ("HTTPS://Example.COM/Path", "https://example.com:443"),
        ("https://example.com./", "https://example.com:443"),
        ("https://example.com:/", "https://example.com:443"),
        ("https://example.com:0443/", "https://example.com:443"),
        ("http://example.com/", "http://example.com:80"),
        ("https://example.com:8443/?a=b", "https://example.com:8443"),
        ("https://bücher.example/", "https://xn--bcher-kva.example:443"),
        ("https://BÜCHER.example/", "https://xn--bcher-kva.example:443"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example:443"),
        ("https://ｅxample。com/", "https://example.com:443"),
        ("https://under_score.example/", "https://under_score.example:443"),
        ("https://receiver/", "https://receiver:443"),
        ("https://8.8.8.8/", "https://8.8.8.8:443"),
        ("https://[2606:4700:0::1111]:8443/", "https://[2606:4700::1111]:8443"),
    ],
)
def test_every_spelling_of_an_origin_comes_to_one(url: str, origin: str) -> None:
    assert parse_url(url).origin == origin


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://example.com", "/"),
        ("https://example.com?a=b", "/?a=b"),
        ("https://example.com/a%20b//c;d?e=f&g=%2F", "/a%20b//c;d?e=f&g=%2F"),
        ("https://example.com/ä?ö", "/%C3%A4?%C3%B6"),
        ("https://example.com/a#b", "/a"),
    ],
)
def test_the_path_is_asked_as_it_was_given(url: str, path: str) -> None:
    assert parse_url(url).path == path


def test_only_the_policys_schemes_are_asked() -> None:
    policy = replace(Policy(), schemes=frozenset({"https"}))
    with pytest.raises(UrlRefused, match="The scheme must be https"):
        check_url("http://example.com/", policy=policy, within=1)
