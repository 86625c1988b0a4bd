#!/usr/bin/env bash
# Prints commands to try against the demo:   deploy/demo/commands.sh URL [pg:demo]
set -euo pipefail
url=$1 database=${2:-}
ask() {
  printf '%s\n\ncurl -sS %s/graphql -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\\n  -d %s\n\n' "$1" "$url" "'{\"query\": \"${2//\"/\\\"}\"}'"
}

entitlements='{ platform: "aws:demo", verbs: [WRITE], resources: [{ type: "s3-object", container: "build-artifacts", match: PREFIX, name: "orders/" }] }, { platform: "gcp:demo", verbs: [READ], resources: [{ type: "secretmanager-secret", container: "", name: "deploy-key" }] }, { platform: "k8s:demo", verbs: [WRITE], resources: [{ type: "deployments", container: "shop", name: "orders" }] }'
[[ -z $database ]] || entitlements+=', { platform: "pg:demo", verbs: [READ], resources: [{ type: "table", container: "shop/public", name: "orders" }, { type: "table", container: "shop/public", name: "stock" }] }'

ask '1. Who is there, what is known of the platforms, and who has access that nobody answers for:' \
  '{ identities { nodes { identityId kind platforms { platform status } } } platforms { platform health unmanaged { principal } } }'
ask "2. Access for 60 seconds on every platform, decided first by one rule, proven by each platform's own authorizer:" \
  "mutation { requestAccess(input: { identityId: \"build-agent\", lifetimeSeconds: 60, reason: \"deploy orders\", waitFor: EFFECTIVE, waitSeconds: 20, entitlements: [$entitlements] }) { result { ... on GrantSuccess { grant { grantId status expiresAt decision { outcome matchedRules } outcomes { platform fidelity status message } } } ... on Refusal { code message remedy } } } }"
ask '3. A minute later: what became of it, and what the audit tells:' \
  '{ grants(filter: { identityId: "build-agent" }) { nodes { grantId status revokedAt residualUntil } } audit(identityId: "build-agent", first: 20) { nodes { at actor action } } }'
