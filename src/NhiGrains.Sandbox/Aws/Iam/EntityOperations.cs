using System.Xml.Linq;
using NhiGrains.Sandbox.Aws.Authorization;
using NhiGrains.Sandbox.Aws.Query;
using NhiGrains.Sandbox.Aws.State;

namespace NhiGrains.Sandbox.Aws.Iam;

/// <summary>What users, groups and roles have in common: they are created, read, listed and deleted.</summary>
internal static class EntityOperations
{
    public static IEnumerable<Operation> All { get; } = Enum.GetValues<EntityKind>().SelectMany(Of);

    private static IEnumerable<Operation> Of(EntityKind kind) =>
    [
        new($"Get{kind}", [$"{kind}Name"], Target.Entity(kind), call => Get(call, kind)) { Context = Target.Tags(kind) },
        new($"List{kind}s", ["PathPrefix", "Marker", "MaxItems"], Target.All(kind), call => List(call, kind)),
        new($"Delete{kind}", [$"{kind}Name"], Target.Entity(kind), call => Delete(call, kind)) { Context = Target.Tags(kind) },
    ];

    /// <param name="build">From the newest state, the name and the path.</param>
    public static IEnumerable<XElement?> Create(Call call, EntityKind kind, int most, Func<AwsState, string, string, Entity> build)
    {
        var name = call.Parameters.Required($"{kind}Name", kind == EntityKind.Group ? Shapes.LongName() : Shapes.Name());
        var path = call.Parameters.Optional("Path", Shapes.Path(), "/");
        var tags = TagReader.Read(call);
        var created = call.Write(state =>
        {
            if (state.All(kind).ContainsKey(name))
                throw AwsException.AlreadyExists($"{kind} with name {name} already exists.");
            if (state.All(kind).Count >= most)
                throw AwsException.LimitExceeded($"Cannot exceed quota for {kind}sPerAccount: {most}");
            var entity = build(state, name, path);
            if (entity is Principal principal)
            {
                entity = principal with
                {
                    Tags = principal.Tags.AddRange(tags),
                    Boundary = call.Parameters.Optional("PermissionsBoundary") is { } arn ? state.Policy(arn).Arn : null,
                };
            }

            return (state.With(entity), (entity, state));
        });
        return [EntityXml.Of(created.entity, created.state, whole: true)];
    }

    /// <summary>Puts another in the place of an entity that exists.</summary>
    public static void Change(Call call, EntityKind kind, Func<AwsState, Entity, Entity> change)
    {
        var name = Target.Name(call, kind);
        call.Write(state => state.With(change(state, state.Get(kind, name))));
    }

    /// <summary>What policies can ask of what is created.</summary>
    public static RequestContext CreationContext(Call call) =>
        TagReader.Context(call).With("iam:PermissionsBoundary", call.Parameters.Optional("PermissionsBoundary"));

    private static IEnumerable<XElement?> Get(Call call, EntityKind kind)
    {
        var entity = call.Visible.Get(kind, Target.Name(call, kind));
        if (entity is not Group group)
            return [EntityXml.Of(entity, call.Visible, whole: true)];
        var members = call.Visible.All(EntityKind.User).Values.OfType<User>().Where(user => user.Groups.Contains(group.Name));
        return
        [
            EntityXml.Of(group, call.Visible, whole: true),
            Xml.List("Users", members.Select(user => EntityXml.Members(user, call.Visible, whole: false))),
            new XElement("IsTruncated", "false"),
        ];
    }

    private static IEnumerable<XElement?> List(Call call, EntityKind kind)
    {
        var prefix = call.Parameters.Optional("PathPrefix", Shapes.PathPrefix(), "/");
        var page = Page.Of(
            call, after => call.Visible.After(kind, after).Where(entity => entity.Path.StartsWith(prefix, StringComparison.Ordinal)), entity => entity.Name);
        return [Xml.List($"{kind}s", page.Items.Select(entity => EntityXml.Members(entity, call.Visible, whole: false))), page.Truncated, page.Marker];
    }

    private static IEnumerable<XElement?>? Delete(Call call, EntityKind kind)
    {
        var name = call.Parameters.Required($"{kind}Name", kind == EntityKind.Group ? Shapes.LongName() : Shapes.Name());
        call.Write(state =>
        {
            var entity = state.Get(kind, name);
            if (Obstacle(entity, state) is { } obstacle)
                throw AwsException.DeleteConflict($"Cannot delete entity, must {obstacle} first.");
            return state.Without(entity);
        });
        return null;
    }

    private static string? Obstacle(Entity entity, AwsState state) => entity switch
    {
        { Inline.IsEmpty: false } => "delete policies",
        { Attached.IsEmpty: false } => "detach all policies",
        User { Keys.IsEmpty: false } => "delete access keys",
        User { Groups.IsEmpty: false } => "remove users from group",
        Group group when state.All(EntityKind.User).Values.OfType<User>().Any(user => user.Groups.Contains(group.Name)) => "remove users from group",
        _ => null,
    };
}
