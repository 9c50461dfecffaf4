# A server's own image, with a /data that the user it runs as may write: a new volume takes its owner from there.
ARG BASE
FROM ${BASE}
ARG OWNER
USER root
RUN mkdir -p /data && chown "${OWNER}:${OWNER}" /data
USER ${OWNER}
VOLUME /data
