using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
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
    public async Task A_public_half_that_is_uploaded_is_a_key_for_as_long_as_its_certificate_is_valid()
    {
        await CreateAccountAsync("orders-agent");
        using var pair = RSA.Create(2048);
        var (from, until) = (new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero), new DateTimeOffset(2030, 1, 3, 3, 4, 5, TimeSpan.Zero));
        using var certificate = new CertificateRequest("CN=unused", pair, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(from, until);

        var key = await DoAsync("POST", $"{Keys}:upload", new JsonObject { ["publicKeyData"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(certificate.ExportCertificatePem())) });

        Assert.Equal("USER_PROVIDED", (string?)key["keyOrigin"]);
        Assert.Equal("2030-01-03T03:04:05Z", (string?)key["validBeforeTime"]);
        Assert.Null(key["privateKeyData"]);
        Assert.Equal(["USER_MANAGED"], await TypesAsync("?keyTypes=USER_MANAGED"));
        await RefusedAsync(400, "FAILED_PRECONDITION", "POST", Keys, new JsonObject());
    }

    [Theory]
    [InlineData("no base64")]
    [InlineData("bm8gY2VydGlmaWNhdGU=")]
    public async Task What_is_no_certificate_is_no_key(string data)
    {
        await CreateAccountAsync("orders-agent");

        await RefusedAsync(400, "INVALID_ARGUMENT", "POST", $"{Keys}:upload", new JsonObject { ["publicKeyData"] = data });
        Assert.Empty(await TypesAsync("?keyTypes=USER_MANAGED"));
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
