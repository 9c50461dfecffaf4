"""SearchService."""

from __future__ import annotations

from tintype.kit.auth.caller import Context, caller_of
from tintype.kit.operations.convert import operation_to_proto
from tintype.kit.paging import page_position, page_token, query_of
from tintype.search.convert.answer import page_to_proto, request_of, status_to_proto, suggestion_to_proto
from tintype.search.service.searching import Searching
from tintype.search.service.status import IndexCare
from tintype.search.service.suggesting import Suggesting
from tintype.v1 import search_service_pb2 as pb
from tintype.v1.search_service_pb2_grpc import SearchServiceServicer

SUGGESTIONS = 10  # where the request names no number, as the contract says


class SearchHandlers(SearchServiceServicer):
    def __init__(self, *, searching: Searching, suggesting: Suggesting, care: IndexCare) -> None:
        self._searching = searching
        self._suggesting = suggesting
        self._care = care

    async def SearchPhotos(self, request: pb.SearchPhotosRequest, context: Context) -> pb.SearchPhotosResponse:
        owner_id = caller_of(context).user_id
        query = query_of(request, owner_id=owner_id)
        position = page_position(request.page_token, query=query, kinds=(str, int))
        page = await self._searching.search_photos(request_of(request, owner_id=owner_id, position=position))
        return page_to_proto(page, next_page_token=page_token(page.after, query=query))

    async def SuggestQueries(self, request: pb.SuggestQueriesRequest, context: Context) -> pb.SuggestQueriesResponse:
        suggestions = await self._suggesting.suggest(
            owner_id=caller_of(context).user_id, prefix=request.prefix, limit=request.limit or SUGGESTIONS
        )
        return pb.SuggestQueriesResponse(suggestions=[suggestion_to_proto(each) for each in suggestions])

    async def GetIndexStatus(self, request: pb.GetIndexStatusRequest, context: Context) -> pb.GetIndexStatusResponse:
        status, pending = await self._care.status(caller_of(context).user_id)
        return status_to_proto(status, pending=pending)

    async def RebuildIndex(self, request: pb.RebuildIndexRequest, context: Context) -> pb.RebuildIndexResponse:
        operation = await self._care.ask_rebuild(owner_id=caller_of(context).user_id, request_id=request.request_id)
        return pb.RebuildIndexResponse(operation=operation_to_proto(operation))
