namespace NhiGrains.GraphQL.Transport.Sockets;

/// <summary>Bounds on sockets, so that no client can hold more of the process than this.</summary>
public sealed class SocketLimits
{
    /// <summary>Sockets open at once in the process; one more is answered 503 before the upgrade. Default: 5,000.</summary>
    public int MaxSockets { get; set; } = 5_000;

    /// <summary>Operations under way at once on one socket; one more is answered with an error. Default: 100.</summary>
    public int MaxOperations { get; set; } = 100;

    /// <summary>How long a client may take to send <c>connection_init</c> before it is closed with 4408. Default: 10 s.</summary>
    public TimeSpan InitTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest message before <c>connection_init</c> was accepted. Default: 16 KB.</summary>
    public int MaxInitBytes { get; set; } = 16 * 1024;

    /// <summary>Messages that wait to be sent on one socket; one more closes it with 1013. Default: 1,024.</summary>
    public int MaxQueued { get; set; } = 1_024;

    /// <summary>Bytes that wait to be sent on one socket beside the first message; more close it with 1013. Default: 4 MB.</summary>
    public int MaxQueuedBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Events of one subscription between its source and the wire. Default: 64.</summary>
    public int MaxInFlight { get; set; } = 64;

    /// <summary>How long the network may take for one message before the client is closed as too slow, with 1013. Default: 20 s.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a client has to answer a close, or to take what is being sent. Default: 3 s.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>After this time in silence a ping is sent. Default: 15 s.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>A client that answers no ping for this long is gone, and its socket is freed. Default: 15 s.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(15);

    internal bool AreValid =>
        int.Min(int.Min(MaxSockets, MaxOperations), int.Min(MaxQueued, int.Min(MaxInitBytes, int.Min(MaxQueuedBytes, MaxInFlight)))) > 0
        && new[] { InitTimeout, SendTimeout, CloseTimeout, KeepAliveInterval, KeepAliveTimeout }.Min() > TimeSpan.Zero;
}
