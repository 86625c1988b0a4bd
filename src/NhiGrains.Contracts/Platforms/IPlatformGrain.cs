namespace NhiGrains.Contracts.Platforms;

/// <summary>One platform; the key is its id.</summary>
[Alias("nhi.platform")]
public interface IPlatformGrain : IGrainWithStringKey
{
    [Alias("get")]
    Task<PlatformView> Get();

    /// <summary>Starts to watch, and keeps watching.</summary>
    [Alias("start")]
    Task Start();

    /// <summary>Reads the whole platform now, and wakes the identities that differ.</summary>
    [Alias("sweep")]
    Task<PlatformView> Sweep(string actor);
}

public enum PlatformHealth
{
    Unknown,
    Reachable,
    Unreachable,
}

/// <param name="Unmanaged">Principals that no identity is bound to.</param>
public sealed record PlatformView(
    string Platform,
    PlatformHealth Health,
    string Message,
    DateTimeOffset? LastContact,
    DateTimeOffset? LastSweep,
    int Principals,
    int Differences,
    IReadOnlyList<string> Unmanaged);
