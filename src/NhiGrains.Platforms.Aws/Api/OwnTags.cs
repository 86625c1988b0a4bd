using System.Collections.Concurrent;
using NhiGrains.Platforms.Aws.Objects;

namespace NhiGrains.Platforms.Aws.Api;

/// <summary>
/// The tags that this process has just written: IAM's reads can be behind its writes, and a session whose tag is not seen yet would
/// not be ended. Remembered for as long as IAM may be behind, so that what another process writes meanwhile counts soon again.
/// </summary>
internal sealed class OwnTags(TimeProvider time, TimeSpan lag)
{
    private readonly ConcurrentDictionary<(PrincipalName Name, string Key), (string? Value, long At)> _written = new();

    /// <param name="value">Null: it was taken off.</param>
    public void Wrote(PrincipalName name, string key, string? value)
    {
        // Nothing grows: whoever writes takes out what is old.
        foreach (var old in _written.Where(one => IsOld(one.Value.At)))
            _written.TryRemove(old);
        _written[(name, key)] = (value, time.GetTimestamp());
    }

    /// <summary>What was created again has none of its predecessor's.</summary>
    public void Forget(PrincipalName name)
    {
        foreach (var of in _written.Where(one => one.Key.Name == name))
            _written.TryRemove(of);
    }

    public IamPrincipal Over(IamPrincipal read)
    {
        var mine = _written.Where(one => one.Key.Name == read.Name && !IsOld(one.Value.At)).ToArray();
        if (mine.Length == 0)
            return read;
        var tags = read.Tags.ToDictionary(StringComparer.Ordinal);
        foreach (var ((_, key), (value, _)) in mine)
        {
            if (value is null)
                tags.Remove(key);
            else
                tags[key] = value;
        }

        return read with { Tags = tags };
    }

    private bool IsOld(long at) => time.GetElapsedTime(at) > lag;
}
