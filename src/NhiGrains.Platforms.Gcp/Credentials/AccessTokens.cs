using System.Globalization;
using NhiGrains.Domain;
using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Objects;

namespace NhiGrains.Platforms.Gcp.Credentials;

/// <summary>
/// Hands out access tokens. Google cannot take back a single one, so each is short, and never longer than its grant; access that was
/// taken away is gone for it as well.
/// </summary>
internal sealed class AccessTokens(GcpPlatformOptions options, GoogleServices google, TimeProvider time)
{
    /// <summary>Google counts whole seconds.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    public async Task<Result<IssuedCredential>> IssueAsync(CredentialRequest request, Fence fence, CancellationToken cancellation)
    {
        var left = request.ExpiresAt - request.Now;
        if (left < Shortest)
            return new Refusal("GRANT_OVER", "The grant is over, and a credential would outlive it.", "Request access anew.", "grantId");
        var account = AccountEmail.Parse(request.Binding.Principal, options.ProjectId);
        var id = await IdOfAsync(account, request.Binding.NativeId, cancellation);
        var doing = $"issue a token of service account {account}";
        var lifetime = left < options.TokenLifetime ? left : options.TokenLifetime;
        // By the id that cannot be used again: an account that takes the address meanwhile is another one. Google wants the dash.
        var answer = await google.Credentials.GenerateAccessToken($"projects/-/serviceAccounts/{id}", new()
        {
            Scope = [Scope],
            Lifetime = string.Create(CultureInfo.InvariantCulture, $"{(long)lifetime.TotalSeconds}s"),
        }).WriteAsync(doing, fence, cancellation);
        // Who was away for long hands out nothing: the grant may have been ended meanwhile. The token itself ends by its time.
        fence.ThrowIfStale();
        return answer.AccessToken is { Length: > 0 } token
            && DateTimeOffset.TryParse(answer.ExpireTime, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expires)
            ? new IssuedCredential(token, expires, expires)
            : throw ApiFailures.Unavailable(doing, "the answer holds none");
    }

    /// <summary>Which tokens there are is not known, so the latest end that one can have.</summary>
    public DateTimeOffset LatestEnd() => time.GetUtcNow() + options.TokenLifetime;

    private async Task<string> IdOfAsync(AccountEmail account, string? bound, CancellationToken cancellation)
    {
        var found = await google.Iam.GetAccount(account.NameIn(options.ProjectId)).SendAsync($"read service account {account}", cancellation);
        if (found.UniqueId is not { Length: > 0 } id)
            throw ApiFailures.Unavailable($"read service account {account}", "it has no id");
        return bound is null || bound == id ? id
            : throw new PlatformException(PlatformError.Rejected, $"The service account {account} is another one ({id}) than the identity is bound to ({bound}).");
    }
}
