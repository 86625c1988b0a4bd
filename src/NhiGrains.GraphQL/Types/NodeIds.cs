using GraphQL.Types;

namespace NhiGrains.GraphQL.Types;

/// <summary>Global ids (Relay's object identification): the type, and the id among its like.</summary>
internal static class NodeIds
{
    public static string Of(string type, string id) => $"{type}:{id}";

    public static string OfGrant(string identityId, string grantId) => Of("Grant", $"{identityId}/{grantId}");

    public static (string Type, string Id) Split(string id) => id.IndexOf(':', StringComparison.Ordinal) is var at && at > 0
        ? (id[..at], id[(at + 1)..])
        : ("", id);

    /// <summary>The identity that a global or plain id names. A plain one has no colon, so the two cannot be mistaken.</summary>
    public static string Identity(string id) => Split(id) is ("Identity", var plain) ? plain : id;

    /// <summary>The identity that a node belongs to, for those that belong to one.</summary>
    public static string? OwnerOf(string id) => Split(id) switch
    {
        ("Identity", var identity) => identity,
        ("Grant", var grant) => grant.Split('/')[0],
        _ => null,
    };
}

internal sealed class NodeType : InterfaceGraphType
{
    public NodeType()
    {
        Name = "Node";
        Description = "Something that can be fetched again by its global id (Relay's object identification).";
        Field("id", Of.Id).Description("The global id; do not take it apart.");
    }
}
