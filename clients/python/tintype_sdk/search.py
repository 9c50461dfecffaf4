"""Search, and vectors for programs."""

from __future__ import annotations

from collections.abc import Sequence

from tintype.v1 import embed_service_pb2 as embed_pb
from tintype.v1 import operation_pb2
from tintype.v1 import search_service_pb2 as pb
from tintype.v1.embed_service_pb2_grpc import EmbedServiceStub
from tintype.v1.search_service_pb2_grpc import SearchServiceStub
from tintype_sdk.connection import Connection


class Search:
    """SearchService."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stub = SearchServiceStub(connection.channel)

    async def photos(
        self, words: str = "", *, request: pb.SearchPhotosRequest | None = None
    ) -> pb.SearchPhotosResponse:
        """Find photos by words; `request` holds everything else that the contract offers. Raises InvalidArgument."""
        query = pb.SearchPhotosRequest()
        if request is not None:
            query.CopyFrom(request)
        query.words = words or query.words
        return await self._connection.call(self._stub.SearchPhotos, query, pb.SearchPhotosResponse)

    async def suggest(self, prefix: str = "", *, limit: int = 0) -> list[pb.Suggestion]:
        """Queries worth making."""
        request = pb.SuggestQueriesRequest(prefix=prefix, limit=limit)
        response = await self._connection.call(self._stub.SuggestQueries, request, pb.SuggestQueriesResponse)
        return list(response.suggestions)

    async def status(self) -> pb.GetIndexStatusResponse:
        """How complete the index is."""
        return await self._connection.call(
            self._stub.GetIndexStatus, pb.GetIndexStatusRequest(), pb.GetIndexStatusResponse
        )

    async def rebuild(self, *, request_id: str = "") -> operation_pb2.Operation:
        """Build the index anew; for administrators."""
        request = pb.RebuildIndexRequest(request_id=request_id)
        return (await self._connection.call(self._stub.RebuildIndex, request, pb.RebuildIndexResponse)).operation


class Embed:
    """EmbedService."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stub = EmbedServiceStub(connection.channel)

    async def text(self, texts: Sequence[str]) -> embed_pb.EmbedTextResponse:
        """A unit vector for each text."""
        request = embed_pb.EmbedTextRequest(texts=texts)
        return await self._connection.call(self._stub.EmbedText, request, embed_pb.EmbedTextResponse)

    async def images(self, images: Sequence[bytes]) -> embed_pb.EmbedImagesResponse:
        """A unit vector for each picture. Raises InvalidArgument."""
        request = embed_pb.EmbedImagesRequest(images=images)
        return await self._connection.call(self._stub.EmbedImages, request, embed_pb.EmbedImagesResponse)
