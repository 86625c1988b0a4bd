namespace NhiGrains.Platforms.TestKit.Faults;

/// <summary>The way from a connector to its platform, which notes what comes by and misbehaves as it is told to.</summary>
public interface IFaultyWay
{
    /// <summary>Every request so far, in the order of its arrival.</summary>
    IReadOnlyCollection<PassedRequest> Passed { get; }

    /// <summary>From now on, until it is disposed or has happened so many times.</summary>
    IDisposable Inject(Fault fault, Func<PassedRequest, bool> when, int times = int.MaxValue);
}
