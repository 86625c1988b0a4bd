using System.Globalization;
using System.Xml.Linq;
using NhiGrains.Sandbox.Aws.Policies;
using NhiGrains.Sandbox.Aws.Query;
using NhiGrains.Sandbox.Aws.State;

namespace NhiGrains.Sandbox.Aws.Sts;

/// <summary>The Security Token Service, API version 2011-06-15.</summary>
internal static class StsService
{
    private const int Shortest = 900;
    private const int Longest = 43200;
    private const int Usual = 3600;

    /// <summary>A role that becomes another role does so for an hour at most.</summary>
    private const int LongestInChain = 3600;

    private const int LongestPolicy = 2048;

    public static QueryService Service { get; } = new(
        "sts",
        "2011-06-15",
        "https://sts.amazonaws.com/doc/2011-06-15/",
        [
            new("GetCallerIdentity", [], Target, WhoAmI) { IsForEverybody = true },
            // Whether the caller may is for the role's trust policy to say as well, so it is asked inside.
            new("AssumeRole", ["RoleArn", "RoleSessionName", "DurationSeconds", "Policy", "ExternalId"], Target, Assume) { IsForEverybody = true },
        ]);

    private static string Target(Call call) => "*";

    private static IEnumerable<XElement?> WhoAmI(Call call) =>
        [new XElement("Arn", call.Caller.Arn), new XElement("UserId", call.Caller.UserId), new XElement("Account", call.Account.Arns.AccountId)];

    private static IEnumerable<XElement?> Assume(Call call)
    {
        var arn = call.Parameters.Required("RoleArn", Shapes.Arn());
        var name = call.Parameters.Required("RoleSessionName", Shapes.SessionName());
        var seconds = call.Parameters.Number("DurationSeconds", Shortest, Longest, Usual);
        var policy = call.Parameters.Optional("Policy");
        if (policy is not null)
            CheckPolicy(policy);
        var role = Trust.Authorize(call, arn, name);
        if (call.Caller.Session is not null && seconds > LongestInChain)
            throw AwsException.Validation("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.");
        if (seconds > role.MaxSessionDuration)
            throw AwsException.Validation("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
        var session = new Session(Ids.SessionKey, role.Name, role.Id, name, call.Now, call.Now.AddSeconds(seconds), policy);
        return
        [
            new XElement(
                "Credentials",
                new XElement("AccessKeyId", session.KeyId),
                new XElement("SecretAccessKey", call.Account.Tokens.SecretOf(session.KeyId)),
                new XElement("SessionToken", call.Account.Tokens.Seal(session)),
                Xml.Time("Expiration", session.Expires)),
            new XElement(
                "AssumedRoleUser",
                new XElement("AssumedRoleId", $"{role.Id}:{name}"),
                new XElement("Arn", call.Account.Arns.Session(role.Name, name))),
            policy is null ? null : new XElement("PackedPolicySize", (policy.Length * 100 / LongestPolicy).ToString(CultureInfo.InvariantCulture)),
        ];
    }

    private static void CheckPolicy(string policy)
    {
        if (policy.Length is 0 or > LongestPolicy)
            throw Parameters.Invalid("(a policy)", "Policy", $"Member must have length less than or equal to {LongestPolicy}");
        PolicyReader.Identity(policy);
    }
}
