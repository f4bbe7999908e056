# The image: the bundle on the official Node.js image, with koffi beside it, and nothing else of the checkout.
# Every RUN line is one that .ci/run runs as well, so an image builds wherever CI is green (test/packaging holds the two equal).

FROM node:26-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci
COPY LICENSE tsconfig.json ./
COPY scripts scripts
COPY src src
RUN npm run build

FROM node:26-slim
COPY --from=build /build/dist/ /opt/cluster-dns/

# A number, so that Kubernetes can see that runAsNonRoot holds. It owns no file in the image.
USER 65532:65532

# Ports below 1024 are open to this user wherever the sysctl net.ipv4.ip_unprivileged_port_start is 0 in the container:
# Docker Engine since 20.10 and containerd since 2.0 set it; elsewhere set it as docker-compose.yml does (in a Pod:
# securityContext.sysctls), or listen on a higher port. A file capability on node would do too, but then a container that
# drops all capabilities could not start it.
EXPOSE 53/udp 53/tcp

# No shell in between: the server is process 1 and gets SIGTERM itself.
ENTRYPOINT ["/usr/local/bin/node", "/opt/cluster-dns/cluster-dns.mjs"]
CMD ["serve", "-f", "/manifests", "--listen", "0.0.0.0:53"]
