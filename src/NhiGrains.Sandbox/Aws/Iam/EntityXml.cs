using System.Globalization;
using System.Xml.Linq;
using NhiGrains.Sandbox.Aws.Query;
using NhiGrains.Sandbox.Aws.State;

namespace NhiGrains.Sandbox.Aws.Iam;

/// <summary>Users, groups and roles in answers.</summary>
internal static class EntityXml
{
    /// <param name="whole">With what lists leave out: tags and the boundary.</param>
    public static XElement Of(Entity entity, AwsState state, bool whole) => new(entity.Kind.ToString(), Members(entity, state, whole));

    public static IEnumerable<object?> Members(Entity entity, AwsState state, bool whole)
    {
        IEnumerable<object?> members = Common(entity);
        if (entity is Role role)
            members = members.Concat([Trust(role, state), Xml.Text("Description", role.Description), Duration(role)]);
        return whole && entity is Principal principal ? members.Concat(Rest(principal)) : members;
    }

    /// <summary>As the bulk read has it.</summary>
    public static IEnumerable<object?> Details(Entity entity, AwsState state)
    {
        IEnumerable<object?> members =
        [
            .. Common(entity),
            Xml.List($"{entity.Kind}PolicyList", entity.Inline.Select(object (one) => new[] { new XElement("PolicyName", one.Key), Xml.Policy("PolicyDocument", one.Value) })),
            Xml.List("AttachedManagedPolicies", Attached(entity, state)),
        ];
        if (entity is Role role)
            members = members.Concat([Trust(role, state), new XElement("InstanceProfileList"), new XElement("RoleLastUsed")]);
        if (entity is User user)
            members = members.Append(Xml.List("GroupList", user.Groups));
        return entity is Principal principal ? members.Concat(Rest(principal)) : members;
    }

    public static IEnumerable<object> Attached(Entity entity, AwsState state) =>
        entity.Attached.Where(state.Policies.ContainsKey).Select(object (arn) => new[] { new XElement("PolicyName", state.Policies[arn].Name), new XElement("PolicyArn", arn) });

    private static IEnumerable<object?> Common(Entity entity) =>
    [
        new XElement("Path", entity.Path),
        new XElement($"{entity.Kind}Name", entity.Name),
        new XElement($"{entity.Kind}Id", entity.Id),
        new XElement("Arn", entity.Arn),
        Xml.Time("CreateDate", entity.Created),
    ];

    private static IEnumerable<object?> Rest(Principal principal)
    {
        if (principal.Boundary is { } boundary)
            yield return new XElement("PermissionsBoundary", new XElement("PermissionsBoundaryType", "PermissionsBoundaryPolicy"), new XElement("PermissionsBoundaryArn", boundary));
        if (!principal.Tags.IsEmpty)
            yield return Xml.Tags(principal.Tags);
    }

    private static XElement Trust(Role role, AwsState state) => new("AssumeRolePolicyDocument", Uri.EscapeDataString(TrustPolicies.TextOf(role.Trust, state)));

    private static XElement Duration(Role role) => new("MaxSessionDuration", role.MaxSessionDuration.ToString(CultureInfo.InvariantCulture));
}
