"""Every address's place: opens all sources once and asks them for each address.

Rules of this file
- No source is opened before it is needed, except those the user named: their
  errors come before the analysis.
- Addresses about which all sources say the same share one judgement.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..addresses import packed, text
from ..data.files import DBIP_COUNTRY, GEOLITE_COUNTRY
from ..data.table import Finder
from ..data.tsv import read
from ..model import Certainty, DataSet, Location, Operator, Place, Statement
from ..shipped import data_folder
from . import clouds, fetched, words
from .databases import Countries, Opinion, Source, UserDatabase
from .dates import between, distance
from .edges import Edges
from .ladder import Evidence, Ladder, opened_later
from .mixed import Mixed, installed
from .networks import Network, Networks, Provider, Providers
from .regions import Regions
from .special import MAYBE_SPECIAL, TRANSLATOR, UNASSIGNED, inner, nat64_prefixes, special

Database = UserDatabase | Mixed

_SOMEWHERE = {TRANSLATOR: words.translator, UNASSIGNED: words.unassigned}
"""Special addresses that are, or stand for, some of the public Internet: how to tell them."""

STALE_DAYS = 183
"""Half a year: older or newer data than that is said in the report."""

Facts = tuple[int, int, int, int, Provider | None, bool, tuple[Opinion, ...]]
"""All that a judgement rests on: the numbers of the anycast row, of Amazon's and
the other clouds' histories and of the country; who runs the network, whether
anybody announces the address, and the opinions of the user's databases."""


