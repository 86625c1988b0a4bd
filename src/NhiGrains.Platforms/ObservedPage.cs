using System.Runtime.CompilerServices;
using NhiGrains.Domain.Enforcement;

namespace NhiGrains.Platforms;

/// <summary>Some of a platform's principals, in the order of <see cref="PrincipalOrder"/>: all that there are between those of the page before and its own last one.</summary>
/// <param name="ListPages">How many pages of the platform's own lists were read for it, besides those of the pages before; zero when they had been read already.</param>
public sealed record ObservedPage(IReadOnlyList<Observation> Observations, int ListPages);

public static class ObservedPages
{
    /// <summary>Every principal, from the first one on; an exception ends the stream, and what came before it is not complete.</summary>
    public static async IAsyncEnumerable<Observation> ObserveAllAsync(this IPlatformConnector connector, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var page in connector.ObservePagesAsync(after: null, cancellation))
        {
            foreach (var observation in page.Observations)
                yield return observation;
        }
    }
}
