using System.Xml.Linq;
using NhiGrains.Sandbox.Aws.Query;
using NhiGrains.Sandbox.Aws.State;

namespace NhiGrains.Sandbox.Aws.Iam;

/// <summary>The bulk read: everything that says who may do what, in pages over all kinds.</summary>
internal static class AuthorizationDetails
{
    private static readonly (string Filter, string List)[] Kinds =
    [
        ("User", "UserDetailList"), ("Group", "GroupDetailList"), ("Role", "RoleDetailList"), ("LocalManagedPolicy", "Policies"), ("AWSManagedPolicy", "Policies"),
    ];

    public static Operation Operation { get; } =
        new("GetAccountAuthorizationDetails", ["Filter", "MaxItems", "Marker"], Target.Everything, Answer);

    private sealed record Item(string Key, string List, Func<IEnumerable<object?>> Members);

    private static IEnumerable<XElement?> Answer(Call call)
    {
        var filter = call.Parameters.List("Filter");
        if (filter.FirstOrDefault(one => Kinds.All(kind => kind.Filter != one)) is { } unknown)
            throw Parameters.Invalid(unknown, "Filter", $"Member must satisfy enum value set: [{string.Join(", ", Kinds.Select(kind => kind.Filter))}]");
        var items = Kinds.Index().Where(kind => filter.IsEmpty || filter.Contains(kind.Item.Filter)).SelectMany(kind => Items(kind.Item, kind.Index, call.Visible));
        var page = Page.Of(call, items, item => item.Key, StringComparer.OrdinalIgnoreCase);
        return
        [
            .. Kinds.Select(kind => kind.List).Distinct().Select(list => Xml.List(list, page.Items.Where(item => item.List == list).Select(item => item.Members()))),
            page.Truncated,
            page.Marker,
        ];
    }

    // The keys put one kind after the other, each by name.
    private static IEnumerable<Item> Items((string Filter, string List) kind, int order, AwsState state)
    {
        if (Enum.TryParse<EntityKind>(kind.Filter, out var entities))
            return state.All(entities).Values.Select(entity => new Item($"{order}{entity.Name}", kind.List, () => EntityXml.Details(entity, state)));
        return state.Policies.Values
            .Where(policy => policy.IsAws == (kind.Filter == "AWSManagedPolicy"))
            .OrderBy(policy => policy.Arn, StringComparer.OrdinalIgnoreCase)
            .Select(policy => new Item($"{order}{policy.Arn}", kind.List, () => ManagedPolicyOperations.Details(policy, state)));
    }
}
