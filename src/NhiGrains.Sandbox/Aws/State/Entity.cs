using System.Collections.Immutable;
using NhiGrains.Sandbox.Aws.Policies;

namespace NhiGrains.Sandbox.Aws.State;

internal enum EntityKind
{
    User,
    Group,
    Role,
}

/// <summary>What policies are attached to.</summary>
internal abstract record Entity(EntityKind Kind)
{
    public required string Name { get; init; }

    public required string Path { get; init; }

    /// <summary>Never given twice: what is created again under an old name has another one.</summary>
    public required string Id { get; init; }

    public required string Arn { get; init; }

    public required DateTimeOffset Created { get; init; }

    public ImmutableSortedDictionary<string, PolicyDocument> Inline { get; init; } =
        ImmutableSortedDictionary.Create<string, PolicyDocument>(StringComparer.Ordinal);

    /// <summary>ARNs of managed policies.</summary>
    public ImmutableSortedSet<string> Attached { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);
}

internal sealed record Group() : Entity(EntityKind.Group);

/// <summary>A user or a role: what can sign requests, has tags, and can be bounded.</summary>
internal abstract record Principal(EntityKind Kind) : Entity(Kind)
{
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The ARN of the managed policy that bounds it.</summary>
    public string? Boundary { get; init; }
}

internal sealed record User() : Principal(EntityKind.User)
{
    public ImmutableSortedSet<string> Groups { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    public ImmutableArray<AccessKey> Keys { get; init; } = [];
}

internal sealed record Role() : Principal(EntityKind.Role)
{
    public required TrustPolicy Trust { get; init; }

    public string? Description { get; init; }

    /// <summary>In seconds, 3,600 to 43,200.</summary>
    public int MaxSessionDuration { get; init; } = 3600;
}

internal sealed record AccessKey(string Id, string Secret, bool IsActive, DateTimeOffset Created)
{
    public override string ToString() => Id;
}

/// <summary>Who may become a role. A principal is kept by the id that it had, so that another of its name is not it.</summary>
/// <param name="Ids">By ARN, of those principals of this account that the policy names.</param>
internal sealed record TrustPolicy(PolicyDocument Document, ImmutableDictionary<string, string> Ids);

/// <summary>A policy that can be attached to many.</summary>
internal sealed record ManagedPolicy(string Name, string Path, string Id, string Arn, DateTimeOffset Created, PolicyDocument Document)
{
    public string? Description { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>AWS's own, which every account has and none can change.</summary>
    public bool IsAws => Arn.StartsWith("arn:aws:iam::aws:", StringComparison.Ordinal);
}