class Atlas:
    """Where addresses stand, as far as the sources of one date can say."""

    def __init__(self, on: str | None, users: Sequence[Database], user_data: Path | None) -> None:
        folder = data_folder()
        self.on = on
        self._user_data = user_data
        self._providers = Providers(folder / "providers.tsv")
        self._regions = Regions(folder / "regions.tsv")
        self._networks = Networks(folder, self._providers)
        self._countries = Countries(folder)
        self._edges = Edges(folder / "anycast.tsv")
        self._amazon = self._lists("aws.lists")
        self._clouds = self._lists("clouds.lists")
        self._octets = {str(octet): octet for octet in range(256)}
        self._inputs = _inputs(folder)
        self._dbip = Source("DB-IP Lite country", "DB-IP", self._inputs["countries"]["date"])
        self._users = [user for user in users if not self._superseded(user)]
        self._ask_dbip = not any(self._replaces_dbip(user.source) for user in self._users)
        names = {row[0]: row[1] for row in read(folder / "countries.tsv")}
        self._ladder = Ladder(names, self._providers.by_id, on)
        self._finders_of: dict[int, list[Finder]] = {}
        self._nat64: tuple[bytes, ...] = ()
        self._places: dict[str, Place] = {}
        self._judged: dict[Facts, Place] = {}

    @classmethod
    def open(
        cls,
        on: str | None = None,
        *,
        country_db: Path | None = None,
        asn_db: Path | None = None,
        city_db: Path | None = None,
        user_data: Path | None = None,
    ) -> Atlas:
        """The sources for captures of the day ``on`` (YYYY-MM-DD; None: as of today's data).

        ``user_data`` is the folder that ``data update`` fills. DataFileError,
        in one sentence, if a file named here is not what it should be.
        """
        named = (("country", country_db), ("city", city_db), ("asn", asn_db))
        users: list[Database] = [UserDatabase(path, kind) for kind, path in named if path]
        for name in (DBIP_COUNTRY, GEOLITE_COUNTRY) if user_data else ():
            path = Path(user_data or "") / name
            users += [UserDatabase(path, "country")] if path.is_file() else []
        users += installed()
        return cls(on, users, user_data)

    def know_translator(self, answers: Iterable[str]) -> None:
        """Addresses the network gave for ``ipv4only.arpa``: from now on, those below its own
        prefix of NAT64 stand where the IPv4 address inside does (RFC 7050)."""
        self._nat64 = nat64_prefixes(map(packed, answers))

    def place(self, ip: str) -> Place:
        """All that is known of an address; ValueError if ``ip`` is not one."""
        found = self._places.get(ip)
        if found is None:
            found = self._places[ip] = self._place(ip)
        return found

    def _replaces_dbip(self, source: Source) -> bool:
        """Whether a database is DB-IP's too, and nearer to the day than the embedded one."""
        if source.publisher != self._dbip.publisher or not (source.date and self._dbip.date):
            return False
        day = self.on or "9999-01-01"
        return abs(between(source.date, day)) < abs(between(self._dbip.date, day))

    def _superseded(self, database: Database) -> bool:
        """Whether a fetched database is DB-IP's and farther from the day than the embedded one."""
        ours = database.source.publisher == self._dbip.publisher
        return (
            ours
            and database.path.parent == self._user_data
            and not self._replaces_dbip(database.source)
        )

    def _lists(self, name: str) -> clouds.Lists | clouds.Pair:
        """The embedded lists of a file, with the fetched ones where there are any."""
        own = clouds.embedded(data_folder(), name, self.on)
        if self._user_data is None:
            return own
        if name == "aws.lists":
            fresh = fetched.amazon(self._user_data, self.on)
        else:
            fresh = fetched.others(self._user_data, self.on, data_folder() / "regions.tsv")
        return clouds.Pair(fresh, own, self.on) if fresh else own

    def data_sets(self) -> list[DataSet]:
        """Every data set this atlas judges by, for the report."""
        used = ["countries", "networks", "clouds", *(f"amazon-{d}" for d in self._amazon.used)]
        out = [_embedded_set(self._inputs[name]) for name in used if name in self._inputs]
        if self._user_data:
            out += fetched.data_sets(self._user_data, self._amazon.used[-1], self._clouds.used[-1])
        for user in self._users:
            terms = (
                user.source.publisher,
                user.source.date or "",
                user.source.licence,
                user.sha256(),
            )
            out.append(DataSet(user.source.name, *terms))
        return out

    def list_dates(self) -> dict[str, str]:
        """Provider id -> date of the list of its own used here, for those that publish one."""
        listed = (name for name, row in self._providers.by_id.items() if row.kind == "listed")
        return dict.fromkeys(listed, self._clouds.date) | {"aws": self._amazon.date}

    def far(self) -> list[str]:
        """Each source whose data lie over six months from the capture, and how far."""
        if self.on is None:
            return []
        sources = [
            ("the country database DB-IP Lite", self._dbip.date),
            ("the table of network operators", self._inputs["networks"]["date"]),
            ("the nearest of Amazon's range lists", self._amazon.date),
            ("the range lists of the other clouds", self._clouds.date),
            *((user.source.name, user.source.date) for user in self._users),
        ]
        return [
            f"{name} ({date}, {distance(date, self.on)} the capture)"
            for name, date in sources
            if date and abs(between(date, self.on)) > STALE_DAYS
        ]

    def broken(self) -> list[str]:
        """One sentence for each database of a user that failed while it was asked."""
        return [
            f"{user.path} turned out damaged during the analysis and was left out"
            for user in self._users
            if user.broken
        ]

    def _place(self, ip: str) -> Place:
        raw = self._packed(ip)
        if self._nat64 or raw[0] in MAYBE_SPECIAL[len(raw)]:  # most skip both questions
            within = inner(raw, self._nat64)
            if within:
                return self._translated(ip, *within)
            meaning = special(raw)
            if meaning:
                tell = _SOMEWHERE.get(meaning, words.private)
                sure = Certainty.UNKNOWN if meaning in _SOMEWHERE else Certainty.PRIVATE
                return Place(ip, location=Location(None, sure, sentence=tell(meaning)))
        edge, amazon, cloud, country, carrier = self._finders(4 if len(raw) == 4 else 6)
        key = int.from_bytes(raw[:8], "big")
        said = self._opinions(ip) if self._users else ()
        operator, owner = network = self._networks.network(carrier(key))
        announced = operator.asn is not None
        facts = (edge(key), amazon(key), cloud(key), country(key), owner, announced, said)
        known = self._judged.get(facts)
        if known is None:
            known = self._judged[facts] = self._judge(facts)
        return _copy(known, ip, operator if announced else _operator(network, said))

    def _packed(self, ip: str) -> bytes:
        """The bytes of an address; canonical IPv4, nearly all of them, by a short way."""
        octets = self._octets
        try:
            a, b, c, d = ip.split(".")
            return bytes((octets[a], octets[b], octets[c], octets[d]))
        except (KeyError, ValueError):
            return packed(ip)

    def _translated(self, ip: str, translation: str, raw: bytes) -> Place:
        """The place of the IPv4 address inside an IPv6 one, saying so."""
        target = text(raw)
        place = self._place(target)
        place.ip = ip
        note = f"{translation}: judged by the IPv4 address inside, {target}"
        place.location.statements.insert(0, Statement("the address itself", None, None, None, note))
        place.location.sentence = (
            f"stands for {target} ({translation}), which {place.location.sentence}"
        )
        return place

    def _opinions(self, ip: str) -> tuple[Opinion, ...]:
        """What the user's databases say of an address."""
        return tuple(opinion for user in self._users if (opinion := user.opinion(ip)))

    def _finders(self, family: int) -> list[Finder]:
        """Finders of anycast rows, the two histories, countries and networks; tables are
        read when a family is first asked for."""
        known = self._finders_of.get(family)
        if known is None:
            sources = (self._edges, self._amazon, self._clouds, self._countries, self._networks)
            known = self._finders_of[family] = [source.finder(family) for source in sources]
        return known

    def _judge(self, facts: Facts) -> Place:
        """The place all addresses with these facts share, under no address and operator."""
        edge, amazon, cloud, country_number, owner, announced, said = facts
        anycast = self._edges.rows[edge]
        listed = self._amazon.listed(amazon) or self._clouds.listed(cloud)
        if listed and not announced:
            listed = clouds.unannounced(listed, self._inputs["networks"]["date"])
        country = self._countries.codes[country_number]
        own = (Opinion(self._dbip, country),) if country and self._ask_dbip else ()
        region = (
            self._regions.get(listed.listing.provider, listed.listing.region) if listed else None
        )
        abroad = region is not None and self._regions.zones_abroad(region.provider, region.code)
        later = self._amazon.later(amazon)
        seen = Evidence(owner, own + said, anycast, listed, region, abroad, later)
        place = Place("", location=self._ladder.judge(seen))
        if anycast:
            place.provider, place.service = anycast.provider, anycast.service
        elif listed and listed.nearest:
            place.provider, place.service = listed.listing.provider, listed.listing.service
            unopened = not listed.firm and opened_later(region, self.on)
            place.region = None if listed.listing.edge or unopened else listed.listing.region
        elif owner and owner.kind != "listed":
            place.provider = owner.id
        return place


def _operator(network: Network, opinions: tuple[Opinion, ...]) -> Operator:
    """Where the embedded table has no operator, the first that a database of the user's names."""
    return next((Operator(o.asn, o.network) for o in opinions if o.asn), network.operator)


def _copy(place: Place, ip: str, operator: Operator) -> Place:
    """The same place for another address; its location may be changed freely."""
    at = place.location
    where = Location(at.country, at.certainty, at.statements.copy(), sentence=at.sentence)
    where.city, where.latitude, where.longitude = at.city, at.latitude, at.longitude
    return Place(ip, operator, place.provider, place.service, place.region, where)


def _inputs(folder: Path) -> dict[str, dict[str, str]]:
    """The rows of the manifest about what the tables were made from, by name."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return {row["id"]: row for row in manifest["data"]}


def _embedded_set(row: dict[str, str]) -> DataSet:
    return DataSet(row["name"], row["publisher"], row["date"], row["licence"], row["sha256"])
