"""Addresses of databases: what they point at, and what of them may be shown."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, unquote

from xlsales.issues import CannotRead

SCHEMES: Final = MappingProxyType({
    "sqlite": "sqlite", "duckdb": "duckdb", "postgresql": "postgresql", "postgres": "postgresql",
    "mysql": "mysql", "mariadb": "mysql", "mssql": "mssql", "sqlserver": "mssql", "snowflake": "snowflake",
    "bigquery": "bigquery", "databricks": "databricks", "spark": "spark",
})  # fmt: skip
FILES: Final = frozenset({"sqlite", "duckdb"})
_SETTINGS: Final = (
    "table", "query", "user", "host", "port", "schema", "sslmode", "sslrootcert", "sslcert", "sslkey", "ssl", "ssl_ca",
    "instance", "encrypt", "trustservercertificate", "authentication", "warehouse", "role", "authenticator",
    "http_path", "location", "master",
)  # fmt: skip
_SECRETS: Final = ("password", "pwd", "passwd", "pass", "passcode", "token", "access_token", "accesstoken")
_ENVIRONMENT: Final = MappingProxyType({
    "postgresql": ("PGPASSWORD",), "mysql": ("MYSQL_PWD",), "mssql": ("SQLCMDPASSWORD",),
    "snowflake": ("SNOWFLAKE_PASSWORD",), "databricks": ("DATABRICKS_TOKEN",),
})  # fmt: skip
_START = re.compile(r"^(?P<scheme>[a-z]+)(?:\+\w+)?:(?P<slashes>//)?", re.IGNORECASE)
_NEXT = re.compile(rf"&(?=(?:{'|'.join((*_SETTINGS, *_SECRETS))})=)", re.IGNORECASE)
_ANY = re.compile(r"^[a-z][a-z0-9+.\-]+://", re.IGNORECASE)
_HIDDEN = "***"


@dataclass(frozen=True)
class Address:
    """Where a database is.

    scheme: one of the values of :data:`SCHEMES`. path: below the host, decoded, without its first slash; for a file
    the file. port: 0 where none is given. settings: what stands after the question mark, decoded, without secrets.
    secrets: passwords and tokens, in the address and in the environment; the first is the one to use.
    plain: it is a file given by its path.
    """

    scheme: str
    host: str = ""
    port: int = 0
    user: str = ""
    path: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    plain: bool = False

    @property
    def password(self) -> str:
        """The password or token, "" where the driver is to find its own."""
        return self.secrets[0] if self.secrets else ""

    @property
    def parts(self) -> list[str]:
        """The parts of the path: database and schema, catalogue and schema."""
        return [part for part in self.path.split("/") if part]

    def shown(self) -> str:
        """The address without anything secret; with the password in the environment it can be used again."""
        if self.plain:
            return self.path
        if self.scheme == "spark":
            place = f"spark:{self.path}"
        else:
            user = f"{quote(self.user, safe='')}@" if self.user else ""
            host = f"[{self.host}]" if ":" in self.host else self.host
            port = f":{self.port}" if self.port else ""
            place = f"{self.scheme}://{user}{host}{port}/{quote(self.path, safe='/:')}"
        settings = "&".join(f"{key}={quote(value, safe='/:,*().')}" for key, value in self.settings.items())
        return f"{place}?{settings}" if settings else place

    def scrubbed(self, text: object) -> str:
        """The words of a driver on one line, without any secret of this address."""
        line = str(text)
        for secret in sorted(self.secrets, key=len, reverse=True):
            for written in (secret, quote(secret, safe=""), quote(secret), secret.replace("'", "''")):
                line = line.replace(written, _HIDDEN)
        line = " ".join(line.split())
        for secret in filter(None, (" ".join(secret.split()) for secret in self.secrets)):
            line = line.replace(secret, _HIDDEN)
        line = re.sub(r"(://[^\s/:@]*):[^\s@]*@", r"\1@", line)
        return re.sub(rf"(?i)\b({'|'.join(_SECRETS)})(\s*=\s*)[^\s;,&]+", rf"\1\2{_HIDDEN}", line)


def is_database(source: str) -> bool:
    """True for an address. One of a kind that is not known is refused when it is read, without being shown in full."""
    return bool(_known(source) or _ANY.match(source))


def masked(source: str) -> str:
    """A source as it may be shown and remembered: an address without its password, anything else as it is."""
    if not is_database(source):
        return source
    if not _known(source):
        return re.sub(r"//.*@", "//", source).partition("?")[0]
    try:
        return address_of(source).shown()
    except CannotRead:
        return f"{source.partition(':')[0]}:…"


def _known(source: str) -> re.Match[str] | None:
    start = _START.match(source)
    scheme = start["scheme"].lower() if start else ""
    return start if start and scheme in SCHEMES and (start["slashes"] or scheme == "spark") else None


def address_of(source: str, kind: str = "") -> Address:
    """Take an address apart; kind: the scheme of a file given by its path.

    Raises CannotRead: database_scheme (path, known), database_address (scheme), database_setting (known).
    """
    if not is_database(source):
        return Address(kind, path=source, plain=True)
    start = _known(source)
    if start is None:
        raise CannotRead("database_scheme", path=masked(source), known=list(SCHEMES))
    scheme = SCHEMES[start["scheme"].lower()]
    place, settings, secrets = _settings(source[start.end() :])
    if scheme == "spark" or scheme in FILES:
        return Address(scheme, path=unquote(place if scheme == "spark" else place.removeprefix("/")), settings=settings)
    login, _, place = place.rpartition("@")
    server, _, path = place.partition("/")
    user, _, password = login.partition(":")
    host, port = _host(server)
    found = [unquote(password)] if password else []
    return Address(
        scheme,
        host=settings.pop("host", host),
        port=_port(settings.pop("port", port), scheme),
        user=settings.pop("user", unquote(user)),
        path=unquote(path),
        settings=settings,
        secrets=tuple(dict.fromkeys([*found, *secrets, *_from_environment(scheme)])),
    )


def _settings(rest: str) -> tuple[str, dict[str, str], list[str]]:
    """What stands before the question mark, then the settings and the secrets after it."""
    place, _, tail = rest.partition("?")
    if "@" in tail.partition("=")[0]:
        # The question mark is part of a password that should have been written %3F.
        more, _, tail = tail.partition("?")
        place = f"{place}?{more}"
    settings: dict[str, str] = {}
    secrets: list[str] = []
    for pair in _NEXT.split(tail) if tail else []:
        key, _, value = pair.partition("=")
        key = key.lower()
        # Words with spaces between them were never encoded.
        value = value if " " in value else unquote(value.replace("+", " "))
        if key in _SECRETS:
            secrets.append(value)
        elif key in _SETTINGS:
            settings[key] = value
        else:
            raise CannotRead("database_setting", known=list(_SETTINGS))
    return place, settings, [secret for secret in secrets if secret]


def _host(server: str) -> tuple[str, str]:
    if server.startswith("["):
        host, _, port = server[1:].partition("]")
        return host, port.removeprefix(":")
    host, _, port = server.partition(":")
    return unquote(host), port


def _port(text: str, scheme: str) -> int:
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise CannotRead("database_address", scheme=scheme)
    return int(text)


def _from_environment(scheme: str) -> list[str]:
    names = ("XLSALES_DB_PASSWORD", *_ENVIRONMENT.get(scheme, ()))
    return [value for name in names if (value := os.environ.get(name, ""))]
