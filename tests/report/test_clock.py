from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.report.clock import minute, moment, second, stamp

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (1_571_231_048_779_483_000, "2019-10-16T13:04:08.779483000Z"),
        (0, "1970-01-01T00:00:00.000000000Z"),
        (-1, "1969-12-31T23:59:59.999999999Z"),
        (951_782_400_000_000_001, "2000-02-29T00:00:00.000000001Z"),
        (4_294_967_296_000_000_000, "2106-02-07T06:28:16.000000000Z"),
        (253_402_300_799_999_999_999, "9999-12-31T23:59:59.999999999Z"),
        (253_402_300_800_000_000_000, ""),
        (-62_135_596_800_000_000_000, "0001-01-01T00:00:00.000000000Z"),
        (-62_135_596_800_000_000_001, ""),
        (2**64 * 10**9, ""),
        (None, ""),
    ],
)
def test_stamp(ns: int | None, text: str) -> None:
    assert stamp(ns) == text


@given(st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31)))
def test_stamp_agrees_with_datetime(when: datetime) -> None:
    ns = (when.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1) * 1000
    assert stamp(ns) == when.isoformat(timespec="microseconds") + "000Z"


def test_shorter_forms() -> None:
    assert minute(1_571_231_048_779_483_000) == "2019-10-16 13:04"
    assert second(1_571_231_048_779_483_000) == "2019-10-16 13:04:08"
    assert second(None) == ""


def test_a_moment_is_as_fine_as_its_steps() -> None:
    ns = 1_571_231_048_779_483_000
    assert moment(ns, 3_600_000_000_000) == "2019-10-16 13:04"
    assert moment(ns, 60_000_000_000) == "2019-10-16 13:04"
    assert moment(ns, 59_999_999_999) == "2019-10-16 13:04:08"
    assert moment(ns, 999_999_999) == "2019-10-16 13:04:08.779"
    assert moment(None, 1) == ""
