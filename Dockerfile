# syntax=docker/dockerfile:1
# The image that scripts/image makes without a daemon, made by Docker, BuildKit or Kaniko: from the top of the tree,
#
#     docker build -t 10.43.170.72:5000/cortex-api:latest .
#     docker build --build-arg VARIANT=minimal -t cortex-api:minimal .      without bash, jq, kubectl, curl, busybox
#
# For a Raspberry Pi: docker buildx build --platform linux/arm64 (prepared; not tested).
ARG SWIFT_IMAGE=swift:6.3-bookworm

FROM ${SWIFT_IMAGE} AS build
ARG VARIANT=full
# The commit, for the label's and the bill of materials' sake; .git is not part of the build.
ARG CORTEX_REVISION=unknown
ARG SOURCE_DATE_EPOCH=0
ENV CORTEX_REVISION=${CORTEX_REVISION} SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH} DEBIAN_FRONTEND=noninteractive
RUN apt-get update -qq && apt-get install -qq --yes --no-install-recommends python3 binutils make
WORKDIR /src
COPY . .
RUN make build
RUN scripts/image --variant "${VARIANT}" --rootfs /rootfs

FROM scratch
ARG CORTEX_REVISION=unknown
# The program's own; a label cannot ask it.
ARG CORTEX_VERSION=0.1.0
COPY --from=build /rootfs/ /
LABEL org.opencontainers.image.title="cortex-api" \
      org.opencontainers.image.description="Heals the services of a Kubernetes cluster" \
      org.opencontainers.image.version="${CORTEX_VERSION}" \
      org.opencontainers.image.revision="${CORTEX_REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV PATH=/usr/bin:/bin HOME=/tmp
WORKDIR /app
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["cortex", "serve"]
