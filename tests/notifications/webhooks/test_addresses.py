"""Nobody reaches our own network through a webhook, however the address is written and wherever its name leads."""

from ipaddress import ip_address

import pytest
from pytest_django.fixtures import Settings

from notifications.webhooks.addresses import UnfitAddressError, checked_address, is_public, parse

HOSTILE = [
    "http://hooks.firm.example/",
    "ftp://hooks.firm.example/",
    "file:///etc/passwd",
    "gopher://hooks.firm.example/",
    "javascript:alert(1)",
    "//hooks.firm.example/",
    "hooks.firm.example",
    "",
    "https://",
    "https:///path",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://127.0.0.1.:443/",
    "https://0/",
    "https://10.0.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/",
    "https://8.8.8.8/",
    "https://1.2.3.0x4/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[fe80::1%25eth0]/",
    "https://[fd00::1]/",
    "https://localhost/",
    "https://localhost./",
    "https://LOCALHOST/",
    "https://foo.localhost/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://db.internal/",
    "https://router.lan/",
    "https://host/",
    "https://firm.home.arpa/",
    "https://hidden.onion/",
    "https://user@hooks.firm.example/",
    "https://user:secret@hooks.firm.example/",
    "https://hooks.firm.example@127.0.0.1/",
    "https://127.0.0.1#@hooks.firm.example/",
    "https://hooks.firm.example#fragment",
    "https://hooks.firm.example\\@127.0.0.1/",
    "https://hooks.firm.example%2f@127.0.0.1/",
    "https://hooks.firm.example:22/",
    "https://hooks.firm.example:6379/",
    "https://hooks.firm.example:0/",
    "https://hooks.firm.example:99999/",
    "https://hooks.firm.example:/",
    "https://hooks.firm.example:443:80/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    "https://ⓛocalhost/",
    "https://hооks.firm.example/",  # Cyrillic
    "https://hooks.firm.example/\r\nX-Injected: 1",
    "https://hooks.firm.example/ HTTP/1.1",
    "https://hooks.firm.example/\x00",
    "https://hooks.firm.example/\t",
    " https://hooks.firm.example/",
    "https://hooks.firm.example/\n",
    "https://hooks..firm.example/",
    "https://-hooks.firm.example/",
    "https://hooks_.firm.example/",
    "https://" + "a" * 64 + ".example/",
    "https://" + "a." * 130 + "example/",
    "https://hooks.firm.example/" + "a" * 500,
    "https://${jndi:ldap}.example/",
]

NOT_PUBLIC = [
    *("127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1"),  # noqa: S104
    *("169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "198.18.0.1"),
    *("198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::808:808", "64:ff9b::7f00:1"),
    *("64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:808:808::1", "fc00::1", "fd12:3456::1", "fe80::1"),
    *("fec0::1", "ff02::1", "4000::1", "fe80::1%eth0", "2a00:1450::1%eth0"),
]
PUBLIC = ["8.8.8.8", "14.225.0.1", "2a00:1450:4001:82b::200e", "2405:4800::1"]


@pytest.mark.parametrize("url", HOSTILE)
def test_an_address_that_could_lead_elsewhere_is_refused(url: str) -> None:
    with pytest.raises(UnfitAddressError):
        parse(url)


def test_there_are_enough_of_them() -> None:
    assert len(set(HOSTILE)) >= 70


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "header"),
    [
        ("https://hooks.firm.example", "hooks.firm.example", 443, "/", "hooks.firm.example"),
        ("https://Hooks.Firm.Example:8443/a/b?c=d%20e", "hooks.firm.example", 8443, "/a/b?c=d%20e", None),
        ("https://hooks.firm.example?x=1", "hooks.firm.example", 443, "/?x=1", "hooks.firm.example"),
        ("https://xn--hoks-0qa.xn--80asehdb/", "xn--hoks-0qa.xn--80asehdb", 443, "/", "xn--hoks-0qa.xn--80asehdb"),
    ],
)
def test_an_ordinary_address_is_taken_apart(url: str, host: str, port: int, path: str, header: str | None) -> None:
    target = parse(url)

    assert (target.is_secure, target.host, target.port, target.path) == (True, host, port, path)
    assert target.host_header == (header or f"{host}:{port}")


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_known(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_known(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("addresses", [[], *([each] for each in NOT_PUBLIC), ["8.8.8.8", "10.0.0.1"], ["no address"]])
def test_a_name_that_leads_to_any_address_that_is_not_public_is_refused(addresses: list[str]) -> None:
    with pytest.raises(UnfitAddressError):
        checked_address(parse("https://hooks.firm.example/"), lambda _host, _port: addresses)


def test_a_name_that_leads_nowhere_is_refused() -> None:
    def fails(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(UnfitAddressError, match="cannot be resolved"):
        checked_address(parse("https://hooks.firm.example/"), fails)


def test_the_first_of_the_checked_addresses_is_the_one() -> None:
    assert checked_address(parse("https://hooks.firm.example/"), lambda _host, _port: PUBLIC) == "8.8.8.8"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.2/", "http://localhost:8000/", "http://10.0.0.1:80/", "http://127.0.0.1:0/", "http://0/"]
)
def test_where_tests_allow_it_loopback_is_reached_and_nothing_more(url: str, settings: Settings) -> None:
    settings.WEBHOOKS_MAY_GO_TO_LOOPBACK = True

    with pytest.raises(UnfitAddressError):
        parse(url)
    assert parse("http://127.0.0.1:8000/x").port == 8000
