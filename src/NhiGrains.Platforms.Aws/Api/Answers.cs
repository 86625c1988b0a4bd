using System.Globalization;
using System.Xml.Linq;
using NhiGrains.Platforms.Aws.Objects;

namespace NhiGrains.Platforms.Aws.Api;

/// <summary>From the XML of an answer to the model. What has to be there and is not makes the whole answer unreadable.</summary>
internal static class Answers
{
    public static XElement Result(XElement document, string action) => document.Only($"{action}Result");

    public static IEnumerable<XElement> Members(this XElement of, string list) => of.Only(list).Elements().Where(element => element.Name.LocalName == "member");

    /// <summary>None when the list itself is left out, as services do with what is empty.</summary>
    public static IEnumerable<XElement> MembersIfAny(this XElement of, string list) => of.Any(list)?.Elements().Where(element => element.Name.LocalName == "member") ?? [];

    public static string Text(this XElement of, string name) => of.Only(name).Value;

    public static string? TextIfAny(this XElement of, string name) => of.Any(name)?.Value;

    public static DateTimeOffset Time(this XElement of, string name) =>
        DateTimeOffset.TryParse(of.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : throw new UnreadableAnswerException();

    public static bool Flag(this XElement of, string name) => bool.TryParse(of.Text(name), out var flag) ? flag : throw new UnreadableAnswerException();

    public static IamPrincipal Principal(XElement of, PrincipalKind kind) => new(
        PrincipalName.TryParse($"{(kind == PrincipalKind.Role ? "role" : "user")}/{of.Text($"{kind}Name")}") ?? throw new UnreadableAnswerException(),
        of.Text($"{kind}Id"),
        of.Text("Path"),
        of.Text("Arn"),
        of.MembersIfAny("Tags").ToDictionary(tag => tag.Text("Key"), tag => tag.Text("Value"), StringComparer.Ordinal),
        kind == PrincipalKind.Role ? Document(of.Text("AssumeRolePolicyDocument")) : null,
        of.Any("PermissionsBoundary")?.TextIfAny("PermissionsBoundaryArn"),
        int.TryParse(of.TextIfAny("MaxSessionDuration"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null);

    public static PrincipalDetail Detail(XElement of, PrincipalKind kind) => new(
        Principal(of, kind), Inline(of, $"{kind}PolicyList"), Attached(of), [.. of.MembersIfAny("GroupList").Select(member => member.Value)]);

    public static GroupDetail Group(XElement of) => new(of.Text("GroupName"), Inline(of, "GroupPolicyList"), Attached(of));

    public static ManagedPolicy Managed(XElement of)
    {
        var version = of.Members("PolicyVersionList").FirstOrDefault(version => version.Flag("IsDefaultVersion")) ?? throw new UnreadableAnswerException();
        return new(of.Text("Arn"), Document(version.Text("Document")));
    }

    public static InlinePolicy Policy(XElement of) => new(of.Text("PolicyName"), Document(of.Text("PolicyDocument")));

    public static SecretKey Secret(XElement of) => new(
        of.Text("AccessKeyId"), of.Text("SecretAccessKey"), of.TextIfAny("SessionToken"), of.Any("Expiration") is null ? null : of.Time("Expiration"));

    /// <summary>For more than one resource each is answered below its action, whose own answer is then the strictest of them.</summary>
    public static IEnumerable<EvaluationResult> Evaluated(XElement of)
    {
        var action = of.Text("EvalActionName");
        var each = of.MembersIfAny("ResourceSpecificResults").ToArray();
        return each.Length == 0
            ? [new(action, of.Text("EvalResourceName"), of.Text("EvalDecision") == "allowed")]
            : each.Select(one => new EvaluationResult(action, one.Text("EvalResourceName"), one.Text("EvalResourceDecision") == "allowed"));
    }

    /// <summary>Documents come encoded by RFC 3986, in which no JSON begins with a brace; emulators send some as they are.</summary>
    public static string Document(string text) => text.StartsWith('%') ? Uri.UnescapeDataString(text) : text;

    public static IReadOnlyList<string> Attached(XElement of) =>
        [.. of.MembersIfAny("AttachedManagedPolicies").Select(member => member.Text("PolicyArn"))];

    private static InlinePolicy[] Inline(XElement of, string list) => [.. of.MembersIfAny(list).Select(Policy)];

    public static XElement? Any(this XElement of, string name) => of.Elements().FirstOrDefault(element => element.Name.LocalName == name);

    private static XElement Only(this XElement of, string name) => of.Any(name) ?? throw new UnreadableAnswerException();
}
