namespace NhiGrains.GraphQL.Tests.Schema;

/// <summary>Documents that several tests send.</summary>
internal static class Documents
{
    public const string Operator = "olga:operator";
    public const string Requester = "rita:requester";
    public const string Viewer = "vera:viewer";
    public const string Auditor = "anna:auditor";

    public const string Refusal = "... on Refusal { code message remedy field }";

    public const string RegisterIdentity = $$"""
        mutation ($id: String!, $team: String = "shop") {
          registerIdentity(input: {
            identityId: $id, kind: BOT, owner: { person: "ann", team: $team }, environment: "test"
            tags: [{ key: "tier", value: "1" }], bindings: [{ platform: "k8s:test", principal: "shop/bot", createIfMissing: true }]
          }) { idempotencyKey result { __typename ... on IdentitySuccess { identity { id identityId status } } {{Refusal}} } }
        }
        """;

    public const string RequestAccess = $$"""
        mutation ($id: String!, $verbs: [Verb!]!, $type: String = "configmaps", $seconds: Int = 60, $wait: GrantWait, $waitSeconds: Int! = 10, $key: String) {
          requestAccess(input: {
            identityId: $id, lifetimeSeconds: $seconds, reason: "ticket 7", waitFor: $wait, waitSeconds: $waitSeconds, idempotencyKey: $key
            entitlements: [{ platform: "k8s:test", verbs: $verbs, resources: [{ type: $type, container: "shop", name: "settings" }] }]
          }) {
            idempotencyKey
            result {
              __typename
              ... on GrantSuccess {
                waitReached
                grant {
                  id grantId status expiresAt request { requestedBy reason lifetimeSeconds }
                  decision { outcome matchedRules reasons policyVersion inputDigest }
                  entitlements { platform verbs resources { type container match name } conditions { notAfter } }
                }
              }
              {{Refusal}}
            }
          }
        }
        """;
}
