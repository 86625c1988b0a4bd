namespace NhiGrains.Sandbox.Gcp.Conditions;

/// <summary>The types of the part of CEL that is known here.</summary>
internal enum CelType
{
    Text,
    Time,
    Truth,
}

/// <summary>What a condition is asked about.</summary>
/// <param name="ResourceName">Empty, like the other two, for resources of services that tell conditions nothing.</param>
/// <param name="ObjectListPrefix">The prefix that a list of objects asks for; null for everything else.</param>
internal sealed record ConditionContext(
    DateTimeOffset Time, string ResourceName, string ResourceType, string ResourceService, string? ObjectListPrefix = null);

/// <summary>A part of an expression: its type is known when it is read.</summary>
/// <param name="Evaluate">Text, a time or a truth; null: an error.</param>
internal sealed record CelNode(CelType Type, Func<ConditionContext, object?> Evaluate);

/// <summary>The expression is not of the part of CEL that is known here.</summary>
internal sealed class CelException(int position, string problem) : Exception($"at column {position + 1}: {problem}")
{
    /// <summary>From zero.</summary>
    public int Position => position;
}
