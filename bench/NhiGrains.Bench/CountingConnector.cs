using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms;

namespace NhiGrains.Bench;

/// <summary>A platform that answers at once, holds what it was given, and notes when each principal was asked for and emptied.</summary>
internal sealed class CountingConnector(string name, TimeProvider time) : IPlatformConnector
{
    private readonly ConcurrentDictionary<string, NativeObject[]> _held = new(StringComparer.Ordinal);
    private int _withAccess;

    public string Name => name;

    public Capabilities Capabilities { get; } = new(false, TimeSpan.FromSeconds(60), false, false, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>When each principal was first asked for after <see cref="ForgetTimes"/>.</summary>
    public ConcurrentDictionary<string, DateTimeOffset> FirstCall { get; } = new(StringComparer.Ordinal);

    /// <summary>When each principal lost its last object.</summary>
    public ConcurrentDictionary<string, DateTimeOffset> Emptied { get; } = new(StringComparer.Ordinal);

    /// <summary>How many principals hold something.</summary>
    public int WithAccess => _withAccess;

    public void ForgetTimes()
    {
        FirstCall.Clear();
        Emptied.Clear();
    }

    public long? Calls => null;

    public Refusal? CheckBinding(Binding binding) => null;

    public Translation Compile(CompileRequest request) => new(
        new Fidelity.Exact(),
        [.. request.Entitlements.SelectMany(wanted => wanted.Entitlement.Resources).Select(resource => resource.ToString()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(key => new NativeObject("Permission", key, key))]);

    public Task<Observation> ObserveAsync(Binding binding, string identityId, CancellationToken cancellation)
    {
        FirstCall.TryAdd(binding.Principal, time.GetUtcNow());
        var held = _held.GetValueOrDefault(binding.Principal, []).Select(one => new ObservedObject(one, Ownership.Ours, 1));
        return Task.FromResult(new Observation(name, binding.Principal, binding.Principal, [.. held], time.GetUtcNow()));
    }

    public async IAsyncEnumerable<ObservedPage> ObservePagesAsync(string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        yield break;
    }

    public Task<ApplyResult> ApplyAsync(DesiredState desired, Translation plan, Fence fence, CancellationToken cancellation)
    {
        fence.ThrowIfStale();
        // One identity's attempts never overlap, so the two steps need no lock.
        var held = _held.TryGetValue(desired.Binding.Principal, out var before) && before.Length > 0;
        _held[desired.Binding.Principal] = [.. plan.Objects];
        Interlocked.Add(ref _withAccess, (plan.Objects.Count > 0 ? 1 : 0) - (held ? 1 : 0));
        if (plan.Objects.Count == 0)
            Emptied[desired.Binding.Principal] = time.GetUtcNow();
        return Task.FromResult(new ApplyResult(desired.Binding.Principal, 1));
    }

    public Task<ProbeReport?> ProbeAsync(DesiredState desired, CancellationToken cancellation) => Task.FromResult<ProbeReport?>(null);

    public Task<DateTimeOffset?> EndSessionsAsync(
        Binding binding, string identityId, IReadOnlyList<string> grantIds, Fence fence, CancellationToken cancellation) =>
        Task.FromResult<DateTimeOffset?>(null);

    public Task<Result<IssuedCredential>> IssueCredentialAsync(CredentialRequest request, Fence fence, CancellationToken cancellation) =>
        Task.FromResult<Result<IssuedCredential>>(new Refusal("NO_CREDENTIALS", "There are none.", "Do without."));

    public Task RemoveAsync(Binding binding, string identityId, NativeObject unwanted, Fence fence, CancellationToken cancellation) => Task.CompletedTask;

    public async IAsyncEnumerable<PlatformChange> WatchAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.Delay(Timeout.Infinite, cancellation);
        yield break;
    }
}
