using System.Xml.Linq;
using NhiGrains.Sandbox.Aws.Query;
using NhiGrains.Sandbox.Aws.State;

namespace NhiGrains.Sandbox.Aws.Iam;

/// <summary>Tags on users and roles.</summary>
internal static class TagOperations
{
    public static IEnumerable<Operation> All { get; } = [.. Of(EntityKind.User), .. Of(EntityKind.Role)];

    private static IEnumerable<Operation> Of(EntityKind kind)
    {
        var (owner, target) = ($"{kind}Name", Target.Entity(kind));
        return
        [
            new($"Tag{kind}", [owner, "Tags"], target, call => Tag(call, kind)) { Context = call => Target.Tags(kind)(call).With(TagReader.Context(call)) },
            new($"Untag{kind}", [owner, "TagKeys"], target, call => Untag(call, kind))
            {
                Context = call => Target.Tags(kind)(call).With("aws:TagKeys", call.Parameters.List("TagKeys")),
            },
            new($"List{kind}Tags", [owner, "Marker", "MaxItems"], target, call => List(call, kind)) { Context = Target.Tags(kind) },
        ];
    }

    private static IEnumerable<XElement?>? Tag(Call call, EntityKind kind)
    {
        var tags = TagReader.Read(call);
        EntityOperations.Change(call, kind, (_, entity) =>
        {
            // A key that differs only by case is the same key, in its new spelling.
            var principal = (Principal)entity;
            var kept = principal.Tags.RemoveRange(principal.Tags.Keys.Where(tags.ContainsKey)).AddRange(tags);
            return kept.Count <= call.Account.Limits.Tags ? principal with { Tags = kept } : throw TagReader.TooMany(call);
        });
        return null;
    }

    private static IEnumerable<XElement?>? Untag(Call call, EntityKind kind)
    {
        var keys = call.Parameters.List("TagKeys");
        EntityOperations.Change(call, kind, (_, entity) =>
        {
            var principal = (Principal)entity;
            return principal with { Tags = principal.Tags.RemoveRange(principal.Tags.Keys.Where(key => keys.Contains(key, StringComparer.OrdinalIgnoreCase))) };
        });
        return null;
    }

    private static IEnumerable<XElement?> List(Call call, EntityKind kind)
    {
        var principal = (Principal)call.Visible.Get(kind, Target.Name(call, kind));
        var page = Page.Of(call, principal.Tags, tag => tag.Key);
        return [Xml.Tags(page.Items), page.Truncated, page.Marker];
    }
}
