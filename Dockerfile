# The image: the bundle on the official Node.js image, with koffi beside it, and nothing else of the checkout.
# Every npm line is one that .ci/run runs as well, so an image builds wherever CI is green (test/packaging holds the two equal).

FROM node:26-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci
COPY LICENSE tsconfig.json ./
COPY scripts scripts
COPY src src
RUN npm run build
# Its first line asks `env` for node, which under `no_new_privs` has no capability left to hand on.
RUN sed -i '1s|.*|#!/usr/local/bin/node|' dist/cluster-dns.mjs
RUN mkdir bin && ln -s /opt/cluster-dns/cluster-dns.mjs bin/coredns

# Port 53 for a user who is not root, as CoreDNS's image has it: a capability of the program's file. What starts the container has
# to leave it NET_BIND_SERVICE (Docker does, CoreDNS's manifests name it): without it the kernel does not start the program at all.
FROM node:26-slim AS node
RUN apt-get update && apt-get install --yes --no-install-recommends libcap2-bin
RUN setcap cap_net_bind_service=+ep /usr/local/bin/node

FROM node:26-slim
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=build /build/dist/ /opt/cluster-dns/
# OpenShift starts the command `coredns`, without a path.
COPY --from=build /build/bin/ /usr/local/bin/

# A number, so that Kubernetes can see that runAsNonRoot holds. It owns no file in the image, and nothing is written to disk.
USER 65532:65532
WORKDIR /
EXPOSE 53/udp 53/tcp

# No shell in between: the server is process 1 and gets SIGTERM itself.
ENTRYPOINT ["/usr/local/bin/node", "/opt/cluster-dns/cluster-dns.mjs"]
CMD ["serve", "-f", "/manifests", "--listen", "0.0.0.0:53"]
