"""The typed readers."""

from pathlib import Path
from typing import Any

import pytest

from api_project.environment import Environment, EnvironmentProblem, read_dotenv


def reading(**given: str) -> Environment:
    return Environment(given)


def test_an_earlier_layer_wins() -> None:
    env = Environment({"PORT": "1"}, {"PORT": "2", "BIND": "a"})
    env.add_layer({"PORT": "3", "BIND": "b", "NAME": "c"})
    assert (env.text("PORT"), env.text("BIND"), env.text("NAME")) == ("1", "a", "c")


def test_an_empty_value_clears_what_is_below() -> None:
    assert Environment({"PORT": ""}, {"PORT": "2"}).integer("PORT", 8000, low=1, high=9999) == 8000


@pytest.mark.parametrize(("given", "expected"), [("1", True), ("Yes", True), ("off", False), ("", False)])
def test_a_flag_is_a_known_word(given: str, expected: bool) -> None:
    assert reading(DEBUG=given).flag("DEBUG") is expected


def test_a_flag_that_is_not_given_can_be_told_apart() -> None:
    assert reading().flag_or_none("SANDBOX") is None
    assert reading(SANDBOX="0").flag_or_none("SANDBOX") is False


def test_a_number_may_have_its_digits_grouped() -> None:
    assert reading(MAX="2_200").integer("MAX", 0, low=0, high=3000) == 2200


def test_a_list_drops_empty_parts() -> None:
    assert reading(NAMES=" a, ,b,").words("NAMES") == ["a", "b"]


def test_a_table_is_read_by_key() -> None:
    assert reading(T="a=1, b=2").integers("T", keys=("a", "b"), low=1, high=9) == {"a": 1, "b": 2}


def test_an_address_loses_its_last_slash() -> None:
    assert reading(URL="https://speech.example.com/").url("URL") == "https://speech.example.com"


@pytest.mark.parametrize(
    ("given", "expected"), [("0.0.0.0", "0.0.0.0"), ("localhost", "127.0.0.1"), ("0:0::1", "::1"), ("", "127.0.0.1")]
)
def test_where_to_listen_is_an_ip_address(given: str, expected: str) -> None:
    assert reading(BIND=given).ip_address("BIND", "127.0.0.1") == expected


def test_networks_are_read_with_single_addresses_among_them() -> None:
    found = reading(NETS=" 192.168.1.0/24, 10.0.0.5,fd12::/48").networks("NETS")
    assert [str(network) for network in found] == ["192.168.1.0/24", "10.0.0.5/32", "fd12::/48"]


def test_networks_that_are_not_given_are_the_default() -> None:
    assert reading().networks("NETS") == []
    assert [str(network) for network in reading().networks("NETS", "127.0.0.0/8,::1/128")] == ["127.0.0.0/8", "::1/128"]


def test_ports_are_read() -> None:
    assert reading(PORTS="443, 9000").ports("PORTS", (1,)) == [443, 9000]
    assert reading().ports("PORTS", (443, 8443)) == [443, 8443]


def test_a_relative_path_starts_at_the_project() -> None:
    assert reading(DIR="x/../data").path("DIR", Path("/y"), base=Path("/project")) == Path("/project/data")


NOT_A_PORT = "PORT is '{}'; allowed is a whole number from 1 to 65535."
NOT_AN_ADDRESS = "URL is '{}'; allowed is an address like https://speech.example.com."
NOT_AN_IP_ADDRESS = "BIND is '{}'; allowed is an IP address, like 127.0.0.1, or 0.0.0.0 for all."
NOT_NETWORKS = (
    "NETS is '{}'; allowed is networks parted by commas, like 192.168.1.0/24, with nothing but zeros behind the prefix."
)
NOT_PORTS = "PORTS is '{}'; allowed is whole numbers from 1 to 65535 parted by commas."
NOT_A_TABLE = "T is '{}'; allowed is key=number pairs parted by commas, keys a, b, numbers from 1 to 9."


