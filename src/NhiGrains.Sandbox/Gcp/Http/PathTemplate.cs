namespace NhiGrains.Sandbox.Gcp.Http;

/// <summary>
/// A path with names in braces for what differs, as discovery documents write it: <c>v1/projects/{project}/serviceAccounts/{account}:disable</c>.
/// </summary>
internal sealed class PathTemplate
{
    private readonly (string Before, string? Name, string After)[] _segments;

    public PathTemplate(string template) => _segments = [.. template.Trim('/').Split('/').Select(Parse)];

    /// <param name="segments">The path's segments, not yet decoded.</param>
    /// <returns>What stands for each name, decoded; null when the path is another one.</returns>
    public Dictionary<string, string>? Match(string[] segments)
    {
        if (segments.Length != _segments.Length)
            return null;
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < segments.Length; i++)
        {
            var (before, name, after) = _segments[i];
            var segment = segments[i];
            if (name is null)
            {
                if (segment != before)
                    return null;
                continue;
            }

            if (segment.Length <= before.Length + after.Length || !segment.StartsWith(before, StringComparison.Ordinal)
                || !segment.EndsWith(after, StringComparison.Ordinal))
                return null;
            var value = segment[before.Length..^after.Length];
            // A custom verb belongs to the path and never to a name in it.
            if (value.Contains(':', StringComparison.Ordinal))
                return null;
            found[name] = Uri.UnescapeDataString(value);
        }

        return found;
    }

    private static (string Before, string? Name, string After) Parse(string segment)
    {
        var (open, close) = (segment.IndexOf('{', StringComparison.Ordinal), segment.IndexOf('}', StringComparison.Ordinal));
        return open < 0 ? (segment, null, "") : (segment[..open], segment[(open + 1)..close], segment[(close + 1)..]);
    }
}
