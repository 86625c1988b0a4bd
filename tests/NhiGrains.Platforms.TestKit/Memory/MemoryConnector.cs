using System.Runtime.CompilerServices;
using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.TestKit.Memory;

/// <summary>The connector to a <see cref="MemoryPlatform"/>, held to the same contract as the real ones.</summary>
/// <param name="way">Null: a way without faults.</param>
public sealed class MemoryConnector(string name, MemoryPlatform platform, TimeProvider time, MemoryWay? way = null) : IPlatformConnector
{
    private readonly MemoryWay _way = way ?? new();

    /// <summary>Principals in a page of a sweep.</summary>
    public int PageSize { get; init; } = 1_000;

    public string Name => name;

    public Capabilities Capabilities { get; } = new(
        NativeTimeBound: false, ControllerLag: TimeSpan.FromSeconds(60), Watch: true, IssuesCredentials: true,
        MinimumCredentialLifetime: TimeSpan.FromSeconds(1), CredentialEndLag: TimeSpan.FromSeconds(1));

    public long? Calls => _way.Passed.Count;

    public Refusal? CheckBinding(Binding binding) => binding.Principal.Contains('/', StringComparison.Ordinal)
        ? null
        : new("MALFORMED_PRINCIPAL", "A principal is 'group/name'.", "Give for example 'shop/billing'.", "bindings");

    public Translation Compile(CompileRequest request) => MemoryPermissions.Compile(request, Capabilities.ControllerLag);

    public async Task<Observation> ObserveAsync(Binding binding, string identityId, CancellationToken cancellation)
    {
        platform.Before?.Invoke("observe", binding.Principal);
        return Observed(binding.Principal, await ReadAsync(binding.Principal, cancellation), identityId);
    }

    public async IAsyncEnumerable<ObservedPage> ObservePagesAsync(string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        platform.Before?.Invoke("observe-all", "");
        do
        {
            platform.Before?.Invoke("observe-page", after ?? "");
            // A page is what is there when it is read.
            var page = (await _way.PassAsync(new("GET", after is null ? "/accounts" : $"/accounts?after={after}"), platform.ReadAll, cancellation))
                .Where(account => account.Value.Objects.Count > 0).Behind(after, account => account.Key).Take(PageSize).ToArray();
            yield return new([.. page.Select(one =>
                Observed(one.Key, one.Value, one.Value.Objects.Values.FirstOrDefault(held => held.IdentityId is not null)?.IdentityId ?? ""))], ListPages: 1);
            after = page.Length == PageSize ? page[^1].Key : null;
        }
        while (after is not null);
    }

    public async Task<ApplyResult> ApplyAsync(DesiredState desired, Translation plan, Fence fence, CancellationToken cancellation)
    {
        var principal = desired.Binding.Principal;
        platform.Before?.Invoke("apply", principal);
        if (plan.Fidelity is Fidelity.Refused refused)
            throw new PlatformException(PlatformError.Rejected, refused.Why.Message);
        var result = await new MemoryApplier(platform, _way, desired, fence).ApplyAsync(plan.Objects, cancellation);
        platform.After?.Invoke("apply", principal);
        return result;
    }

    public async Task<ProbeReport?> ProbeAsync(DesiredState desired, CancellationToken cancellation)
    {
        var principal = desired.Binding.Principal;
        platform.Before?.Invoke("probe", principal);
        var account = await ReadAsync(principal, cancellation);
        var others = account?.Objects.Where(held => held.Value.IdentityId != desired.IdentityId).ToArray() ?? [];
        var (probes, notAsked) = (new List<Probe>(), new List<string>());
        if (!desired.PrincipalWanted)
            probes.Add(new($"{principal} exists and is ours", Expected: false, account is not null && desired.Binding.CreateIfMissing && account.NativeId == (desired.Binding.NativeId ?? account.NativeId)));
        foreach (var (verb, resource, expected) in MemoryProbes.About(desired))
        {
            var line = MemoryPermissions.Line(verb, resource);
            if (!expected && others.FirstOrDefault(held => MemoryPermissions.Give(held.Value.Body, verb, resource)).Key is { } source)
                notAsked.Add($"{line}: '{source}' gives it, which is not ours");
            else
                probes.Add(new(line, expected, await _way.PassAsync(new("GET", $"/accounts/{principal}/may/{line}"), () => platform.Allows(principal, verb, resource), cancellation)));
        }

        return new(probes) { NotAsked = notAsked };
    }

