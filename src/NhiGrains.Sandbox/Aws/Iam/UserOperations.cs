using System.Xml.Linq;
using NhiGrains.Sandbox.Aws.Query;
using NhiGrains.Sandbox.Aws.State;

namespace NhiGrains.Sandbox.Aws.Iam;

/// <summary>Users and groups, and who is in which.</summary>
internal static class UserOperations
{
    private static readonly Func<Call, string> Group = Target.Entity(EntityKind.Group);

    public static IEnumerable<Operation> All { get; } =
    [
        new("CreateUser", ["UserName", "Path", "PermissionsBoundary", "Tags"], Target.New(EntityKind.User), CreateUser) { Context = EntityOperations.CreationContext },
        new("CreateGroup", ["GroupName", "Path"], Target.New(EntityKind.Group), CreateGroup),
        new("AddUserToGroup", ["GroupName", "UserName"], Group, Add),
        new("RemoveUserFromGroup", ["GroupName", "UserName"], Group, Remove),
        new("ListGroupsForUser", ["UserName", "Marker", "MaxItems"], Target.Entity(EntityKind.User), Groups),
    ];

    private static IEnumerable<XElement?> CreateUser(Call call) =>
        EntityOperations.Create(call, EntityKind.User, call.Account.Limits.Users, (_, name, path) => new User
        {
            Name = name,
            Path = path,
            Id = Ids.User,
            Arn = call.Account.Arns.Entity(EntityKind.User, path, name),
            Created = call.Now,
        });

    private static IEnumerable<XElement?> CreateGroup(Call call) =>
        EntityOperations.Create(call, EntityKind.Group, call.Account.Limits.Groups, (_, name, path) => new Group
        {
            Name = name,
            Path = path,
            Id = Ids.Group,
            Arn = call.Account.Arns.Entity(EntityKind.Group, path, name),
            Created = call.Now,
        });

    private static IEnumerable<XElement?>? Add(Call call)
    {
        var group = Target.Name(call, EntityKind.Group);
        EntityOperations.Change(call, EntityKind.User, (state, entity) =>
        {
            var user = (User)entity;
            var groups = user.Groups.Add(state.Get(EntityKind.Group, group).Name);
            return groups.Count <= call.Account.Limits.GroupsOfUser
                ? user with { Groups = groups }
                : throw AwsException.LimitExceeded($"Cannot exceed quota for GroupsPerUser: {call.Account.Limits.GroupsOfUser}");
        });
        return null;
    }

    private static IEnumerable<XElement?>? Remove(Call call)
    {
        var group = Target.Name(call, EntityKind.Group);
        EntityOperations.Change(call, EntityKind.User, (state, entity) =>
        {
            var user = (User)entity;
            state.Get(EntityKind.Group, group);
            return user.Groups.Contains(group) ? user with { Groups = user.Groups.Remove(group) } : throw AwsException.NoSuchEntity($"User {user.Name} is not in group {group}.");
        });
        return null;
    }

    private static IEnumerable<XElement?> Groups(Call call)
    {
        var user = (User)call.Visible.Get(EntityKind.User, Target.Name(call, EntityKind.User));
        var page = Page.Of(call, user.Groups, name => name);
        var groups = page.Items.Select(name => call.Visible.Find(EntityKind.Group, name)).OfType<Entity>();
        return [Xml.List("Groups", groups.Select(group => EntityXml.Members(group, call.Visible, whole: false))), page.Truncated, page.Marker];
    }
}
