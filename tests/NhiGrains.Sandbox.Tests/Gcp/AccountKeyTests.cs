using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Gcp;

namespace NhiGrains.Sandbox.Tests.Gcp;

public class AccountKeyTests : GcpTests
{
    /// <summary>Making a key takes its time, so that one is enough here; Google's ten are the default.</summary>
    protected override GcpQuotas Quotas => new(KeysPerAccount: 1);

    private static string Keys => $"{AccountsPath}/{EmailOf("orders-agent")}/keys";

    [Fact]
    public async Task A_private_key_is_given_once_and_googles_own_key_is_listed_as_well()
    {
        await CreateAccountAsync("orders-agent");
        var key = await DoAsync("POST", Keys, new JsonObject());

        Assert.NotNull(key["privateKeyData"]);
        Assert.Null((await DoAsync("GET", $"v1/{key["name"]}"))["privateKeyData"]);
        Assert.NotNull((await DoAsync("GET", $"v1/{key["name"]}?publicKeyType=TYPE_RAW_PUBLIC_KEY"))["publicKeyData"]);
        Assert.Equal(["USER_MANAGED", "SYSTEM_MANAGED"], await TypesAsync(""));
        Assert.Equal(["USER_MANAGED"], await TypesAsync("?keyTypes=USER_MANAGED"));

        await DoAsync("DELETE", $"v1/{key["name"]}");
        Assert.Empty(await TypesAsync("?keyTypes=USER_MANAGED"));
        await RefusedAsync(404, "NOT_FOUND", "DELETE", $"v1/{key["name"]}");
    }

    [Fact]
    public async Task One_key_more_than_an_account_may_have_is_refused()
    {
        await CreateAccountAsync("orders-agent");
        await DoAsync("POST", Keys, new JsonObject());

        await RefusedAsync(400, "FAILED_PRECONDITION", "POST", Keys, new JsonObject());
    }

    [Theory]
    [InlineData("")]
    [InlineData("grant_type=password&assertion=x")]
    [InlineData("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=x.y")]
    [InlineData("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=e30.e30.e30")]
    [InlineData("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=%25.%25.%25")]
    public async Task An_assertion_that_is_none_gets_no_token(string form)
    {
        using var http = new HttpClient();
        using var content = new StringContent(form, mediaType: new("application/x-www-form-urlencoded"));
        using var response = await http.PostAsync(new Uri(Address, "token"), content, Cancellation);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.NotNull(JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!["error"]);
    }

    private async Task<string[]> TypesAsync(string query) =>
        [.. ((await DoAsync("GET", $"{Keys}{query}"))["keys"]?.AsArray() ?? []).Select(key => (string)key!["keyType"]!)];
}
