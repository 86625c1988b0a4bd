#!/usr/bin/env bash
# Prints three commands to try against the demo:   deploy/demo/commands.sh URL
set -euo pipefail
url=$1
ask() {
  printf '%s\n\ncurl -sS %s/graphql -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\\n  -d %s\n\n' "$1" "$url" "'{\"query\": \"${2//\"/\\\"}\"}'"
}

ask '1. Who is there, and what is known of the platform:' \
  '{ identities { nodes { identityId kind platforms { platform status } } } platforms { platform health } }'
ask "2. Access for 60 seconds, decided first, proven by the cluster's own authorizer:" \
  'mutation { requestAccess(input: { identityId: "billing", lifetimeSeconds: 60, reason: "new prices", waitFor: EFFECTIVE, entitlements: [{ platform: "k8s:demo", verbs: [READ, WRITE], resources: [{ type: "configmaps", container: "shop", name: "prices" }] }] }) { result { ... on GrantSuccess { grant { grantId status expiresAt decision { outcome reasons } } } ... on Refusal { code message remedy } } } }'
ask '3. A minute later: what became of it, and what the audit tells:' \
  '{ grants(filter: { identityId: "billing" }) { nodes { grantId status revokedAt } } audit(identityId: "billing", first: 20) { nodes { at actor action } } }'
