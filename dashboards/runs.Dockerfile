# Runs storm for ever, for compose.yaml: an honest generator and one that mints twice, in turn.
FROM node:24-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends etcd-server etcd-client libfaketime \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /snowglobe
COPY package.json package-lock.json .npmrc ./
# Without chdb: the store is the server beside it.
RUN npm ci --omit=optional --omit=dev --ignore-scripts --no-audit --no-fund
COPY harness harness
COPY generators generators
COPY scenarios scenarios
COPY reports reports
COPY bin bin
CMD ["sh", "-c", "while :; do for generator in snowflake resets-sequence; do node harness/main.ts run storm --driver local --generator $generator --store \"$STORE\" --metrics-port 9464; sleep 5; done; done"]
