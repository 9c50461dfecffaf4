# MinIO from its last source: the project is archived and its last image misses a security fix. Another S3 server does
# as well; the profile `versitygw` of docker-compose.yml starts one.

FROM golang:1.26-bookworm AS build
ENV CGO_ENABLED=0 GOFLAGS=-trimpath
RUN go install -ldflags="-s -w" github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates curl \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10002 --create-home --home-dir /data minio
COPY --from=build /go/bin/minio /usr/local/bin/minio
USER 10002:10002
VOLUME /data
EXPOSE 9000
ENTRYPOINT ["minio"]
