using System.Net;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Platforms.Aws.Tests.Compiling;

/// <summary>A single thing that somebody might do.</summary>
/// <param name="Name">Of the resource; for a listing the prefix that is listed, and null when all is.</param>
internal sealed record Attempt(string Action, string Container, string? Name, DateTimeOffset At, IPAddress From, string? Team, string Owner)
{
    public bool Lists => Action == "s3:ListBucket";

    public string Arn => Action.Split(':')[0] switch
    {
        "s3" when Lists => $"arn:aws:s3:::{Container}",
        "s3" => Container.Length == 0 ? $"arn:aws:s3:::{Name}" : $"arn:aws:s3:::{Container}/{Name}",
        "sqs" => $"arn:aws:sqs:{Container}:{SandboxAccount.AccountId}:{Name}",
        "dynamodb" => $"arn:aws:dynamodb:{Container}:{SandboxAccount.AccountId}:table/{Name}",
        "secretsmanager" => $"arn:aws:secretsmanager:{Container}:{SandboxAccount.AccountId}:secret:{Name}-Q7w9Zx",
        "lambda" => $"arn:aws:lambda:{Container}:{SandboxAccount.AccountId}:function:{Name}",
        _ => $"arn:aws:iam::{SandboxAccount.AccountId}:role/{Name}",
    };

    public IReadOnlyDictionary<string, string> Context
    {
        get
        {
            var context = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["aws:CurrentTime"] = At.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
                ["aws:SourceIp"] = From.ToString(),
                ["s3:ResourceAccount"] = Owner,
            };
            if (Team is not null)
                context["aws:ResourceTag/team"] = Team;
            if (Lists && Name is not null)
                context["s3:prefix"] = Name;
            return context;
        }
    }
}

/// <summary>Whether anybody asked for it: the meaning of entitlements in the tests' own words, without anything of the connector's.</summary>
internal static class AskedFor
{
    /// <summary>Of each action the type and verb that ask for it; nobody may ask for the last ones by a verb.</summary>
    public static IReadOnlyDictionary<string, (string Type, Verb Verb)?> Actions { get; } = new Dictionary<string, (string, Verb)?>(StringComparer.Ordinal)
    {
        ["s3:GetObject"] = ("s3-object", Verb.Read),
        ["s3:PutObject"] = ("s3-object", Verb.Write),
        ["s3:DeleteObject"] = ("s3-object", Verb.Delete),
        ["s3:ListBucket"] = ("s3-object", Verb.List),
        ["s3:DeleteBucket"] = ("s3-bucket", Verb.Delete),
        ["s3:GetBucketTagging"] = ("s3-bucket", Verb.Read),
        ["sqs:SendMessage"] = ("sqs-queue", Verb.Write),
        ["sqs:ReceiveMessage"] = ("sqs-queue", Verb.Read),
        ["sqs:DeleteMessage"] = ("sqs-queue", Verb.Delete),
        ["dynamodb:Query"] = ("dynamodb-table", Verb.Read),
        ["dynamodb:PutItem"] = ("dynamodb-table", Verb.Write),
        ["dynamodb:DeleteItem"] = ("dynamodb-table", Verb.Delete),
        ["secretsmanager:GetSecretValue"] = ("secretsmanager-secret", Verb.Read),
        ["secretsmanager:PutSecretValue"] = ("secretsmanager-secret", Verb.Write),
        ["lambda:InvokeFunction"] = ("lambda-function", Verb.Invoke),
        ["lambda:DeleteFunction"] = ("lambda-function", Verb.Delete),
        ["sts:AssumeRole"] = ("iam-role", Verb.UseCredential),
        ["iam:GetRole"] = ("iam-role", Verb.Read),
        ["s3:PutObjectAcl"] = null,
        ["s3:PutBucketPolicy"] = null,
        ["s3:GetObjectVersion"] = null,
        ["dynamodb:BatchWriteItem"] = null,
        ["sqs:SetQueueAttributes"] = null,
        ["lambda:UpdateFunctionCode"] = null,
        ["iam:PassRole"] = null,
        ["iam:PutRolePolicy"] = null,
    };

    public static bool By(Entitlement entitlement, Attempt attempt)
    {
        var conditions = entitlement.Conditions;
        return (attempt.Action.Split(':')[0] != "s3" || attempt.Owner == SandboxAccount.AccountId)
            && (conditions.NotBefore is not { } begin || attempt.At >= begin)
            && (conditions.NotAfter is not { } end || attempt.At < end)
            && (conditions.SourceCidrs is not { } cidrs || cidrs.Any(cidr => IPNetwork.Parse(cidr).Contains(attempt.From)))
            && (conditions.ResourceTagEquals is not { } tags || tags["team"] == attempt.Team)
            && entitlement.Resources.Any(resource => By(entitlement.Verbs, resource, attempt));
    }

    private static bool By(IReadOnlyList<Verb> verbs, ResourceSelector resource, Attempt attempt)
    {
        // To list a bucket is to list all of its objects.
        if (attempt.Lists && resource.Type == "s3-bucket")
            return verbs.Contains(Verb.List) && Matches(resource, attempt.Container);
        return Actions[attempt.Action] is { } by && by.Type == resource.Type && verbs.Contains(by.Verb)
            && attempt.Container == resource.Container && Matches(resource, attempt.Name);
    }

    private static bool Matches(ResourceSelector resource, string? name) => resource.Match switch
    {
        ResourceMatch.All => true,
        ResourceMatch.Prefix => name?.StartsWith(resource.Name ?? "", StringComparison.Ordinal) == true,
        _ => name == resource.Name,
    };
}
