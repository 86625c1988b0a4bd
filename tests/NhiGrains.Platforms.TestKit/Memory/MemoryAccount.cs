namespace NhiGrains.Platforms.TestKit.Memory;

/// <summary>A principal of a <see cref="MemoryPlatform"/>.</summary>
internal sealed record MemoryAccount(string NativeId)
{
    public Dictionary<string, MemoryObject> Objects { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>The grant of each secret.</summary>
    public Dictionary<string, string> Credentials { get; } = new(StringComparer.Ordinal);

    /// <summary>What a read shows: the objects as they are now.</summary>
    public MemoryAccount Copy() => new(NativeId) { Objects = new(Objects, StringComparer.Ordinal) };
}

/// <param name="Body">What it gives; see <see cref="MemoryPermissions"/>.</param>
/// <param name="IdentityId">The marker; null when it is nobody's.</param>
internal sealed record MemoryObject(string Body, string? IdentityId, long? Generation);
