using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.TestKit.Memory;

/// <summary>One apply: reads, and then writes object by object, access first removed and then added.</summary>
internal sealed class MemoryApplier(MemoryPlatform platform, MemoryWay way, DesiredState desired, Fence fence)
{
    private readonly string _principal = desired.Binding.Principal;
    private int _writes;

    public async Task<ApplyResult> ApplyAsync(IReadOnlyList<NativeObject> wanted, CancellationToken cancellation)
    {
        var account = await way.PassAsync(new("GET", $"/accounts/{_principal}"), () => platform.Read(_principal), cancellation);
        if (account is null && desired is { PrincipalWanted: true, Binding.CreateIfMissing: true })
            account = await CreateAsync(cancellation);
        if (account is null)
            return desired.PrincipalWanted ? throw new PlatformException(PlatformError.NotFound, $"There is no '{_principal}'.") : new(null, 0);
        var isBound = (desired.Binding.NativeId ?? account.NativeId) == account.NativeId;
        if (!isBound && desired.PrincipalWanted)
            throw new PlatformException(PlatformError.Rejected, $"'{_principal}' was created again: it is not the one that was bound.");
        var ours = account.Objects.Where(held => held.Value.IdentityId == desired.IdentityId).ToArray();
        var newer = ours.Where(held => held.Value.Generation > desired.Generation).Select(held => held.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var unwanted in ours.Where(held => wanted.All(one => one.Key != held.Key) && !newer.Contains(held.Key)))
            await WriteAsync("DELETE", unwanted.Key, next: null, cancellation);
        if (!desired.PrincipalWanted || wanted.Any(one => newer.Contains(one.Key)))
            ThrowIfAny(newer);
        foreach (var missing in wanted.Where(one => account.Objects.GetValueOrDefault(one.Key)?.Body != one.Body))
            await WriteAsync("PUT", missing.Key, new(missing.Body, desired.IdentityId, desired.Generation), cancellation);
        ThrowIfAny(newer);
        var isGone = false;
        if (isBound && desired is { PrincipalWanted: false, Binding.CreateIfMissing: true })
            await WriteAsync(new("DELETE", $"/accounts/{_principal}"), () => isGone = platform.Delete(_principal), cancellation);
        return new(isGone ? null : account.NativeId, _writes);
    }

    private void ThrowIfAny(HashSet<string> newer)
    {
        if (newer.Count > 0)
            throw new PlatformException(PlatformError.Fenced, $"'{_principal}' carries a newer generation.");
    }

    private Task<MemoryAccount> CreateAsync(CancellationToken cancellation)
    {
        fence.ThrowIfStale();
        return way.PassAsync(new("POST", $"/accounts/{_principal}"), () => new MemoryAccount(platform.Create(_principal)), cancellation);
    }

    private async Task WriteAsync(string method, string key, MemoryObject? next, CancellationToken cancellation)
    {
        var writer = (desired.IdentityId, desired.Generation);
        await WriteAsync(new(method, $"/accounts/{_principal}/objects/{key}"), () => platform.Write(_principal, key, next, writer), cancellation);
        _writes++;
    }

    private Task WriteAsync(PassedRequest request, Action write, CancellationToken cancellation)
    {
        fence.ThrowIfStale();
        return way.PassAsync(request, write, cancellation);
    }
}
