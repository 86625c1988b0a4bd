using System.Xml.Linq;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Budgets;

namespace NhiGrains.Platforms.Aws.Api;

/// <summary>One call and its whole answer: paced by the account's budget, bounded in time, and every failure is one of the seam's.</summary>
/// <remarks>
/// The SDK tries nothing again but what AWS refused because of a wrong clock. Reads are tried again here, so that the budget hears of
/// every complaint. Writes are not: between two tries the fence may become stale, and a write without an answer is an unknown outcome.
/// </remarks>
internal sealed class AwsTransport(AwsPlatformOptions options, CallBudget budget, TimeProvider time) : IDisposable
{
    // An attempt is some twenty reads: of one call in three that fails, three tries would leave half of all attempts to fail.
    private const int ReadTries = 5;
    private const string IamVersion = "2010-05-08";
    private const string StsVersion = "2011-06-15";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly QueryClient _iam = Client(options, "iam", IamVersion, options.IamEndpoint, options.IamRegion);
    private readonly QueryClient _sts = Client(options, "sts", StsVersion, options.StsEndpoint, options.Region);

    public long Calls => budget.View.Calls;

    /// <param name="background">It is part of a sweep, and leaves room for others.</param>
    public Task<XElement> ReadAsync(
        string action, string of, IEnumerable<(string Name, string Value)> parameters, CancellationToken cancellation, bool background = false) =>
        TriesAsync(_iam, new(action, IamVersion, parameters), $"{action} of {of}", ReadTries, background, cancellation);

    /// <param name="fence">Null: for hands that need none.</param>
    /// <exception cref="PlatformException">Among others with <see cref="PlatformError.Fenced"/>, when the fence is stale by the time that it could be sent; nothing is sent then.</exception>
    public Task<XElement> WriteAsync(string action, string of, IEnumerable<(string Name, string Value)> parameters, Fence? fence, CancellationToken cancellation) =>
        TriesAsync(_iam, new(action, IamVersion, parameters) { Fence = fence }, $"{action} of {of}", tries: 1, background: false, cancellation);

    /// <inheritdoc cref="WriteAsync"/>
    public Task<XElement> StsAsync(string action, string of, IEnumerable<(string Name, string Value)> parameters, Fence? fence, CancellationToken cancellation) =>
        TriesAsync(_sts, new(action, StsVersion, parameters) { Fence = fence }, $"{action} of {of}", tries: 1, background: false, cancellation);

    public void Dispose()
    {
        _iam.Dispose();
        _sts.Dispose();
    }

    private async Task<XElement> TriesAsync(QueryClient client, QueryRequest request, string doing, int tries, bool background, CancellationToken cancellation)
    {
        // And again when it is sent: by then it has waited in line.
        request.Fence?.ThrowIfStale();
        var left = options.RequestTimeout;
        for (var attempt = 1; ; attempt++)
        {
            await budget.WaitAsync(background, cancellation);
            var since = time.GetTimestamp();
            try
            {
                return await TryAsync(client, request, doing, left, cancellation);
            }
            catch (PlatformException failure) when (failure.Error is PlatformError.Unavailable or PlatformError.Throttled && attempt < tries)
            {
                // What AWS itself asks for, or a pause of our own; without time for it, the failure is told.
                var pause = failure.RetryAfter ?? RetrySchedule.Delay(attempt, Random.Shared.NextDouble(), FirstPause, LongestPause);
                left -= time.GetElapsedTime(since) + pause;
                if (left <= TimeSpan.Zero)
                    throw;
                await Task.Delay(pause, time, cancellation);
            }
        }
    }

    private async Task<XElement> TryAsync(QueryClient client, QueryRequest request, string doing, TimeSpan timeout, CancellationToken cancellation)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // A linked source takes no TimeProvider; the time-out is of the network and not of the domain.
        bound.CancelAfter(timeout);
        try
        {
            var document = (await client.CallAsync(request, bound.Token)).Document;
            budget.Answered();
            return document.Name.LocalName == $"{request.Action}Response"
                ? document
                : throw AwsFailures.Unavailable(doing, "the answer is to another question", null);
        }
        catch (Exception exception) when (exception is not PlatformException && !cancellation.IsCancellationRequested)
        {
            var failure = AwsFailures.Of(exception, doing);
            if (failure.Error == PlatformError.Throttled)
                budget.Throttled();
            throw failure;
        }
    }

    private static QueryClient Client(AwsPlatformOptions options, string service, string version, Uri endpoint, string region)
    {
        var config = new QueryClientConfig(service, version, endpoint, region, options.RequestTimeout);
        return options.Credentials is { } credentials ? new(credentials.ToSdk(), config) : new(config);
    }
}
