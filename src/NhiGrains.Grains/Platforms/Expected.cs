using NhiGrains.Platforms;

namespace NhiGrains.Grains.Platforms;

/// <summary>The principals that a sweep should come by, in its order: tells which of them it has passed without seeing them.</summary>
internal sealed class Expected(IEnumerable<string> principals, string? after)
{
    private readonly string[] _inOrder = [.. principals.Distinct(StringComparer.Ordinal).Behind(after, principal => principal)];

    private int _next;

    /// <summary>The sweep comes to <paramref name="seen"/>; null when it has come to its end.</summary>
    /// <returns>Those before it that are not there.</returns>
    public IEnumerable<string> PassedBy(string? seen)
    {
        for (; _next < _inOrder.Length; _next++)
        {
            var order = seen is null ? -1 : PrincipalOrder.Instance.Compare(_inOrder[_next], seen);
            if (order > 0)
                yield break;
            if (order < 0)
                yield return _inOrder[_next];
        }
    }
}
