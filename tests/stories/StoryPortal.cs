using System.Text.Json;
using NhiGrains.Host.Tests.EndToEnd;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Host.Tests.Stories;

/// <summary>What people and identities of the stories ask the portal.</summary>
internal static class StoryPortal
{
    private const string GrantFields =
        "grantId status expiresAt meanwhileOf revocationReason entitlements { verbs } outcomes { platform status message } rejection { by } "
        + "approval { planDigest waitingFor { person } approvals { approver } } decision { outcome lifetimeSeconds reasons matchedRules findings { rule matched differences } }";

    public static Task<JsonElement> RegisterAsync(this Portal portal, string id, string kind, string environment, string team, object[] bindings, params (string Key, string Value)[] tags) =>
        portal.DoAsync("registerIdentity", "... on IdentitySuccess { identity { id } }", new
        {
            identityId = id,
            kind,
            environment,
            owner = new { person = "ada", team },
            tags = tags.Select(tag => new { key = tag.Key, value = tag.Value }),
            bindings,
        });

    /// <summary>The grant, whatever was decided.</summary>
    public static async Task<JsonElement> RequestAsync(this Portal portal, string id, object[] entitlements, int seconds, object[]? evidence = null, string? waitFor = null)
    {
        var result = await portal.DoAsync("requestAccess", $"... on GrantSuccess {{ waitReached grant {{ {GrantFields} }} }}", Request(id, entitlements, seconds, evidence, waitFor));
        var grant = result.GetProperty("grant");
        Assert.True(waitFor is null || result.GetProperty("waitReached").GetBoolean(), grant.GetRawText());
        return grant;
    }

    public static object Request(string id, object[] entitlements, int seconds, object[]? evidence = null, string? waitFor = null) =>
        new { identityId = id, entitlements, lifetimeSeconds = seconds, reason = "a story", evidence = evidence ?? [], waitFor, waitSeconds = 30 };

    /// <summary>The code of a refusal; fails when it was not refused.</summary>
    public static async Task<string> RefusedAsync(this Portal portal, string mutation, object input)
    {
        var type = char.ToUpperInvariant(mutation[0]) + mutation[1..] + "Input";
        var data = await portal.AskAsync($"mutation ($input: {type}!) {{ {mutation}(input: $input) {{ result {{ __typename ... on Refusal {{ code message }} }} }} }}", new { input });
        var result = data.GetProperty(mutation).GetProperty("result");
        Assert.True(Portal.Text(result, "__typename") == "Refusal", $"{mutation} was not refused: {result}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{mutation}: {result}");
        return Portal.Text(result, "code");
    }

    /// <summary>The code of the error with which the whole call was turned away.</summary>
    public static async Task<string> ErrorAsync(Func<Task> callAsync)
    {
        var error = JsonSerializer.Deserialize<JsonElement>((await Assert.ThrowsAsync<InvalidOperationException>(callAsync)).Message);
        return Portal.Text(error.GetProperty("errors")[0].GetProperty("extensions"), "code");
    }

    public static async Task<JsonElement> ApproveAsync(this Portal portal, string id, JsonElement grant) =>
        (await portal.DoAsync("approveRequest", $"... on GrantSuccess {{ grant {{ {GrantFields} }} }}", Answer(id, grant, "fine"))).GetProperty("grant");

    public static async Task<JsonElement> RejectAsync(this Portal portal, string id, JsonElement grant) =>
        (await portal.DoAsync("rejectRequest", $"... on GrantSuccess {{ grant {{ {GrantFields} }} }}", new { identityId = id, grantId = Portal.Text(grant, "grantId"), comment = "not this way" })).GetProperty("grant");

    /// <summary>The input of an approval of exactly this plan.</summary>
    public static object Answer(string id, JsonElement grant, string comment = "") =>
        new { identityId = id, grantId = Portal.Text(grant, "grantId"), planDigest = Portal.Text(grant.GetProperty("approval"), "planDigest"), comment };

    public static async Task<JsonElement[]> GrantsOfAsync(this Portal portal, string id)
    {
        var data = await portal.AskAsync($"query ($filter: GrantFilter) {{ grants(first: 50, filter: $filter) {{ nodes {{ {GrantFields} }} }} }}", new { filter = new { identityId = id } });
        return [.. data.GetProperty("grants").GetProperty("nodes").EnumerateArray()];
    }

    public static async Task<JsonElement> GrantOfAsync(this Portal portal, string id, string grantId) =>
        (await portal.GrantsOfAsync(id)).Single(grant => Portal.Text(grant, "grantId") == grantId);

    /// <summary>The grant, once it is so.</summary>
    public static async Task<JsonElement> UntilAsync(this Portal portal, string id, string grantId, Func<JsonElement, bool> isSo)
    {
        JsonElement grant = default;
        await Eventually.TrueAsync(async () => isSo(grant = await portal.GrantOfAsync(id, grantId)), TimeSpan.FromSeconds(40), () => $"not so: {grant}", TestContext.Current.CancellationToken);
        return grant;
    }

    public static bool IsEffective(JsonElement grant) =>
        Portal.Text(grant, "status") == "ACTIVE" && grant.GetProperty("outcomes").EnumerateArray().All(outcome => Portal.Text(outcome, "status") == "EFFECTIVE");

    public static bool IsRevoked(JsonElement grant) => Portal.Text(grant, "status") == "REVOKED";

    public static string Outcome(JsonElement grant) => Portal.Text(grant.GetProperty("decision"), "outcome");

    /// <summary>What would have had to differ, as <c>rule: difference; difference</c>.</summary>
    public static string[] Findings(JsonElement grant) =>
    [
        .. grant.GetProperty("decision").GetProperty("findings").EnumerateArray()
            .Select(finding => $"{Portal.Text(finding, "rule")}: {string.Join("; ", finding.GetProperty("differences").EnumerateArray())}"),
    ];

    public static async Task<string> CredentialAsync(this Portal portal, string id, JsonElement grant, string platform) =>
        Portal.Text(await portal.DoAsync("issueCredential", "... on CredentialSuccess { secret }", new { identityId = id, grantId = Portal.Text(grant, "grantId"), platform }), "secret");
}