    public Task<DateTimeOffset?> EndSessionsAsync(
        Binding binding, string identityId, IReadOnlyList<string> grantIds, Fence fence, CancellationToken cancellation) =>
        EndSessionsAsync(binding, identityId, grantIds, new Dictionary<string, string>(), fence, cancellation);

    public async Task<DateTimeOffset?> EndSessionsAsync(
        Binding binding, string identityId, IReadOnlyList<string> grantIds, IReadOnlyDictionary<string, string> handles, Fence fence, CancellationToken cancellation)
    {
        platform.Before?.Invoke("end-sessions", binding.Principal);
        var ended = false;
        foreach (var grant in grantIds)
        {
            fence.ThrowIfStale();
            ended |= await _way.PassAsync(
                new("DELETE", $"/accounts/{binding.Principal}/credentials/{grant}"), () => platform.EndCredentials(binding.Principal, grant, handles.GetValueOrDefault(grant, "").Split(',')), cancellation);
        }

        return ended ? time.GetUtcNow() + Capabilities.CredentialEndLag : null;
    }

    public async Task<Result<IssuedCredential>> IssueCredentialAsync(CredentialRequest request, Fence fence, CancellationToken cancellation)
    {
        var principal = request.Binding.Principal;
        platform.Before?.Invoke("issue", principal);
        if (request.ExpiresAt <= request.Now)
            return new Refusal("GRANT_IS_OVER", "The grant is over.", "Request access anew.", "grantId");
        fence.ThrowIfStale();
        var secret = await _way.PassAsync(
            new("POST", $"/accounts/{principal}/credentials/{request.GrantId}"), () => platform.Issue(principal, request.GrantId), cancellation);
        try
        {
            fence.ThrowIfStale();
        }
        catch (PlatformException)
        {
            platform.TakeBack(principal, secret);
            throw;
        }

        // It has to lead to all that was handed out for the grant, so to what was before as well.
        var handle = string.Join(',', new[] { request.Handle, MemoryPlatform.NumberOf(secret) }.OfType<string>());
        return new IssuedCredential(secret, request.ExpiresAt, request.ExpiresAt + Capabilities.CredentialEndLag) { Handle = handle };
    }

    public async Task RemoveAsync(Binding binding, string identityId, NativeObject unwanted, Fence fence, CancellationToken cancellation)
    {
        platform.Before?.Invoke("remove", binding.Principal);
        fence.ThrowIfStale();
        await _way.PassAsync(
            new("DELETE", $"/accounts/{binding.Principal}/objects/{unwanted.Key}"),
            () => platform.Remove(binding.Principal, unwanted.Key, unwanted.Body),
            cancellation);
    }

    public async IAsyncEnumerable<PlatformChange> WatchAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var mine = await _way.PassAsync(new("GET", "/changes"), platform.Watch, cancellation);
        try
        {
            // What changed before is not known to a watch that begins.
            yield return PlatformChange.Everything;
            await foreach (var change in mine.Reader.ReadAllAsync(cancellation))
                yield return change;
        }
        finally
        {
            platform.EndWatch(mine);
        }
    }

    private Task<MemoryAccount?> ReadAsync(string principal, CancellationToken cancellation) =>
        _way.PassAsync(new("GET", $"/accounts/{principal}"), () => platform.Read(principal), cancellation);

    private Observation Observed(string principal, MemoryAccount? account, string identityId)
    {
        var objects = account?.Objects.OrderBy(held => held.Key, StringComparer.Ordinal).Select(held => new ObservedObject(
            new("Permission", held.Key, held.Value.Body),
            held.Value.IdentityId == identityId ? Ownership.Ours : Ownership.Foreign,
            held.Value.IdentityId == identityId ? held.Value.Generation : null));
        return new(name, principal, account?.NativeId, [.. objects ?? []], time.GetUtcNow());
    }
}
