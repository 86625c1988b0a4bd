using System.Text.Json;
using NhiGrains.Domain.People;
using NhiGrains.Domain.Policies;
using NhiGrains.GraphQL.Tests.World;
using static NhiGrains.GraphQL.Tests.Schema.Documents;

namespace NhiGrains.GraphQL.Tests.Exceptions;

/// <summary>Whoever holds a credential is the identity with all that it has: emergency access, too, whichever grant it was handed out for.</summary>
public sealed class EmergencyByOtherGrantsTests : IClassFixture<TestServer>
{
    private readonly TestServer _server;

    public EmergencyByOtherGrantsTests(TestServer server)
    {
        _server = server;
        server.World.Policies = new("main",
        [
            new("readers", PolicyEffect.Permit, new(), TimeSpan.FromHours(1), AllowControllerEnforcedEnd: true),
            new("emergency", PolicyEffect.BreakGlass, new(), TimeSpan.FromMinutes(30), AllowControllerEnforcedEnd: true) { Review = new(["security"], TimeSpan.FromDays(1)) },
        ]);
        server.World.People = PeopleDirectory.Empty with { Groups = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["security"] = ["sam", "mia", "ann"] } };
    }

    [Theory]
    [InlineData("mia:operator", "ada:requester")]
    [InlineData("mia:/by-ordinary", "ada:requester")]
    [InlineData("ann:requester", "ann:requester")] // The owner, for what she requested.
    public async Task Whoever_was_handed_a_credential_of_an_ordinary_grant_meanwhile_cannot_review(string user, string ordinaryOf)
    {
        await _server.DataAsync(Operator, RegisterIdentity, new { id = "by-ordinary" });
        var ordinary = await RequestAsync("by-ordinary", ordinaryOf, breakGlass: false);
        var emergency = await RequestAsync("by-ordinary", "ada:requester", breakGlass: true);

        await DrawnAsync("by-ordinary", user, ordinary);

        Assert.Equal("USER_CANNOT_REVIEW", await CloseAsync("by-ordinary", user.Split(':')[0], emergency));
        Assert.Equal("closed", await CloseAsync("by-ordinary", "sam", emergency));
    }

    [Fact]
    public async Task Whoever_was_handed_one_before_the_emergency_began_cannot_review_it()
    {
        await _server.DataAsync(Operator, RegisterIdentity, new { id = "before-it" });
        var ordinary = await RequestAsync("before-it", "ada:requester", breakGlass: false);
        await DrawnAsync("before-it", "mia:operator", ordinary);
        await DrawnAsync("before-it", "bot:/before-it", ordinary);

        var emergency = await RequestAsync("before-it", "ada:requester", breakGlass: true);

        Assert.Equal("USER_CANNOT_REVIEW", await CloseAsync("before-it", "mia", emergency));
        Assert.Equal("closed", await CloseAsync("before-it", "sam", emergency));
    }

    [Fact]
    public async Task Who_has_closed_the_review_is_handed_no_credential_of_another_grant_while_the_emergency_lasts()
    {
        await _server.DataAsync(Operator, RegisterIdentity, new { id = "after-it" });
        var ordinary = await RequestAsync("after-it", "ada:requester", breakGlass: false);
        var emergency = await RequestAsync("after-it", "ada:requester", breakGlass: true);
        Assert.Equal("closed", await CloseAsync("after-it", "sam", emergency));

        Assert.Equal("REVIEWER_CANNOT_USE", await DrawAsync("after-it", "sam:operator", ordinary));
        Assert.Equal("REVIEWER_CANNOT_USE", await DrawAsync("after-it", "sam:/after-it", ordinary));
        await DrawnAsync("after-it", "mia:operator", ordinary);
    }

    private async Task<string> RequestAsync(string id, string token, bool breakGlass) => Text((await _server.DataAsync(token, $$"""
        mutation { requestAccess(input: { identityId: "{{id}}", lifetimeSeconds: 600, reason: "fire", breakGlass: {{(breakGlass ? "true" : "false")}},
          entitlements: [{ platform: "k8s:test", verbs: [READ], resources: [{ type: "configmaps", container: "shop", name: "settings" }] }] }) {
          result { ... on GrantSuccess { grant { grantId } } } } }
        """)).GetProperty("requestAccess").GetProperty("result").GetProperty("grant"), "grantId");

    private async Task DrawnAsync(string id, string token, string grant) => Assert.Equal($"secret-of-{grant}", await DrawAsync(id, token, grant));

    /// <returns>The secret, or the code of the refusal.</returns>
    private Task<string> DrawAsync(string id, string token, string grant) =>
        AnswerAsync(token, "issueCredential", $$"""identityId: "{{id}}", grantId: "{{grant}}" """, "... on CredentialSuccess { code: secret }");

    /// <returns>'closed', or the code of the refusal.</returns>
    private async Task<string> CloseAsync(string id, string person, string grant) =>
        await AnswerAsync($"{person}:approver", "closeBreakGlassReview", $$"""identityId: "{{id}}", grantId: "{{grant}}", finding: "found", justified: true""", "... on BreakGlassReviewSuccess { __typename }")
            is { Length: > 0 } code ? code : "closed";

    private async Task<string> AnswerAsync(string token, string mutation, string input, string success)
    {
        var result = (await _server.DataAsync(token, $"mutation {{ {mutation}(input: {{ {input} }}) {{ result {{ {success} ... on Refusal {{ code }} }} }} }}")).GetProperty(mutation).GetProperty("result");
        return result.TryGetProperty("code", out var code) ? code.GetString() ?? "" : "";
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";
}
