using Newtonsoft.Json;

namespace NhiGrains.Platforms.Gcp.Api;

internal sealed class IAMCredentialsService(GoogleClient client) : GoogleService(client, "iamcredentials", "iamcredentials.googleapis.com")
{
    public GoogleRequest<GenerateAccessTokenResponse> GenerateAccessToken(string account, GenerateAccessTokenRequest request) =>
        Call<GenerateAccessTokenResponse>("projects.serviceAccounts.generateAccessToken", "POST", $"v1/{Escaped(account)}:generateAccessToken", request);
}

internal sealed class GenerateAccessTokenRequest
{
    [JsonProperty("scope")]
    public IList<string>? Scope { get; set; }

    /// <summary>In seconds with an 's': <c>900s</c>.</summary>
    [JsonProperty("lifetime")]
    public string? Lifetime { get; set; }
}

internal sealed class GenerateAccessTokenResponse
{
    [JsonProperty("accessToken")]
    public string? AccessToken { get; set; }

    /// <summary>RFC 3339.</summary>
    [JsonProperty("expireTime")]
    public string? ExpireTime { get; set; }
}
