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
        var kinds = Kinds.Index().Where(kind => filter.IsEmpty || filter.Contains(kind.Item.Filter)).ToArray();
        var page = Page.Of(call, after => kinds.SelectMany(kind => Items(kind.Item, kind.Index, call.Visible, after)), item => item.Key);
        return
        [
            .. Kinds.Select(kind => kind.List).Distinct().Select(list => Xml.List(list, page.Items.Where(item => item.List == list).Select(item => item.Members()))),
            page.Truncated,
            page.Marker,
        ];
    }

    // A key is the kind's place and a name: it says in which kind to go on, and where.
    private static IEnumerable<Item> Items((string Filter, string List) kind, int order, AwsState state, string? after)
    {
        var place = after is null ? -1 : after[0] - '0';
        if (place > order)
            return [];
        var name = place == order ? after?[1..] : null;
        if (Enum.TryParse<EntityKind>(kind.Filter, out var entities))
            return state.After(entities, name).Select(entity => new Item($"{order}{entity.Name}", kind.List, () => EntityXml.Details(entity, state)));
        return state.Policies.Values
            .Where(policy => policy.IsAws == (kind.Filter == "AWSManagedPolicy") && string.CompareOrdinal(policy.Arn, name) > 0)
            .Select(policy => new Item($"{order}{policy.Arn}", kind.List, () => ManagedPolicyOperations.Details(policy, state)));
    }
}
