using System.Xml.Linq;
using NhiGrains.Sandbox.Aws.Policies;
using NhiGrains.Sandbox.Aws.Query;
using NhiGrains.Sandbox.Aws.State;

namespace NhiGrains.Sandbox.Aws.Iam;

/// <summary>Policies that are part of one user, group or role.</summary>
internal static class InlinePolicyOperations
{
    public static IEnumerable<Operation> All { get; } = Enum.GetValues<EntityKind>().SelectMany(Of);

    private static IEnumerable<Operation> Of(EntityKind kind)
    {
        var (owner, target, context) = ($"{kind}Name", Target.Entity(kind), Target.Tags(kind));
        return
        [
            new($"Put{kind}Policy", [owner, "PolicyName", "PolicyDocument"], target, call => Put(call, kind)) { Context = context },
            new($"Get{kind}Policy", [owner, "PolicyName"], target, call => Get(call, kind)) { Context = context },
            new($"List{kind}Policies", [owner, "Marker", "MaxItems"], target, call => List(call, kind)) { Context = context },
            new($"Delete{kind}Policy", [owner, "PolicyName"], target, call => Delete(call, kind)) { Context = context },
        ];
    }

    private static IEnumerable<XElement?>? Put(Call call, EntityKind kind)
    {
        var name = call.Parameters.Required("PolicyName", Shapes.LongName());
        var policy = PolicyReader.Identity(call.Parameters.Required("PolicyDocument", Shapes.Document()));
        var most = Most(call.Account.Limits, kind);
        EntityOperations.Change(call, kind, (_, entity) =>
        {
            var inline = entity.Inline.SetItem(name, policy);
            return inline.Values.Sum(one => one.Size) <= most
                ? entity with { Inline = inline }
                : throw AwsException.LimitExceeded($"Maximum policy size of {most} bytes exceeded for {kind.ToString().ToLowerInvariant()} {entity.Name}");
        });
        return null;
    }

    private static IEnumerable<XElement?> Get(Call call, EntityKind kind)
    {
        var name = call.Parameters.Required("PolicyName", Shapes.LongName());
        var entity = call.Visible.Get(kind, Target.Name(call, kind));
        var policy = entity.Inline.TryGetValue(name, out var found) ? found : throw Unknown(kind, name);
        return [new XElement($"{kind}Name", entity.Name), new XElement("PolicyName", name), Xml.Policy("PolicyDocument", policy)];
    }

    private static IEnumerable<XElement?> List(Call call, EntityKind kind)
    {
        var page = Page.Of(call, call.Visible.Get(kind, Target.Name(call, kind)).Inline.Keys, name => name);
        return [Xml.List("PolicyNames", page.Items), page.Truncated, page.Marker];
    }

    private static IEnumerable<XElement?>? Delete(Call call, EntityKind kind)
    {
        var name = call.Parameters.Required("PolicyName", Shapes.LongName());
        EntityOperations.Change(call, kind, (_, entity) =>
            entity.Inline.ContainsKey(name) ? entity with { Inline = entity.Inline.Remove(name) } : throw Unknown(kind, name));
        return null;
    }

    private static int Most(AwsLimits limits, EntityKind kind) => kind switch
    {
        EntityKind.Role => limits.InlineOfRole,
        EntityKind.User => limits.InlineOfUser,
        _ => limits.InlineOfGroup,
    };

    private static AwsException Unknown(EntityKind kind, string name) =>
        AwsException.NoSuchEntity($"The {kind.ToString().ToLowerInvariant()} policy with name {name} cannot be found.");
}
