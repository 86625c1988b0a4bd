using System.Globalization;
using NhiGrains.Platforms.Aws.Api;

namespace NhiGrains.Platforms.Aws.Credentials;

/// <summary>
/// What a grant's tag says while a key is made: an answer can be lost, and what was there before and when tell the new key from those
/// that somebody else makes, now or when the tag stays because this process broke off.
/// </summary>
/// <param name="At">When the key was asked for, in whole seconds.</param>
/// <param name="Rotated">The key in whose place it comes; null when there is none.</param>
/// <param name="Before">The other keys that were there.</param>
internal sealed record PendingKey(DateTimeOffset At, string? Rotated, IReadOnlyList<string> Before)
{
    private const string Mark = "pending";
    private const string None = "none";

    public string Value() => string.Join('.', Before.Prepend(Rotated ?? None).Prepend(At.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)).Prepend(Mark));

    public static bool Is(string value) => value.StartsWith(Mark, StringComparison.Ordinal);

    /// <summary>Null when it cannot be read.</summary>
    public static PendingKey? Read(string value) =>
        value.Split('.') is [Mark, var at, var rotated, .. var before] && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253402300800
            ? new(DateTimeOffset.FromUnixTimeSeconds(seconds), rotated == None ? null : rotated, before)
            : null;

    /// <summary>The key that was made, if it is there; never one that was there before, is another grant's, or was made at another time.</summary>
    /// <param name="window">How far AWS's time of the creation may be from ours of the request.</param>
    public IEnumerable<AccessKey> Made(IEnumerable<AccessKey> keys, IEnumerable<string> ofOthers, TimeSpan window) => keys
        .Where(key => key.Id != Rotated && !Before.Contains(key.Id, StringComparer.Ordinal) && !ofOthers.Contains(key.Id, StringComparer.Ordinal))
        .Where(key => (key.CreatedAt - At).Duration() <= window);
}
