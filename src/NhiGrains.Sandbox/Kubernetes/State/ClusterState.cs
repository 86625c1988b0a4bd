using System.Collections.Immutable;

namespace NhiGrains.Sandbox.Kubernetes.State;

/// <summary>All objects of a cluster; each write makes a new one with the next version.</summary>
/// <param name="Changes">The newest ones, for watches, in the order of their versions.</param>
/// <param name="ForgottenUntil">The newest version whose change is not in the list any more.</param>
internal sealed record ClusterState(
    ImmutableDictionary<ObjectKind, ObjectShelf> Shelves, ImmutableList<Change> Changes, long Version, long ForgottenUntil)
{
    /// <summary>As many changes as a watch may be behind.</summary>
    internal const int MostChanges = 10_000;

    public static ClusterState Empty { get; } = new(
        ObjectKind.All.ToImmutableDictionary(kind => kind, _ => ObjectShelf.Empty), [], Version: 1, ForgottenUntil: 1);

    public StoredObject? Find(ObjectKind kind, string inNamespace, string name) =>
        Shelves[kind].Objects.GetValueOrDefault(StoredObject.KeyOf(inNamespace, name));

    public ClusterState With(StoredObject item)
    {
        var type = Find(item.Kind, item.Namespace, item.Name) is null ? "ADDED" : "MODIFIED";
        return Next(item.Kind, Shelves[item.Kind].With(item), new(item.Version, type, item));
    }

    /// <param name="last">The object as it was, with the version of its deletion.</param>
    public ClusterState Without(StoredObject last) =>
        Next(last.Kind, Shelves[last.Kind].Without(last.Key), new(last.Version, "DELETED", last));

    /// <summary>What happened after a version, the oldest first.</summary>
    public IEnumerable<Change> Since(long version)
    {
        var (from, until) = (0, Changes.Count);
        while (from < until)
        {
            var middle = (from + until) / 2;
            if (Changes[middle].Version <= version)
                from = middle + 1;
            else
                until = middle;
        }

        for (; from < Changes.Count; from++)
            yield return Changes[from];
    }

    private ClusterState Next(ObjectKind kind, ObjectShelf shelf, Change change)
    {
        var changes = Changes.Add(change);
        var forgotten = ForgottenUntil;
        if (changes.Count > MostChanges)
        {
            forgotten = changes[0].Version;
            changes = changes.RemoveAt(0);
        }

        return new(Shelves.SetItem(kind, shelf), changes, change.Version, forgotten);
    }
}

/// <summary>One kind's objects, by namespace and name, which is the order in which they are listed.</summary>
internal sealed record ObjectShelf(ImmutableSortedSet<string> Keys, ImmutableDictionary<string, StoredObject> Objects)
{
    public static ObjectShelf Empty { get; } =
        new(ImmutableSortedSet.Create<string>(StringComparer.Ordinal), ImmutableDictionary.Create<string, StoredObject>(StringComparer.Ordinal));

    /// <param name="inNamespace">Null: all.</param>
    /// <param name="after">The key after which to begin; null: at the first.</param>
    public IEnumerable<StoredObject> Of(string? inNamespace, string? after = null)
    {
        var prefix = inNamespace is null ? "" : StoredObject.KeyOf(inNamespace, "");
        var found = Keys.IndexOf(after ?? prefix);
        var start = found < 0 ? ~found : after is null ? found : found + 1;
        for (var i = start; i < Keys.Count && Keys[i].StartsWith(prefix, StringComparison.Ordinal); i++)
            yield return Objects[Keys[i]];
    }

    public ObjectShelf With(StoredObject item) => new(Keys.Add(item.Key), Objects.SetItem(item.Key, item));

    public ObjectShelf Without(string key) => new(Keys.Remove(key), Objects.Remove(key));
}

/// <param name="Namespace">Empty for what belongs to the cluster.</param>
/// <param name="Json">The whole object, with its version; text, because it must not change.</param>
/// <param name="Meaning">What RBAC reads of it, for its kinds.</param>
internal sealed record StoredObject(ObjectKind Kind, string Namespace, string Name, string Uid, long Version, string Json, object? Meaning)
{
    public string Key => KeyOf(Namespace, Name);

    public static string KeyOf(string inNamespace, string name) => $"{inNamespace}/{name}";
}

internal sealed record Change(long Version, string Type, StoredObject Object);
