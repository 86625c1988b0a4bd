using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Gcp.Conditions;

namespace NhiGrains.Sandbox.Gcp.Policies;

/// <summary>An allow policy, as it is kept.</summary>
/// <param name="Etag">Base64; differs from that of every other policy of the project.</param>
/// <param name="AuditConfigs">As they were given; they do nothing here. Null: none.</param>
internal sealed record Policy(ImmutableArray<Binding> Bindings, string Etag, string? AuditConfigs = null)
{
    /// <summary>What is read where none was ever set.</summary>
    public static Policy Empty { get; } = new([], "ACAB");

    public bool HasConditions => Bindings.Any(binding => binding.Condition is not null);
}

/// <param name="Members">As <see cref="Member"/> writes them for keeping.</param>
internal sealed record Binding(string Role, Condition? Condition, ImmutableSortedSet<string> Members);

/// <summary>Two bindings of a role are one when their conditions are equal in all that is written.</summary>
internal sealed record Condition(string Title, string Description, string Expression)
{
    private readonly CelNode _parsed = CelParser.Parse(Expression);

    /// <summary>An error while evaluating is a no.</summary>
    public bool Holds(ConditionContext context) => _parsed.Evaluate(context) is true;

    public bool Equals(Condition? other) =>
        other is not null && (Title, Description, Expression) == (other.Title, other.Description, other.Expression);

    public override int GetHashCode() => HashCode.Combine(Title, Description, Expression);

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["title"] = Title, ["expression"] = Expression };
        if (Description.Length > 0)
            json["description"] = Description;
        return json;
    }
}
