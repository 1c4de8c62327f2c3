FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY migrations migrations
COPY src src
RUN npm run build

# PostgreSQL is a service of its own here: the embedded one is left out; and so is what only a compiler or a debugger reads.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund \
  && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

FROM node:24-bookworm-slim
ENV NODE_ENV=production REDRESS_HOST=0.0.0.0 REDRESS_DATA_DIR=/var/lib/redress
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
COPY policies policies
COPY templates templates
COPY src/intake/mappings src/intake/mappings
COPY src/intake/demo src/intake/demo
RUN install -d -o node -g node -m 0700 /var/lib/redress
USER node
EXPOSE 3000
# As `npm start` does: room for what is young, of which every request leaves much behind.
ENTRYPOINT ["node", "--min-semi-space-size=64", "--max-semi-space-size=64", "/app/dist/src/cli.js"]
CMD ["serve"]
