namespace NhiGrains.Domain.Entitlements;

/// <summary>Selectors against beginnings of <c>container/type/name</c>, as policies write them.</summary>
public static class ResourcePaths
{
    public static string PathOf(ResourceSelector resource) => $"{resource.Container}/{resource.Type}/{resource.Name}";

    /// <summary>Whether everything that the selector reaches begins so.</summary>
    public static bool Covers(string prefix, ResourceSelector resource)
    {
        // Piece by piece: a decision asks this of every rule, and the path would be another text each time.
        var rest = prefix.AsSpan();
        foreach (var piece in (ReadOnlySpan<string?>)[resource.Container, "/", resource.Type, "/", resource.Name])
        {
            var text = piece.AsSpan();
            if (rest.Length <= text.Length)
                return text.StartsWith(rest, StringComparison.Ordinal);
            if (!rest.StartsWith(text, StringComparison.Ordinal))
                return false;
            rest = rest[text.Length..];
        }

        return false;
    }

    /// <summary>
    /// The same, of what names it: a beginning that goes on to the type names all of that, and not only what it is a part of.
    /// </summary>
    public static bool CoversNamed(string prefix, ResourceSelector resource) =>
        Covers(prefix, resource)
        && (!resource.Type.Contains('/') || prefix.Length <= resource.Container.Length + 1 || prefix.Length > resource.Container.Length + 1 + resource.Type.Length);

    /// <summary>
    /// What a resource is a part of, by its type: of <c>deployments/scale</c> the deployment of that name, and who changes the one changes
    /// the other. Null for what is whole.
    /// </summary>
    public static ResourceSelector? WholeOf(ResourceSelector resource) =>
        resource.Type.LastIndexOf('/') is > 0 and var end ? resource with { Type = resource.Type[..end] } : null;

    /// <summary>Whether the selector reaches anything that begins so, or a part of such a thing.</summary>
    public static bool Touches(string prefix, ResourceSelector resource) =>
        Overlaps(prefix, resource) || (WholeOf(resource) is { } whole && Touches(prefix, whole));

    /// <summary>Whether the selector reaches anything that begins so.</summary>
    public static bool Overlaps(string prefix, ResourceSelector resource) =>
        Covers(prefix, resource)
        || IsContainer(prefix, resource)
        // A selector that is wider than the prefix reaches into it.
        || (resource.Match != ResourceMatch.Exact && prefix.StartsWith(PathOf(resource), StringComparison.Ordinal));

    /// <summary>The part of the selector that begins so; null when there is none, or when no selector can say it.</summary>
    public static ResourceSelector? Narrow(string prefix, ResourceSelector resource)
    {
        if (Covers(prefix, resource))
            return resource;
        var start = $"{resource.Container}/{resource.Type}/";
        return resource.Match != ResourceMatch.Exact && prefix.StartsWith(PathOf(resource), StringComparison.Ordinal) && prefix.Length > start.Length
            ? resource with { Match = ResourceMatch.Prefix, Name = prefix[start.Length..] }
            : null;
    }

    // A bucket, a namespace or the schema of a database is a resource of its own, and the container of what is in it: who may change
    // it reaches into it. What begins with a slash is in no container.
    private static bool IsContainer(string prefix, ResourceSelector resource)
    {
        if (prefix.StartsWith('/'))
            return false;
        var name = resource.Name ?? "";
        if (resource.Match == ResourceMatch.Exact)
        {
            var inside = resource.Container.Length == 0 ? $"{name}/" : $"{resource.Container}/{name}/";
            return inside.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(inside, StringComparison.Ordinal);
        }

        // Within a container a beginning names types as well as what else is a container, so only a name tells the two apart: several
        // containers of one container cannot be asked for as one on any platform.
        return resource.Container.Length == 0
            && (name.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(name, StringComparison.Ordinal));
    }
}
