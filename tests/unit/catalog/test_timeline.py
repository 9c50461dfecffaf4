"""Months and days of the timeline."""

from __future__ import annotations

from tintype.catalog.domain.timeline import Bucket, DayCount, buckets_of

DAYS = [DayCount("2023-08-01", 2), DayCount("2023-07-31", 3), DayCount("2023-07-02", 4), DayCount("2022-07-31", 1)]


def test_days_are_counted_together_by_month() -> None:
    months = [Bucket("2023-08-01", 2), Bucket("2023-07-01", 7), Bucket("2022-07-01", 1)]
    assert buckets_of(DAYS, days_from=0) == months
    assert buckets_of([], days_from=0) == []


def test_months_of_at_least_so_many_photos_have_their_days() -> None:
    def with_days(days_from: int) -> list[str]:
        return [bucket.month for bucket in buckets_of(DAYS, days_from=days_from) if bucket.days]

    assert with_days(1) == ["2023-08-01", "2023-07-01", "2022-07-01"]
    assert with_days(7) == ["2023-07-01"]
    assert with_days(8) == []
    assert buckets_of(DAYS, days_from=7)[1].days == tuple(DAYS[1:3])