@pytest.mark.parametrize(
    ("reader", "name", "value", "arguments", "message"),
    [
        ("flag", "DEBUG", "maybe", {}, "DEBUG is 'maybe'; allowed is one of 1, true, yes, on, 0, false, no, off."),
        ("text", "LEVEL", "LOUD", {"choices": ("A", "B")}, "LEVEL is 'LOUD'; allowed is one of A, B."),
        ("integer", "PORT", "x", {"default": 1, "low": 1, "high": 65535}, NOT_A_PORT.format("x")),
        ("integer", "PORT", "0", {"default": 1, "low": 1, "high": 65535}, NOT_A_PORT.format("0")),
        ("url", "URL", "example.com", {}, NOT_AN_ADDRESS.format("example.com")),
        ("url", "URL", "ftp://a", {}, NOT_AN_ADDRESS.format("ftp://a")),
        ("url", "URL", "http://a:port", {}, NOT_AN_ADDRESS.format("http://a:port")),
        ("url", "URL", "http://[", {}, NOT_AN_ADDRESS.format("http://[")),
        ("ip_address", "BIND", "a.lan", {"default": ""}, NOT_AN_IP_ADDRESS.format("a.lan")),
        *(
            ("networks", "NETS", value, {}, NOT_NETWORKS.format(value))
            for value in ["10.0.0.1/8", "lan", "10.0.0.0/40"]
        ),
        *(
            ("ports", "PORTS", value, {"default": ()}, NOT_PORTS.format(value))
            for value in ["0", "https", "65536", "-1"]
        ),
        ("integers", "T", "a", {"keys": ("a", "b"), "low": 1, "high": 9}, NOT_A_TABLE.format("a")),
        ("integers", "T", "c=1", {"keys": ("a", "b"), "low": 1, "high": 9}, NOT_A_TABLE.format("c=1")),
        ("integers", "T", "a=10", {"keys": ("a", "b"), "low": 1, "high": 9}, NOT_A_TABLE.format("a=10")),
    ],
)
def test_a_wrong_value_names_itself_and_what_is_allowed(
    reader: str, name: str, value: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        getattr(reading(**{name: value}), reader)(name, **arguments)
    assert str(caught.value) == message


def test_a_secret_may_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s3cret\n")
    assert reading(KEY_FILE=str(tmp_path / "key")).secret("KEY") == "s3cret"


def test_a_secret_of_a_higher_layer_wins_over_a_file_of_a_lower(tmp_path: Path) -> None:
    assert Environment({"KEY": "a"}, {"KEY_FILE": str(tmp_path / "none")}).secret("KEY") == "a"


def test_only_a_secret_may_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "port").write_text("1")
    assert reading(PORT_FILE=str(tmp_path / "port")).text("PORT", "8000") == "8000"


def test_secrets_in_a_file_may_stand_on_lines(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("new\nold\n")
    assert reading(KEYS_FILE=str(tmp_path / "keys")).header_secrets("KEYS") == ["new", "old"]


@pytest.mark.parametrize("between", ["\n", "\r", "\r\n", "\u2028", "\0"])
def test_a_secret_is_on_one_line_and_never_told(between: str) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        reading(KEY=f"s3cret{between}s3cret").secret("KEY")
    assert str(caught.value) == "KEY has a line break inside; give the secret alone, on one line."


def test_a_line_break_around_a_secret_is_none_of_it() -> None:
    assert reading(KEY="\r\ns3cret\r\n").secret("KEY") == "s3cret"


@pytest.mark.parametrize(
    "odd", ["s3cret s3cret", "s3cret\u200bs3cret", "s3crét", "s3cret\ts3cret", "„s3cret“", "s3cret\x7f"]
)
@pytest.mark.parametrize("reader", ["header_secret", "header_secrets"])
def test_a_secret_for_a_header_is_plain_and_never_told(reader: str, odd: str) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        getattr(reading(KEY=odd), reader)("KEY")
    assert str(caught.value).startswith("KEY has a character that no key has; allowed are ASCII letters")
    assert "s3c" not in str(caught.value)


def test_a_password_of_a_database_may_have_any_letters() -> None:
    assert reading(URL="postgres://a:päss wörd@b/c").secret("URL") == "postgres://a:päss wörd@b/c"


def test_a_secret_given_twice_is_refused() -> None:
    with pytest.raises(EnvironmentProblem, match="KEY and KEY_FILE are both given; keep one of them"):
        reading(KEY="a", KEY_FILE="b").secret("KEY")


def test_a_secret_file_that_is_not_there_is_named() -> None:
    with pytest.raises(EnvironmentProblem, match="KEY_FILE is '/nowhere'; that file cannot be read"):
        reading(KEY_FILE="/nowhere").secret("KEY")


def test_an_empty_secret_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").touch()
    with pytest.raises(EnvironmentProblem, match="that file is empty"):
        reading(KEY_FILE=str(tmp_path / "key")).secret("KEY")


def test_a_dotenv_value_stands_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# comment\nKEY='a$HOME#b'\nexport OTHER=c\nBARE\n")
    assert read_dotenv(tmp_path / ".env") == {"KEY": "a$HOME#b", "OTHER": "c"}


def test_a_missing_dotenv_is_nothing(tmp_path: Path) -> None:
    assert read_dotenv(tmp_path / ".env") == {}


def test_a_dotenv_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe")
    with pytest.raises(EnvironmentProblem, match="cannot be read"):
        read_dotenv(tmp_path / ".env")
