using System.Collections.Concurrent;
using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms;

namespace NhiGrains.Bench;

/// <summary>What silos asked of their connectors, and how it went.</summary>
internal sealed class Tally
{
    private long _applies;
    private long _reads;

    public long Applies => _applies;

    public long Reads => _reads;

    /// <summary>By what was asked and how it failed.</summary>
    public ConcurrentDictionary<string, int> Failures { get; } = new(StringComparer.Ordinal);

    /// <summary>All of them, on one line.</summary>
    public string Told => string.Join(", ", Failures.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key} {one.Value}"));

    /// <summary>Of the last failure.</summary>
    public string LastMessage { get; private set; } = "";

    public void Apply() => Interlocked.Increment(ref _applies);

    public void Read() => Interlocked.Increment(ref _reads);

    public async Task<T> Watched<T>(string what, Task<T> asked)
    {
        try
        {
            return await asked;
        }
        catch (PlatformException failure)
        {
            Failures.AddOrUpdate($"{what} {failure.Error}", 1, (_, so) => so + 1);
            LastMessage = failure.Message;
            throw;
        }
    }
}

/// <summary>A real connector, with a tally of what is asked of it.</summary>
internal sealed class TallyConnector(IPlatformConnector inner, Tally tally) : IPlatformConnector
{
    public string Name => inner.Name;

    public Capabilities Capabilities => inner.Capabilities;

    public long? Calls => inner.Calls;

    public Refusal? CheckBinding(Binding binding) => inner.CheckBinding(binding);

    public Translation Compile(CompileRequest request) => inner.Compile(request);

    public Task<Observation> ObserveAsync(Binding binding, string identityId, CancellationToken cancellation)
    {
        tally.Read();
        return tally.Watched("observe", inner.ObserveAsync(binding, identityId, cancellation));
    }

    public IAsyncEnumerable<ObservedPage> ObservePagesAsync(string? after, CancellationToken cancellation) => inner.ObservePagesAsync(after, cancellation);

    public Task<ApplyResult> ApplyAsync(DesiredState desired, Translation plan, Fence fence, CancellationToken cancellation)
    {
        tally.Apply();
        return tally.Watched("apply", inner.ApplyAsync(desired, plan, fence, cancellation));
    }

    public Task<ProbeReport?> ProbeAsync(DesiredState desired, CancellationToken cancellation) =>
        tally.Watched("probe", inner.ProbeAsync(desired, cancellation));

    public Task<DateTimeOffset?> EndSessionsAsync(
        Binding binding, string identityId, IReadOnlyList<string> grantIds, Fence fence, CancellationToken cancellation) =>
        tally.Watched("end", inner.EndSessionsAsync(binding, identityId, grantIds, fence, cancellation));

    public Task<DateTimeOffset?> EndSessionsAsync(
        Binding binding, string identityId, IReadOnlyList<string> grantIds, IReadOnlyDictionary<string, string> handles, Fence fence, CancellationToken cancellation) =>
        tally.Watched("end", inner.EndSessionsAsync(binding, identityId, grantIds, handles, fence, cancellation));

    public Task<Result<IssuedCredential>> IssueCredentialAsync(CredentialRequest request, Fence fence, CancellationToken cancellation) =>
        inner.IssueCredentialAsync(request, fence, cancellation);

    public Task RemoveAsync(Binding binding, string identityId, NativeObject unwanted, Fence fence, CancellationToken cancellation) =>
        inner.RemoveAsync(binding, identityId, unwanted, fence, cancellation);

    public IAsyncEnumerable<PlatformChange> WatchAsync(CancellationToken cancellation) => inner.WatchAsync(cancellation);
}
