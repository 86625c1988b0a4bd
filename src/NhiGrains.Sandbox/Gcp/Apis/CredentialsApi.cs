using System.Globalization;
using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Gcp.Http;
using NhiGrains.Sandbox.Gcp.Policies;

namespace NhiGrains.Sandbox.Gcp.Apis;

/// <summary>Short-lived tokens of IAM Credentials v1.</summary>
internal sealed class CredentialsApi(Workings workings)
{
    /// <summary>Google's default, and the most without a policy of the organization's.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly AccountFinder _find = new(workings);

    public void AddTo(Routes routes) => routes.Add("POST v1/projects/{project}/serviceAccounts/{account}:generateAccessToken", Generate);

    private Answer Generate(Call call)
    {
        var account = _find.Allowed(call, "iam.serviceAccounts.getAccessToken");
        call.Body.Only("delegates", "scope", "lifetime");
        if (!call.Body.Texts("scope").Any())
            throw GoogleError.Invalid("The request must have a scope.", "scope");
        // A chain of delegates is not known here, and a token is never given out under rules that were not looked at.
        if (call.Body.Texts("delegates").Any())
            throw GoogleError.Invalid("The sandbox knows no delegates.", "delegates");
        if (account.Disabled)
            throw GoogleError.Precondition($"Service account {account.Email} is disabled.");
        var until = workings.Now + ReadLifetime(call.Body.Text("lifetime"));
        // Google's times have whole seconds; a token that lived past what it says would be a lie.
        until = new(until.Ticks - (until.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        return new JsonObject
        {
            ["accessToken"] = workings.Tokens.Issue(Member.Of(account), until),
            ["expireTime"] = GoogleTime.Seconds(until),
        };
    }

    /// <summary>Seconds with the letter s, for example <c>300s</c>.</summary>
    private static TimeSpan ReadLifetime(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return Longest;
        if (text[^1] != 's' || !decimal.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            throw GoogleError.Invalid($"Invalid value at 'lifetime' (type.googleapis.com/google.protobuf.Duration), \"{text}\"", "lifetime");
        return seconds is > 0 and <= 3600
            ? TimeSpan.FromSeconds((double)seconds)
            : throw GoogleError.Invalid("The token lifetime must be above 0 and at most 3,600 seconds.", "lifetime");
    }
}
