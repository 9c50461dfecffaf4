"""What the workers hear: new photos, and requests for stages."""

from __future__ import annotations

from typing import TypeVar

from google.protobuf.message import Message

from tintype.analysis import convert
from tintype.analysis.domain import Job
from tintype.analysis.service.analyse import Analysis
from tintype.events.hearing import Heard
from tintype.v1 import events_pb2

M = TypeVar("M", bound=Message)


class AnalysisConsumer:
    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis

    async def photo_registered(self, heard: Heard[events_pb2.PhotoRegistered]) -> None:
        await self._work(convert.job_of_registered(heard.message, heard.event_id), heard)

    async def analysis_requested(self, heard: Heard[events_pb2.AnalysisRequested]) -> None:
        await self._work(convert.job_of_requested(heard.message, heard.event_id), heard)

    async def _work(self, job: Job, heard: Heard[M]) -> None:
        """The last delivery of a fact that was delivered so often that a worker must have died of it is given up."""
        if heard.last:
            await self._analysis.give_up(job, "the worker died of it, again and again")
        else:
            await self._analysis.analyse(job)
