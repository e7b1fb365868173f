"""Addresses and keys that cannot be used: one line, before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from extractor.cli.main import main
from extractor.core.errors import ConfigError
from extractor.model.base_url import check_base_url, check_key, shown_url, url_secrets
from extractor.model.client import ModelConfig
from tests.commands import PLAN, refused

KEY = "sk-test-0123456789abcdef"
BAD_URLS = {
    "open-bracket": "http://[bad",
    "bracket-without-end": "http://[::1/v1",
    "no-address-in-brackets": "http://[zz]/v1",
    "line-break-at-the-end": "http://models.example/v1\n",
    "line-break-inside": "http://models.example\n/v1",
    "carriage-return": "http://models.example/v1\r",
    "tab": "http://models.example\t/v1",
    "escape": "http://models.example/\x1b[2J",
    "delete": "http://models.example/\x7f",
    "space-at-the-end": "http://models.example/v1 ",
    "space-in-front": " http://models.example/v1",
    "space-inside": "http://models example/v1",
    "wide-space": "http://models.example/v1\u3000",
    "zero-width-space": "http://models.example/\u200bv1",
    "line-separator": "http://models.example/v1\u2028",
    "port-too-large": "http://models.example:99999/v1",
    "port-negative": "http://models.example:-1/v1",
    "port-zero": "http://models.example:0/v1",
    "port-in-words": "http://models.example:https/v1",
    "two-ports": "http://models.example:80:90/v1",
    "no-host": "http:///v1",
    "port-alone": "http://:8080/v1",
    "empty-label": "http://models..example/v1",
    "label-too-long": f"http://{'a' * 64}.example/v1",
    "no-number-of-an-address": "http://1.2.3.999/v1",
    "no-scheme": "models.example/v1",
    "another-scheme": "file:///etc/passwd",
    "credentials-of-a-broken-one": "http://me:secretword@[bad/v1?token=secretword",
}


@pytest.mark.parametrize("more", [(), ("--dry-run",)], ids=["run", "dry-run"])
@pytest.mark.parametrize("source", ["--base-url", "OPENAI_BASE_URL"])
@pytest.mark.parametrize("name", BAD_URLS)
def test_bad_address_is_one_clear_line(
    cli_runner: CliRunner,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    source: str,
    more: tuple[str, ...],
) -> None:
    """It names where the address comes from, and no database is made."""
    url = BAD_URLS[name]
    command = ["run", PLAN, "--db", "x.db", "--model", "m", *more]
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    if source == "--base-url":
        command += [source, url]
    else:
        monkeypatch.setenv(source, url)

    line = refused(
        cli_runner.invoke(main, command), source, "is not a URL like https://host/v1"
    )

    assert "secretword" not in line
    assert not Path("x.db").exists()


@pytest.mark.parametrize("url", BAD_URLS.values(), ids=BAD_URLS)
def test_bad_address_makes_no_model(url: str) -> None:
    """Whoever makes the configuration is told the same."""
    with pytest.raises(ConfigError, match="is not a URL like https://host/v1"):
        ModelConfig("m", url, KEY)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.openai.com/v1",
        "http://127.0.0.1:8080/v1",
        "http://[::1]:8080/v1",
        "http://localhost/v1/",
        "https://user:p%40ss@models.example:8443/v1?token=x",
        "HTTPS://Models.Example/v1",
        "http://例子.example/v1",
        "http://my_host.local:1/v1",
    ],
)
def test_good_address_is_taken(url: str) -> None:
    """Nothing that works is refused."""
    check_base_url(url)

    assert ModelConfig("m", url, KEY).endpoint


BAD_KEYS = {
    "line-break-at-the-end": f"{KEY}\n",
    "line-break-inside": f"{KEY}\n{KEY}",
    "carriage-return": f"{KEY}\r",
    "space": f"{KEY} ",
    "tab": f"\t{KEY}",
    "chinese": f"{KEY}密钥",
    "full-width": "ｓｋ-0123456789",
    "typographic-dash": "sk–0123456789abcdef",
    "half-a-character": f"{KEY}\udce4",
    "control-character": f"{KEY}\x01",
}


@pytest.mark.parametrize("url", ["https://models.example/v1", "http://127.0.0.1:9/v1"])
@pytest.mark.parametrize("name", BAD_KEYS)
def test_key_no_header_can_carry_is_one_clear_line(
    cli_runner: CliRunner, monkeypatch: pytest.MonkeyPatch, name: str, url: str
) -> None:
    """The line names the character and its place, never the key."""
    monkeypatch.setattr(
        "extractor.runs.session.os.environ", {"OPENAI_API_KEY": BAD_KEYS[name]}
    )
    command = ["run", PLAN, "--db", "x.db", "--model", "m", "--base-url", url]

    line = refused(cli_runner.invoke(main, command), "OPENAI_API_KEY holds", "set it")

    assert KEY not in line
    assert not Path("x.db").exists()


@pytest.mark.parametrize("key", ["", "1", KEY, "a.b_c~d+e/f=", '"'])
def test_key_of_ascii_is_taken(key: str) -> None:
    """Whatever servers at home want."""
    check_key(key)


def test_bad_proxy_is_one_clear_line(
    cli_runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable is named, so that it can be corrected."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("https_proxy", "ftp://proxy.example")
    monkeypatch.delenv("no_proxy", raising=False)
    url = ("--base-url", "https://models.example/v1")

    result = cli_runner.invoke(main, ["run", PLAN, "--model", "m", *url])

    refused(result, "the proxy of the environment, https_proxy, cannot be used")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:pw@h/v1?token=x#y", "https://h/v1"),
        ("http://user@[bad?x", "http://[bad"),
        ("http://h/a@b", "http://h/a@b"),
        ("nothing", "nothing"),
    ],
)
def test_shown_address_has_no_secrets(url: str, shown: str) -> None:
    """Also of one that cannot be read."""
    assert shown_url(url) == shown


def test_secrets_of_an_address() -> None:
    """Password and query values, as written and as meant."""
    assert url_secrets("https://u:p%40ss@h/v1?token=t%2Bk&flag") == (
        "p%40ss",
        "t%2Bk",
        "p@ss",
        "t+k",
    )
    assert url_secrets("https://h/v1") == ()
