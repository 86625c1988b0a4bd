using System.Xml.Linq;
using NhiGrains.Sandbox.Aws.Query;
using NhiGrains.Sandbox.Aws.State;

namespace NhiGrains.Sandbox.Aws.Iam;

/// <summary>What only roles have: trust, description, and how long a session may be.</summary>
internal static class RoleOperations
{
    private const int ShortestMax = 3600;
    private const int LongestMax = 43200;

    private static readonly Func<Call, string> Role = Target.Entity(EntityKind.Role);

    public static IEnumerable<Operation> All { get; } =
    [
        new("CreateRole", ["RoleName", "Path", "AssumeRolePolicyDocument", "Description", "MaxSessionDuration", "PermissionsBoundary", "Tags"], Target.New(EntityKind.Role), Create)
        {
            Context = EntityOperations.CreationContext,
        },
        new("UpdateRole", ["RoleName", "Description", "MaxSessionDuration"], Role, Update) { Context = Target.Tags(EntityKind.Role) },
        new("UpdateAssumeRolePolicy", ["RoleName", "PolicyDocument"], Role, UpdateTrust) { Context = Target.Tags(EntityKind.Role) },
    ];

    private static IEnumerable<XElement?> Create(Call call)
    {
        var trust = call.Parameters.Required("AssumeRolePolicyDocument", Shapes.Document());
        return EntityOperations.Create(call, EntityKind.Role, call.Account.Limits.Roles, (state, name, path) => new Role
        {
            Name = name,
            Path = path,
            Id = Ids.Role,
            Arn = call.Account.Arns.Entity(EntityKind.Role, path, name),
            Created = call.Now,
            Trust = TrustPolicies.Read(trust, state, call.Account),
            Description = Description(call),
            MaxSessionDuration = call.Parameters.Number("MaxSessionDuration", ShortestMax, LongestMax, ShortestMax),
        });
    }

    private static IEnumerable<XElement?> Update(Call call)
    {
        EntityOperations.Change(call, EntityKind.Role, (_, entity) => (Role)entity with
        {
            Description = Description(call),
            // What is left out goes back to what it is for a new role.
            MaxSessionDuration = call.Parameters.Number("MaxSessionDuration", ShortestMax, LongestMax, ShortestMax),
        });
        return [];
    }

    private static IEnumerable<XElement?>? UpdateTrust(Call call)
    {
        var text = call.Parameters.Required("PolicyDocument", Shapes.Document());
        EntityOperations.Change(call, EntityKind.Role, (state, entity) => (Role)entity with { Trust = TrustPolicies.Read(text, state, call.Account) });
        return null;
    }

    private static string? Description(Call call) =>
        call.Parameters.Optional("Description") is null ? null : call.Parameters.Required("Description", Shapes.Description());
}
