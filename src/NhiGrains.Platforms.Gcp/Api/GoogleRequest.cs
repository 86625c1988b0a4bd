using Google.Apis.Http;
using Google.Apis.Requests;
using Google.Apis.Services;

namespace NhiGrains.Platforms.Gcp.Api;

/// <summary>One call, whose failures are the seam's.</summary>
internal sealed class GoogleRequest<T> : ClientServiceRequest<T>
    where T : class
{
    // Everything in a project is read before something is said about it, and one read in fifty that fails must not fail all.
    private const int MaxReads = 7;

    private readonly GoogleClient _client;
    private readonly object? _body;

    public GoogleRequest(IClientService service, GoogleClient client, string method, string verb, string path, object? body)
        : base(service)
    {
        (_client, MethodName, HttpMethod, RestPath, _body) = (client, method, verb, path, body);
        InitParameters();
    }

    public override string MethodName { get; }

    public override string HttpMethod { get; }

    public override string RestPath { get; }

    /// <summary>Sends a read, and again a few times when it fails.</summary>
    /// <param name="doing">What is being done, for messages: <c>read the policy of projects/shop</c>.</param>
    /// <exception cref="PlatformException">It did not succeed, or the answer is empty or no JSON of the expected form.</exception>
    /// <exception cref="InvalidOperationException">It is a write, which takes a fence.</exception>
    public async Task<T> SendAsync(string doing, CancellationToken cancellation)
    {
        if (!IsRead)
            throw new InvalidOperationException($"{MethodName} writes, and was sent without a fence.");
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await _client.TurnAsync(cancellation);
                return await SendNowAsync(doing, cancellation);
            }
            catch (PlatformException failure) when (attempt < MaxReads && Retries.MayHelp(failure))
            {
                await Retries.PauseAsync(attempt, failure.RetryAfter, cancellation);
            }
        }
    }

    /// <returns>Null when Google says that it does not exist.</returns>
    public Task<T?> FindAsync(string doing, CancellationToken cancellation) => OrNullAsync(SendAsync(doing, cancellation));

    /// <summary>Writes, once: who wants to write again reads first.</summary>
    /// <exception cref="PlatformException">
    /// With <see cref="PlatformError.Fenced"/> when the fence is stale by the time at which it would be sent, however long it waited
    /// for its turn: then nothing was.
    /// </exception>
    public async Task<T> WriteAsync(string doing, Fence fence, CancellationToken cancellation)
    {
        fence.ThrowIfStale();
        await _client.TurnAsync(cancellation);
        return await WriteNowAsync(doing, fence.ThrowIfStale, cancellation);
    }

    /// <returns>Null when Google says that what was to be changed does not exist.</returns>
    public Task<T?> WriteIfThereAsync(string doing, Fence fence, CancellationToken cancellation) => OrNullAsync(WriteAsync(doing, fence, cancellation));

    /// <summary>Writes in a turn that the caller has waited for.</summary>
    /// <param name="lastCheck">Throws when it may not be sent any more; asked when nothing is left to do but that.</param>
    public Task<T> WriteNowAsync(string doing, Action lastCheck, CancellationToken cancellation)
    {
        ModifyRequest = request => request.Options.Set(LastCheck.Key, lastCheck);
        return SendNowAsync(doing, cancellation);
    }

    protected override object? GetBody() => _body;

    // Some of Google's reads are a POST.
    private bool IsRead =>
        HttpMethod == "GET" || MethodName.EndsWith("getIamPolicy", StringComparison.Ordinal) || MethodName.EndsWith("troubleshoot", StringComparison.Ordinal);

    private static async Task<T?> OrNullAsync(Task<T> sent)
    {
        try
        {
            return await sent;
        }
        catch (PlatformException failure) when (failure.Error == PlatformError.NotFound)
        {
            return null;
        }
    }

    private async Task<T> SendNowAsync(string doing, CancellationToken cancellation)
    {
        var waits = new RetryAfter();
        AddUnsuccessfulResponseHandler(waits);
        try
        {
            var answer = await ExecuteAsync(cancellation) ?? throw ApiFailures.Unavailable(doing, "the answer is empty");
            _client.Budget.Answered();
            return answer;
        }
        catch (Exception exception) when (ApiFailures.IsOfPlatform(exception, cancellation))
        {
            var failure = ApiFailures.Of(exception, doing, waits.Asked);
            if (failure.Error == PlatformError.Throttled)
                _client.Budget.Throttled();
            throw failure;
        }
    }

    /// <summary>The header does not survive in Google's exception, so it is noted as it comes by.</summary>
    private sealed class RetryAfter : IHttpUnsuccessfulResponseHandler
    {
        public TimeSpan? Asked { get; private set; }

        public Task<bool> HandleResponseAsync(HandleUnsuccessfulResponseArgs args)
        {
            Asked = args.Response.Headers.RetryAfter?.Delta;
            return Task.FromResult(false);
        }
    }
}
