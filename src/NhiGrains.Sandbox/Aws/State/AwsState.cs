using System.Collections.Immutable;

namespace NhiGrains.Sandbox.Aws.State;

/// <summary>All that an account has at one moment.</summary>
internal sealed record AwsState
{
    // Names are distinct without case, and found only as they were written.
    private static readonly ImmutableSortedDictionary<string, Entity> None = ImmutableSortedDictionary.Create<string, Entity>(StringComparer.OrdinalIgnoreCase);

    private static readonly ImmutableSortedSet<string> Nobody = ImmutableSortedSet.Create<string>(StringComparer.OrdinalIgnoreCase);

    private ImmutableArray<ImmutableSortedDictionary<string, Entity>> _entities = [None, None, None];

    // The same names once more, since only a set can be entered in the middle.
    private ImmutableArray<ImmutableSortedSet<string>> _names = [Nobody, Nobody, Nobody];

    /// <summary>By ARN.</summary>
    public ImmutableSortedDictionary<string, ManagedPolicy> Policies { get; init; } =
        ImmutableSortedDictionary.Create<string, ManagedPolicy>(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, Bucket> Buckets { get; init; } = ImmutableSortedDictionary.Create<string, Bucket>(StringComparer.Ordinal);

    /// <summary>Whose an access key is, by the key's id.</summary>
    public ImmutableDictionary<string, string> KeyOwners { get; init; } = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>All of a kind, by name and in the order of their names.</summary>
    public ImmutableSortedDictionary<string, Entity> All(EntityKind kind) => _entities[(int)kind];

    /// <summary>Those whose names come after one; null: all.</summary>
    public IEnumerable<Entity> After(EntityKind kind, string? name)
    {
        var names = _names[(int)kind];
        var found = name is null ? ~0 : names.IndexOf(name);
        for (var at = found < 0 ? ~found : found + 1; at < names.Count; at++)
            yield return All(kind)[names[at]];
    }

    public Entity? Find(EntityKind kind, string name) =>
        All(kind).TryGetValue(name, out var found) && found.Name == name ? found : null;

    /// <exception cref="AwsException"><c>NoSuchEntity</c>.</exception>
    public Entity Get(EntityKind kind, string name) =>
        Find(kind, name) ?? throw AwsException.NoSuchEntity($"The {kind.ToString().ToLowerInvariant()} with name {name} cannot be found.");

    /// <exception cref="AwsException"><c>NoSuchEntity</c>.</exception>
    public ManagedPolicy Policy(string arn) =>
        Policies.TryGetValue(arn, out var policy) ? policy : throw AwsException.NoSuchEntity($"Policy {arn} does not exist or is not attachable.");

    /// <summary>With an entity that is new, or in place of what it was.</summary>
    public AwsState With(Entity entity) =>
        Replacing(entity.Kind, All(entity.Kind).SetItem(entity.Name, entity), _names[(int)entity.Kind].Add(entity.Name));

    public AwsState Without(Entity entity) =>
        Replacing(entity.Kind, All(entity.Kind).Remove(entity.Name), _names[(int)entity.Kind].Remove(entity.Name));

    private AwsState Replacing(EntityKind kind, ImmutableSortedDictionary<string, Entity> all, ImmutableSortedSet<string> names) =>
        this with { _entities = _entities.SetItem((int)kind, all), _names = _names.SetItem((int)kind, names) };
}
