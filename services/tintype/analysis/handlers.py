"""EmbedService: vectors for programs."""

from __future__ import annotations

import grpc

from tintype.analysis import convert
from tintype.analysis.service.embed import Embedder
from tintype.v1 import embed_service_pb2 as pb
from tintype.v1.embed_service_pb2_grpc import EmbedServiceServicer


class EmbedHandlers(EmbedServiceServicer):
    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    async def EmbedText(
        self, request: pb.EmbedTextRequest, context: grpc.aio.ServicerContext[pb.EmbedTextRequest, pb.EmbedTextResponse]
    ) -> pb.EmbedTextResponse:
        vectors = await self._embedder.embed_text(list(request.texts))
        return pb.EmbedTextResponse(space=vectors.space, vectors=convert.vectors_to_proto(vectors.rows))

    async def EmbedImages(
        self,
        request: pb.EmbedImagesRequest,
        context: grpc.aio.ServicerContext[pb.EmbedImagesRequest, pb.EmbedImagesResponse],
    ) -> pb.EmbedImagesResponse:
        vectors = await self._embedder.embed_images(list(request.images))
        return pb.EmbedImagesResponse(space=vectors.space, vectors=convert.vectors_to_proto(vectors.rows))
