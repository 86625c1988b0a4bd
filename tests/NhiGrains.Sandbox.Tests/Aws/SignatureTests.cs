using System.Net.Http.Headers;

namespace NhiGrains.Sandbox.Tests.Aws;

/// <summary>Requests that the real SDK signed, and the same ones with something changed.</summary>
public sealed class SignatureTests : AwsTests
{
    public static TheoryData<string> Tamperings => [.. Changes.Keys];

    private static readonly Dictionary<string, (Action<HttpRequestMessage> Change, string Error)> Changes = new()
    {
        ["the body"] = (request => request.Content = new ByteArrayContent("Action=ListUsers&Version=2010-05-08"u8.ToArray()), "SignatureDoesNotMatch"),
        ["the path"] = (request => request.RequestUri = new(request.RequestUri!, "/other"), "SignatureDoesNotMatch"), // It has one: it was made with it.
        ["the query"] = (request => request.RequestUri = new(request.RequestUri!, "/?a=b"), "SignatureDoesNotMatch"), // Likewise.
        ["the method"] = (request => request.Method = HttpMethod.Put, "SignatureDoesNotMatch"),
        ["the host"] = (request => request.Headers.Host = "iam.amazonaws.com", "SignatureDoesNotMatch"),
        ["the time"] = (request => Replace(request, "X-Amz-Date", stamp => stamp[..^3] + (stamp[^3..] == "00Z" ? "01Z" : "00Z")), "SignatureDoesNotMatch"),
        ["the scope"] = (request => Replace(request, "Authorization", text => text.Replace("/iam/", "/sts/", StringComparison.Ordinal)), "SignatureDoesNotMatch"),
        ["the region"] = (request => Replace(request, "Authorization", text => text.Replace("us-east-1", "eu-west-1", StringComparison.Ordinal)), "SignatureDoesNotMatch"),
        ["the signature"] = (request => Replace(request, "Authorization", text => text[..^1] + (text[^1] == '0' ? '1' : '0')), "SignatureDoesNotMatch"),
        ["the key"] = (request => Replace(request, "Authorization", text => text.Replace("Credential=AKIA", "Credential=AKIB", StringComparison.Ordinal)), "InvalidClientTokenId"),
        ["a header of AWS that is not signed"] = (request => request.Headers.Add("X-Amz-Extra", "1"), "AccessDenied"),
        ["a session token that is not signed"] = (request => request.Headers.Add("X-Amz-Security-Token", "AAAA"), "InvalidClientTokenId"),
        ["no signature"] = (request => request.Headers.Remove("Authorization"), "MissingAuthenticationToken"),
        ["another algorithm"] = (request => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "AAAA"), "MissingAuthenticationToken"),
        ["no time"] = (request => request.Headers.Remove("X-Amz-Date"), "IncompleteSignature"),
    };

    [Theory]
    [MemberData(nameof(Tamperings))]
    public async Task A_request_with_something_changed_is_refused(string what)
    {
        (await Admin.IamAsync("ListRoles")).Succeeded();
        Admin.Tampering = Changes[what].Change;

        var answer = await Admin.IamAsync("ListRoles");

        Assert.Equal((Changes[what].Error == "IncompleteSignature" ? 400 : 403, Changes[what].Error), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_wrong_secret_is_refused()
    {
        using var wrong = Client(Account.AdminKeyId, Account.AdminSecret + "x");

        Assert.Equal("SignatureDoesNotMatch", (await wrong.StsAsync("GetCallerIdentity")).Code);
    }

    [Theory]
    [InlineData(-14.9, "")]
    [InlineData(-15.1, "SignatureDoesNotMatch")]
    [InlineData(14.9, "")]
    [InlineData(15.1, "SignatureDoesNotMatch")]
    public async Task A_clock_may_be_a_quarter_of_an_hour_off(double minutes, string error)
    {
        using var client = new AwsClient(Address, Account.AdminKeyId, Account.AdminSecret) { Now = () => Server.Clock.GetUtcNow().AddMinutes(minutes) };

        Assert.Equal(error, (await client.StsAsync("GetCallerIdentity")).Code);
    }

    [Fact]
    public async Task A_session_needs_its_own_token()
    {
        var role = await RoleAsync("agent");
        var (one, other) = (await Assume(role), await Assume(role));
        using var mixed = Client(one.Only("AccessKeyId"), one.Only("SecretAccessKey"), other.Only("SessionToken"));
        using var none = Client(one.Only("AccessKeyId"), one.Only("SecretAccessKey"));
        using var damaged = Client(one.Only("AccessKeyId"), one.Only("SecretAccessKey"), Flipped(one.Only("SessionToken")));

        Assert.Equal("InvalidClientTokenId", (await mixed.StsAsync("GetCallerIdentity")).Code);
        Assert.Equal("InvalidClientTokenId", (await none.StsAsync("GetCallerIdentity")).Code);
        Assert.Equal("InvalidClientTokenId", (await damaged.StsAsync("GetCallerIdentity")).Code);
    }

    private async Task<AwsAnswer> Assume(string role) => (await Admin.StsAsync("AssumeRole", ("RoleArn", role), ("RoleSessionName", "session"))).Succeeded();

    private static string Flipped(string text) => (text[0] == 'A' ? "B" : "A") + text[1..];

    private static void Replace(HttpRequestMessage request, string header, Func<string, string> change)
    {
        var changed = change(request.Headers.GetValues(header).Single());
        request.Headers.Remove(header);
        request.Headers.TryAddWithoutValidation(header, changed);
    }
}
