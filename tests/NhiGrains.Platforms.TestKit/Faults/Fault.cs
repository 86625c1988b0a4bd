namespace NhiGrains.Platforms.TestKit.Faults;

/// <summary>What the way to a platform does to a request.</summary>
public abstract record Fault
{
    private Fault()
    {
    }

    /// <summary>Answers by itself; the platform never sees the request.</summary>
    public sealed record Answer(int Status, TimeSpan? RetryAfter = null, string Body = "", string ContentType = "text/plain") : Fault;

    /// <summary>Drops the connection; the platform never sees the request.</summary>
    public sealed record DropBefore : Fault;

    /// <summary>Drops the connection when the platform has answered: a write has taken effect and nobody knows.</summary>
    public sealed record DropAfter : Fault;

    /// <summary>Sends half of the answer's body and drops the connection.</summary>
    public sealed record CutBody : Fault;

    /// <summary>Sends half of the answer's body, and then nothing more.</summary>
    public sealed record StallBody : Fault;

    /// <summary>The platform carries the request out, and its answer never comes.</summary>
    public sealed record Silence : Fault;

    /// <summary>Waits, and goes on as usual.</summary>
    public sealed record Delay(TimeSpan For) : Fault;
}

/// <summary>A request as it came by.</summary>
/// <param name="Target">The path with its query.</param>
public sealed record PassedRequest(string Method, string Target)
{
    public bool Reads => Method is "GET" or "HEAD" or "OPTIONS";

    /// <summary>The operation that a form names as its <c>Action</c>, as AWS's Query protocol does; empty otherwise.</summary>
    public string Action { get; init; } = "";
}
