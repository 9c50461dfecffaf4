# The REST bridge with the gallery that it serves: one static binary, a folder of files, and nothing else of ours.
#
#   docker build -f deploy/docker/gateway.Dockerfile -t tintype-gateway:0.1.0 .

FROM node:22-alpine AS gallery
WORKDIR /source/clients/web
COPY clients/web/package.json clients/web/package-lock.json clients/web/.npmrc ./
RUN npm install --no-save --silent
COPY clients/web ./
RUN npm run build

FROM golang:1.26-alpine AS bridge
WORKDIR /source/services/gateway
COPY services/gateway/go.mod services/gateway/go.sum ./
RUN go mod download
COPY services/gateway ./
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /tintype-gateway .

FROM alpine:3.22
COPY --from=bridge /tintype-gateway /usr/local/bin/tintype-gateway
COPY --from=gallery /source/build/web /usr/share/tintype/gallery
ENV TINTYPE_GATEWAY_LISTEN=0.0.0.0:7462 TINTYPE_GATEWAY_GALLERY=/usr/share/tintype/gallery
USER 10001:10001
EXPOSE 7462
STOPSIGNAL SIGTERM
ENTRYPOINT ["tintype-gateway"]
