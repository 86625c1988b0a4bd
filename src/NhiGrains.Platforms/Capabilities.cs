namespace NhiGrains.Platforms;

/// <summary>What a platform can do, as data, so that nothing switches on a platform's name.</summary>
/// <param name="NativeTimeBound">The platform itself ends a grant at its time, with the control plane dead.</param>
/// <param name="ControllerLag">Without a native time bound: how long after its end access lasts at worst in a running cluster.</param>
/// <param name="Watch">Changes are pushed.</param>
/// <param name="IssuesCredentials">Credentials can be handed out.</param>
/// <param name="MinimumCredentialLifetime">The shortest credential that the platform issues.</param>
/// <param name="CredentialEndLag">How long a credential that was ended still authenticates at worst.</param>
public sealed record Capabilities(
    bool NativeTimeBound,
    TimeSpan ControllerLag,
    bool Watch,
    bool IssuesCredentials,
    TimeSpan MinimumCredentialLifetime,
    TimeSpan CredentialEndLag)
{
    public SessionEnding SessionEnding { get; init; } = SessionEnding.OfGrant;
}

/// <summary>Which credentials the platform can end before they expire.</summary>
public enum SessionEnding
{
    /// <summary>Those of one grant, and no others.</summary>
    OfGrant,

    /// <summary>
    /// None: what was handed out authenticates until it expires, though access that was taken away is gone for it as well. Credentials
    /// are then short, and whoever needs one for longer asks again.
    /// </summary>
    ByExpiryOnly,
}
