"""What MongoDB itself says of every page: an index serves it, and nothing is sorted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from pymongo.errors import OperationFailure
from tests.contract.mongo_database import OnMongo
from tests.mongo_pages import PAGES, Pages
from tests.mongo_plans import TakenDown

from tintype.kit.store.mongo import Keyed

pytestmark = pytest.mark.servers

NO_SUCH_COMMAND: Final = 59


class TestMongoPages(OnMongo):
    @pytest.mark.parametrize(("document", "pages"), PAGES)
    async def test_no_page_is_sorted_or_scans_a_collection(self, document: type[Keyed], pages: Pages) -> None:
        down = TakenDown()
        await pages(down)
        async with self.database() as database:
            collection = await database.collection(document)
            for asked in down.finds:
                explain = {"explain": asked.command(collection.name), "verbosity": "queryPlanner"}
                try:
                    said = await collection.database.command(explain)
                except OperationFailure as error:
                    if error.code == NO_SUCH_COMMAND:
                        pytest.skip("this server has no explain: it is not MongoDB itself")
                    raise
                found = set(stages(said["queryPlanner"]["winningPlan"]))
                assert found & {"IXSCAN", "CLUSTERED_IXSCAN", "IDHACK", "EOF"}
                assert not found & {"COLLSCAN", "SORT"}


def stages(plan: object) -> Iterator[str]:
    """The names of all stages of a plan."""
    if isinstance(plan, dict):
        if "stage" in plan:
            yield str(plan["stage"])
        for part in plan.values():
            yield from stages(part)
    elif isinstance(plan, list):
        for part in plan:
            yield from stages(part)
