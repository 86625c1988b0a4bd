using System.Xml.Linq;
using NhiGrains.Sandbox.Aws.Query;
using NhiGrains.Sandbox.Aws.State;

namespace NhiGrains.Sandbox.Aws.Iam;

/// <summary>The long-lived keys of users. A secret is told once, when its key is created.</summary>
internal static class AccessKeyOperations
{
    private static readonly Func<Call, string> User = Target.Entity(EntityKind.User);

    public static IEnumerable<Operation> All { get; } =
    [
        new("CreateAccessKey", ["UserName"], User, Create) { Context = Target.Tags(EntityKind.User) },
        new("ListAccessKeys", ["UserName", "Marker", "MaxItems"], User, List) { Context = Target.Tags(EntityKind.User) },
        new("UpdateAccessKey", ["UserName", "AccessKeyId", "Status"], User, Update) { Context = Target.Tags(EntityKind.User) },
        new("DeleteAccessKey", ["UserName", "AccessKeyId"], User, Delete) { Context = Target.Tags(EntityKind.User) },
        new("GetAccessKeyLastUsed", ["AccessKeyId"], Owner, LastUsed),
    ];

    private static IEnumerable<XElement?> Create(Call call)
    {
        var name = Target.Name(call, EntityKind.User);
        var key = new AccessKey(Ids.AccessKey, Ids.Secret, IsActive: true, call.Now);
        call.Write(state => With(state, (User)state.Get(EntityKind.User, name), key, call.Account.Limits.KeysOfUser));
        return [new XElement("AccessKey", [.. Members(name, key), new XElement("SecretAccessKey", key.Secret)])];
    }

    /// <summary>Also for the first key of an account, which no call can create.</summary>
    public static AwsState With(AwsState state, User user, AccessKey key, int most)
    {
        if (user.Keys.Length >= most)
            throw AwsException.LimitExceeded($"Cannot exceed quota for AccessKeysPerUser: {most}");
        return state.With(user with { Keys = user.Keys.Add(key) }) with { KeyOwners = state.KeyOwners.Add(key.Id, user.Name) };
    }

    private static IEnumerable<XElement?> List(Call call)
    {
        var user = (User)call.Visible.Get(EntityKind.User, Target.Name(call, EntityKind.User));
        var page = Page.Of(call, user.Keys.OrderBy(key => key.Id, StringComparer.Ordinal), key => key.Id);
        return [new XElement("UserName", user.Name), Xml.List("AccessKeyMetadata", page.Items.Select(key => Members(user.Name, key))), page.Truncated, page.Marker];
    }

    private static IEnumerable<XElement?>? Update(Call call)
    {
        var status = call.Parameters.Required("Status");
        if (status is not ("Active" or "Inactive"))
            throw Parameters.Invalid(status, "Status", "Member must satisfy enum value set: [Active, Inactive]");
        Change(call, (user, key) => user.Keys.Replace(key, key with { IsActive = status == "Active" }), (owners, _) => owners);
        return null;
    }

    private static IEnumerable<XElement?>? Delete(Call call)
    {
        Change(call, (user, key) => user.Keys.Remove(key), (owners, key) => owners.Remove(key.Id));
        return null;
    }

    private static void Change(
        Call call,
        Func<User, AccessKey, System.Collections.Immutable.ImmutableArray<AccessKey>> keys,
        Func<System.Collections.Immutable.ImmutableDictionary<string, string>, AccessKey, System.Collections.Immutable.ImmutableDictionary<string, string>> owners)
    {
        var (name, id) = (Target.Name(call, EntityKind.User), call.Parameters.Required("AccessKeyId", Shapes.KeyId()));
        call.Write(state =>
        {
            var user = (User)state.Get(EntityKind.User, name);
            var key = user.Keys.FirstOrDefault(one => one.Id == id) ?? throw Unknown(id);
            return state.With(user with { Keys = keys(user, key) }) with { KeyOwners = owners(state.KeyOwners, key) };
        });
    }

    private static IEnumerable<XElement?> LastUsed(Call call)
    {
        var id = call.Parameters.Required("AccessKeyId", Shapes.KeyId());
        var owner = call.Visible.KeyOwners.TryGetValue(id, out var name) ? name : throw Unknown(id);
        var used = call.Account.Authenticator.LastUseOf(id);
        return
        [
            new XElement("UserName", owner),
            new XElement(
                "AccessKeyLastUsed",
                used is null ? null : Xml.Time("LastUsedDate", used.At),
                new XElement("ServiceName", used?.Service ?? "N/A"),
                new XElement("Region", used?.Region ?? "N/A")),
        ];
    }

    private static string Owner(Call call) =>
        call.Visible.KeyOwners.TryGetValue(call.Parameters.Required("AccessKeyId", Shapes.KeyId()), out var name) && call.Visible.Find(EntityKind.User, name) is { } user
            ? user.Arn
            : "*";

    private static XElement[] Members(string user, AccessKey key) =>
    [
        new("UserName", user),
        new("AccessKeyId", key.Id),
        new("Status", key.IsActive ? "Active" : "Inactive"),
        Xml.Time("CreateDate", key.Created),
    ];

    private static AwsException Unknown(string id) => AwsException.NoSuchEntity($"The Access Key with id {id} cannot be found.");
}
