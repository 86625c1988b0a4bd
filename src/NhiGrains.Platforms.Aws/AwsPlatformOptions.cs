using System.Text.RegularExpressions;
using Amazon.Runtime;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms.Budgets;

namespace NhiGrains.Platforms.Aws;

/// <summary>One AWS account under control.</summary>
public sealed partial record AwsPlatformOptions
{
    /// <summary>The platform's id, for example <c>aws:prod</c>. Required.</summary>
    public required string Platform { get; init; }

    /// <summary>The account's number, 12 digits. Required: at first contact AWS has to say the same.</summary>
    public required string AccountId { get; init; }

    /// <summary>The region for STS and for the SDK's credential chain; its prefix says the partition (<c>cn-</c>, <c>us-gov-</c>). Default: <c>us-east-1</c>.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>Where IAM and STS are. Null (the default): AWS itself.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Null (the default): the SDK's own chain (environment, profile, web identity, container, instance).</summary>
    public AwsAccessKey? Credentials { get; init; }

    /// <summary>
    /// The one that roles of ours let assume them. Null (the default): the principal that the credentials belong to. Needed when
    /// that is a role whose path AWS does not tell, because <c>iam:GetRole</c> on it is not allowed.
    /// </summary>
    public string? TrustedPrincipalArn { get; init; }

    /// <summary>How long one call may take, its retries included, from 1 s to 5 min. Default: 20 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long what was written takes to be in force everywhere at worst, from 0 to 10 min; it is part of <c>residualUntil</c>. Default: 60 s.</summary>
    public TimeSpan PropagationLag { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How fast the account may be called by this process; see <see cref="CallBudgetOptions"/> for the defaults.</summary>
    public CallBudgetOptions Budget { get; init; } = new();

    internal string Partition => Region.StartsWith("cn-", StringComparison.Ordinal) ? "aws-cn"
        : Region.StartsWith("us-gov-", StringComparison.Ordinal) ? "aws-us-gov"
        : "aws";

    /// <summary>IAM is one for each partition and is signed for in one region.</summary>
    internal string IamRegion => Partition switch { "aws-cn" => "cn-north-1", "aws-us-gov" => "us-gov-west-1", _ => "us-east-1" };

    internal Uri IamEndpoint => Endpoint ?? Partition switch
    {
        "aws-cn" => new("https://iam.cn-north-1.amazonaws.com.cn/"),
        "aws-us-gov" => new("https://iam.us-gov.amazonaws.com/"),
        _ => new("https://iam.amazonaws.com/"),
    };

    internal Uri StsEndpoint => Endpoint ?? new($"https://sts.{Region}.amazonaws.com{(Partition == "aws-cn" ? ".cn" : "")}/");

    /// <returns>The first value that is wrong, in a sentence; null when none is.</returns>
    internal string? Problem() =>
        Names.CheckPlatformId(Platform) is { } refusal ? $"Platform: {refusal.Message} {refusal.Remedy}"
        : !AccountNumber().IsMatch(AccountId) ? "AccountId is the account's number: 12 digits."
        : !RegionName().IsMatch(Region) ? "Region is the name of a region, for example 'eu-central-1'."
        : Endpoint is { } endpoint && !IsEndpoint(endpoint) ? "Endpoint is an absolute http or https address; http is allowed on loopback alone."
        : TrustedPrincipalArn is { } arn && !arn.StartsWith($"arn:{Partition}:iam::{AccountId}:", StringComparison.Ordinal) ? "TrustedPrincipalArn is the ARN of a role or user of the account."
        : RequestTimeout < TimeSpan.FromSeconds(1) || RequestTimeout > TimeSpan.FromMinutes(5) ? $"RequestTimeout is {RequestTimeout} and has to be from 1 s to 5 min."
        : PropagationLag < TimeSpan.Zero || PropagationLag > TimeSpan.FromMinutes(10) ? $"PropagationLag is {PropagationLag} and has to be from 0 to 10 min."
        : Budget.Problem() is { } problem ? $"Budget: {problem}"
        : null;

    private static bool IsEndpoint(Uri endpoint) =>
        endpoint.IsAbsoluteUri && (endpoint.Scheme == Uri.UriSchemeHttps || (endpoint.Scheme == Uri.UriSchemeHttp && endpoint.IsLoopback));

    [GeneratedRegex("^[0-9]{12}\\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AccountNumber();

    [GeneratedRegex("^[a-z]{2}(-[a-z]+)+-[0-9]{1,2}\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RegionName();
}

/// <summary>An access key in plain sight: for tests and emulators.</summary>
/// <param name="SessionToken">Null for a key that does not expire.</param>
public sealed record AwsAccessKey(string Id, string Secret, string? SessionToken = null)
{
    /// <summary>A record prints its members, and this one holds a secret.</summary>
    public override string ToString() => $"access key {Id}";

    internal AWSCredentials ToSdk() => SessionToken is null ? new BasicAWSCredentials(Id, Secret) : new SessionAWSCredentials(Id, Secret, SessionToken);
}
