using Google.Apis.Http;
using Google.Apis.Requests;
using Google.Apis.Services;
using NhiGrains.Platforms.Budgets;

namespace NhiGrains.Platforms.Gcp.Api;

/// <summary>One call, whose failures are the seam's.</summary>
internal sealed class GoogleRequest<T> : ClientServiceRequest<T>
    where T : class
{
    // Everything in a project is read before something is said about it, and one read in fifty that fails must not fail all.
    private const int MaxReads = 7;

    private readonly CallBudget _budget;
    private readonly object? _body;

    public GoogleRequest(IClientService service, CallBudget budget, string method, string verb, string path, object? body)
        : base(service)
    {
        (_budget, MethodName, HttpMethod, RestPath, _body) = (budget, method, verb, path, body);
        InitParameters();
    }

    public override string MethodName { get; }

    public override string HttpMethod { get; }

    public override string RestPath { get; }

    /// <summary>Sends it; a read that failed is sent again a few times, and a write never.</summary>
    /// <param name="doing">What is being done, for messages: <c>read the policy of projects/shop</c>.</param>
    /// <exception cref="PlatformException">It did not succeed, or the answer is empty or no JSON of the expected form.</exception>
    public async Task<T> SendAsync(string doing, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await SendOnceAsync(doing, cancellation);
            }
            catch (PlatformException failure) when (IsRead && attempt < MaxReads && Retries.MayHelp(failure))
            {
                await Retries.PauseAsync(attempt, failure.RetryAfter, cancellation);
            }
        }
    }

    /// <returns>Null when Google says that it does not exist.</returns>
    public async Task<T?> FindAsync(string doing, CancellationToken cancellation)
    {
        try
        {
            return await SendAsync(doing, cancellation);
        }
        catch (PlatformException failure) when (failure.Error == PlatformError.NotFound)
        {
            return null;
        }
    }

    protected override object? GetBody() => _body;

    // Some of Google's reads are a POST.
    private bool IsRead =>
        HttpMethod == "GET" || MethodName.EndsWith("getIamPolicy", StringComparison.Ordinal) || MethodName.EndsWith("troubleshoot", StringComparison.Ordinal);

    private async Task<T> SendOnceAsync(string doing, CancellationToken cancellation)
    {
        await _budget.WaitAsync(background: GoogleClient.Sweep.Value is not null, cancellation);
        var waits = new RetryAfter();
        AddUnsuccessfulResponseHandler(waits);
        try
        {
            var answer = await ExecuteAsync(cancellation) ?? throw ApiFailures.Unavailable(doing, "the answer is empty");
            _budget.Answered();
            return answer;
        }
        catch (Exception exception) when (ApiFailures.IsOfPlatform(exception, cancellation))
        {
            var failure = ApiFailures.Of(exception, doing, waits.Asked);
            if (failure.Error == PlatformError.Throttled)
                _budget.Throttled();
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
