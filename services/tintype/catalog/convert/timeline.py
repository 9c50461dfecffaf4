"""The timeline as the contract says it."""

from __future__ import annotations

from tintype.catalog.domain.timeline import Bucket
from tintype.v1 import catalog_service_pb2 as pb


def bucket_to_proto(bucket: Bucket) -> pb.TimelineBucket:
    """A month, with its days if it has them."""
    days = [pb.TimelineDay(day=each.day, count=each.count) for each in bucket.days]
    return pb.TimelineBucket(month=bucket.month, count=bucket.count, days=days)
