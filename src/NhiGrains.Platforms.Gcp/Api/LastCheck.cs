namespace NhiGrains.Platforms.Gcp.Api;

/// <summary>
/// Asks whether a request may still be sent, behind everything that takes time before: the wait for a turn and for a token of our own.
/// </summary>
internal sealed class LastCheck(HttpMessageHandler connection) : DelegatingHandler(connection)
{
    /// <summary>Throws when it may not.</summary>
    public static readonly HttpRequestOptionsKey<Action> Key = new("NhiGrains.LastCheck");

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Options.TryGetValue(Key, out var check))
            check();
        return base.SendAsync(request, cancellationToken);
    }
}
