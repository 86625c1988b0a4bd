using System.Globalization;
using System.Xml.Linq;
using NhiGrains.Sandbox.Aws.Policies;
using NhiGrains.Sandbox.Aws.Query;
using NhiGrains.Sandbox.Aws.State;

namespace NhiGrains.Sandbox.Aws.Iam;

/// <summary>Policies that stand for themselves. Each has its first version only.</summary>
internal static class ManagedPolicyOperations
{
    private const string FirstVersion = "v1";

    public static IEnumerable<Operation> All { get; } =
    [
        new("CreatePolicy", ["PolicyName", "Path", "PolicyDocument", "Description", "Tags"], New, Create) { Context = TagReader.Context },
        new("GetPolicy", ["PolicyArn"], Target.Policy, Get),
        new("GetPolicyVersion", ["PolicyArn", "VersionId"], Target.Policy, GetVersion),
        new("ListPolicies", ["Scope", "OnlyAttached", "PathPrefix", "Marker", "MaxItems"], Target.Everything, List),
        new("DeletePolicy", ["PolicyArn"], Target.Policy, Delete),
    ];

    /// <summary>With the policy's documents, as the bulk read has it.</summary>
    public static IEnumerable<object?> Details(ManagedPolicy policy, AwsState state) =>
        Members(policy, state).Append(Xml.List("PolicyVersionList", [Version(policy)]));

    private static string New(Call call) =>
        call.Account.Arns.Policy(call.Parameters.Optional("Path", Shapes.Path(), "/"), call.Parameters.Required("PolicyName", Shapes.LongName()));

    private static IEnumerable<XElement?> Create(Call call)
    {
        var document = PolicyReader.Identity(call.Parameters.Required("PolicyDocument", Shapes.Document()));
        if (document.Size > call.Account.Limits.Managed)
            throw AwsException.LimitExceeded($"Cannot exceed quota for PolicySize: {call.Account.Limits.Managed}");
        var (name, path) = (call.Parameters.Required("PolicyName"), call.Parameters.Optional("Path", Shapes.Path(), "/"));
        var policy = new ManagedPolicy(name, path, Ids.Policy, New(call), call.Now, document)
        {
            Description = call.Parameters.Optional("Description"),
            Tags = System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, TagReader.Read(call)),
        };
        call.Write(state =>
        {
            if (state.Policies.Values.Any(one => !one.IsAws && one.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
                throw AwsException.AlreadyExists($"A policy called {name} already exists. Duplicate names are not allowed.");
            if (state.Policies.Values.Count(one => !one.IsAws) >= call.Account.Limits.Policies)
                throw AwsException.LimitExceeded($"Cannot exceed quota for PoliciesPerAccount: {call.Account.Limits.Policies}");
            return state with { Policies = state.Policies.Add(policy.Arn, policy) };
        });
        return [new XElement("Policy", Members(policy, call.Visible))];
    }

    private static IEnumerable<XElement?> Get(Call call) => [new XElement("Policy", Members(Find(call), call.Visible))];

    private static IEnumerable<XElement?> GetVersion(Call call) =>
        call.Parameters.Required("VersionId") == FirstVersion
            ? [new XElement("PolicyVersion", Version(Find(call)))]
            : throw AwsException.NoSuchEntity($"Policy {Target.Policy(call)} version {call.Parameters.Required("VersionId")} does not exist or is not attachable.");

    private static IEnumerable<XElement?> List(Call call)
    {
        var (scope, prefix) = (call.Parameters.Optional("Scope") ?? "All", call.Parameters.Optional("PathPrefix", Shapes.PathPrefix(), "/"));
        if (scope is not ("All" or "AWS" or "Local"))
            throw Parameters.Invalid(scope, "Scope", "Member must satisfy enum value set: [All, AWS, Local]");
        var attached = call.Parameters.Optional("OnlyAttached") == "true";
        var found = call.Visible.Policies.Values.Where(policy =>
            (scope == "All" || policy.IsAws == (scope == "AWS"))
            && policy.Path.StartsWith(prefix, StringComparison.Ordinal)
            && (!attached || Attachments(policy, call.Visible) > 0));
        var page = Page.Of(call, found, policy => policy.Arn);
        return [Xml.List("Policies", page.Items.Select(policy => Members(policy, call.Visible))), page.Truncated, page.Marker];
    }

    private static IEnumerable<XElement?>? Delete(Call call)
    {
        call.Write(state =>
        {
            var policy = state.Policy(Target.Policy(call));
            if (policy.IsAws)
                throw AwsException.AccessDenied("Cannot delete a policy of AWS.");
            if (Attachments(policy, state) > 0 || Boundaries(policy, state) > 0)
                throw AwsException.DeleteConflict("Cannot delete a policy attached to entities.");
            return state with { Policies = state.Policies.Remove(policy.Arn) };
        });
        return null;
    }

    private static ManagedPolicy Find(Call call) => call.Visible.Policy(Target.Policy(call));

    private static IEnumerable<object?> Members(ManagedPolicy policy, AwsState state) =>
    [
        new XElement("PolicyName", policy.Name),
        new XElement("PolicyId", policy.Id),
        new XElement("Arn", policy.Arn),
        new XElement("Path", policy.Path),
        new XElement("DefaultVersionId", FirstVersion),
        new XElement("AttachmentCount", Text(Attachments(policy, state))),
        new XElement("PermissionsBoundaryUsageCount", Text(Boundaries(policy, state))),
        new XElement("IsAttachable", "true"),
        Xml.Text("Description", policy.Description),
        Xml.Time("CreateDate", policy.Created),
        Xml.Time("UpdateDate", policy.Created),
        policy.Tags.IsEmpty ? null : Xml.Tags(policy.Tags),
    ];

    private static XElement[] Version(ManagedPolicy policy) =>
    [
        Xml.Policy("Document", policy.Document),
        new("VersionId", FirstVersion),
        new("IsDefaultVersion", "true"),
        Xml.Time("CreateDate", policy.Created),
    ];

    private static int Attachments(ManagedPolicy policy, AwsState state) => Entities(state).Count(entity => entity.Attached.Contains(policy.Arn));

    private static int Boundaries(ManagedPolicy policy, AwsState state) => Entities(state).OfType<Principal>().Count(principal => principal.Boundary == policy.Arn);

    private static IEnumerable<Entity> Entities(AwsState state) => Enum.GetValues<EntityKind>().SelectMany(kind => state.All(kind).Values);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
