using System.Xml.Linq;
using NhiGrains.Sandbox.Aws.Authorization;
using NhiGrains.Sandbox.Aws.Query;
using NhiGrains.Sandbox.Aws.State;

namespace NhiGrains.Sandbox.Aws.Iam;

/// <summary>Managed policies on users, groups and roles, and as the boundary of users and roles.</summary>
internal static class AttachmentOperations
{
    public static IEnumerable<Operation> All { get; } =
        [.. Enum.GetValues<EntityKind>().SelectMany(Attachments), .. Boundaries(EntityKind.User), .. Boundaries(EntityKind.Role)];

    private static IEnumerable<Operation> Attachments(EntityKind kind)
    {
        var (owner, target) = ($"{kind}Name", Target.Entity(kind));
        return
        [
            new($"Attach{kind}Policy", [owner, "PolicyArn"], target, call => Attach(call, kind)) { Context = call => Context(call, kind) },
            new($"Detach{kind}Policy", [owner, "PolicyArn"], target, call => Detach(call, kind)) { Context = call => Context(call, kind) },
            new($"ListAttached{kind}Policies", [owner, "PathPrefix", "Marker", "MaxItems"], target, call => List(call, kind)) { Context = Target.Tags(kind) },
        ];
    }

    private static IEnumerable<Operation> Boundaries(EntityKind kind) =>
    [
        new($"Put{kind}PermissionsBoundary", [$"{kind}Name", "PermissionsBoundary"], Target.Entity(kind), call => Bound(call, kind, call.Parameters.Required("PermissionsBoundary", Shapes.Arn())))
        {
            Context = Target.Tags(kind),
        },
        new($"Delete{kind}PermissionsBoundary", [$"{kind}Name"], Target.Entity(kind), call => Bound(call, kind, null)) { Context = Target.Tags(kind) },
    ];

    private static RequestContext Context(Call call, EntityKind kind) => Target.Tags(kind)(call).With("iam:PolicyARN", Target.Policy(call));

    private static IEnumerable<XElement?>? Attach(Call call, EntityKind kind)
    {
        var arn = Target.Policy(call);
        EntityOperations.Change(call, kind, (state, entity) =>
        {
            var attached = entity.Attached.Add(state.Policy(arn).Arn);
            return attached.Count <= call.Account.Limits.Attached
                ? entity with { Attached = attached }
                : throw AwsException.LimitExceeded($"Cannot exceed quota for PoliciesPer{kind}: {call.Account.Limits.Attached}");
        });
        return null;
    }

    private static IEnumerable<XElement?>? Detach(Call call, EntityKind kind)
    {
        var arn = Target.Policy(call);
        EntityOperations.Change(call, kind, (_, entity) => entity.Attached.Contains(arn)
            ? entity with { Attached = entity.Attached.Remove(arn) }
            : throw AwsException.NoSuchEntity($"Policy {arn} was not found."));
        return null;
    }

    private static IEnumerable<XElement?> List(Call call, EntityKind kind)
    {
        var prefix = call.Parameters.Optional("PathPrefix", Shapes.PathPrefix(), "/");
        var attached = call.Visible.Get(kind, Target.Name(call, kind)).Attached
            .Where(arn => call.Visible.Policies.TryGetValue(arn, out var policy) && policy.Path.StartsWith(prefix, StringComparison.Ordinal));
        var page = Page.Of(call, attached, arn => arn);
        var members = page.Items.Select(object (arn) => new[] { new XElement("PolicyName", call.Visible.Policies[arn].Name), new XElement("PolicyArn", arn) });
        return [Xml.List("AttachedPolicies", members), page.Truncated, page.Marker];
    }

    private static IEnumerable<XElement?>? Bound(Call call, EntityKind kind, string? arn)
    {
        EntityOperations.Change(call, kind, (state, entity) => (Principal)entity with { Boundary = arn is null ? null : state.Policy(arn).Arn });
        return null;
    }
}
