using System.Globalization;

namespace NhiGrains.Platforms.Aws.Credentials;

/// <summary>
/// What the engine keeps for us of a grant's sessions. IAM's reads can be behind its writes, so a process that ends them may not see the
/// tag that another one wrote. The engine's state is never behind, and nothing is handed out before this is in it.
/// </summary>
/// <param name="RoleId">Of the role that they are of: another of its name has none of them.</param>
/// <param name="At">When the last one was made, by our clock.</param>
/// <param name="Until">When the last one is over, by our clock.</param>
/// <param name="Epoch">The part of their name that is new after each end.</param>
internal sealed record SessionHandle(string RoleId, DateTimeOffset At, DateTimeOffset Until, string Epoch)
{
    public string Value() => string.Create(CultureInfo.InvariantCulture, $"{RoleId}.{At.ToUnixTimeSeconds()}.{GrantTag.Value(Until, Epoch)}");

    /// <exception cref="PlatformException">With <see cref="PlatformError.Rejected"/>, when it is none of ours.</exception>
    public static SessionHandle? Read(string? value)
    {
        if (value is null)
            return null;
        return value.Split('.', 3) is [var role, var at, var rest] && Seconds(at) is { } made && GrantTag.Read(rest) is { } read
            ? new(role, made, read.Until, read.Epoch)
            : throw Unreadable();
    }

    internal static DateTimeOffset? Seconds(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253402300800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    internal static PlatformException Unreadable() => new(PlatformError.Rejected, "What is stored of the grant's credentials cannot be read. End them by hand.");
}

/// <summary>The same of a grant's access key.</summary>
/// <param name="At">When it was made, by our clock.</param>
internal sealed record KeyHandle(string KeyId, DateTimeOffset At)
{
    public string Value() => string.Create(CultureInfo.InvariantCulture, $"{KeyId}.{At.ToUnixTimeSeconds()}");

    /// <exception cref="PlatformException">With <see cref="PlatformError.Rejected"/>, when it is none of ours.</exception>
    public static KeyHandle? Read(string? value)
    {
        if (value is null)
            return null;
        return value.Split('.') is [var key, var at] && SessionHandle.Seconds(at) is { } made ? new(key, made) : throw SessionHandle.Unreadable();
    }
}
