using NhiGrains.Contracts;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Grants;
using NhiGrains.Platforms;

namespace NhiGrains.Bench;

/// <summary>Looks at the platform by a connector that meets no faults, and at its authorizer past any connector.</summary>
internal sealed class StormCheck(StormPlatform platform, IPlatformConnector clean, IGrainFactory grains)
{
    /// <summary>What others have.</summary>
    /// <exception cref="InvalidOperationException">There is nothing that could be lost.</exception>
    public async Task<IReadOnlyList<string>> BystandersAsync()
    {
        var theirs = new List<string>();
        await foreach (var seen in clean.ObserveAllAsync(CancellationToken.None))
        {
            if (seen.Principal.Contains("bystander-", StringComparison.Ordinal))
                theirs.AddRange(seen.Objects.Where(one => one.Ownership != Ownership.Inherited).Select(one => $"{seen.Principal} ({seen.PrincipalNativeId}) {one.Ownership} {one.Object}"));
        }

        return theirs.Count > 0 ? [.. theirs.Order(StringComparer.Ordinal)] : throw new InvalidOperationException("There are no bystanders.");
    }

    /// <summary>How often something was told as drift, by the audit: nobody has touched anything, so each is wrong.</summary>
    public async Task<int> DriftAsync()
    {
        var pages = await Task.WhenAll(Enumerable.Range(0, Shards.Count).Select(shard => grains.GetGrain<IAuditShardGrain>(shard).Read(0, int.MaxValue)));
        return pages.Sum(page => page.Entries.Count(entry => entry.Event.Action == "drift.detected"));
    }

    /// <returns>A sentence for each thing that is not as it should be.</returns>
    public async Task<IReadOnlyList<string>> DifferencesAsync(string[] identities, StormGrant[] told, IReadOnlyList<string> bystanders)
    {
        var all = new List<string>();
        foreach (var identity in identities)
            all.AddRange(await OfIdentityAsync(identity));
        foreach (var grant in told)
        {
            if (await platform.AllowsAsync(grant.Identity, grant.Resource) is var allowed && allowed != grant.Gone is null)
                all.Add($"{grant.Identity}: the authorizer says {(allowed ? "yes" : "no")} to {grant.Resource}, which {(grant.Gone is null ? "lives" : "is Revoked")}");
        }

        var now = await BystandersAsync();
        all.AddRange(bystanders.Except(now, StringComparer.Ordinal).Select(lost => $"lost: {lost}"));
        all.AddRange(now.Except(bystanders, StringComparer.Ordinal).Select(added => $"added: {added}"));
        all.AddRange(await platform.StoredDifferencesAsync(identities, told));
        return all;
    }

    private async Task<IEnumerable<string>> OfIdentityAsync(string id)
    {
        var identity = grains.GetGrain<IIdentityGrain>(id);
        var view = await identity.Get() ?? throw new InvalidOperationException($"{id} is gone.");
        var order = await identity.GetDesired(platform.Name) ?? throw new InvalidOperationException($"{id} is not bound.");
        var plan = clean.Compile(new(id, order.Desired.Binding, order.Desired.Entitlements, order.ControllerEndAllowed));
        var differences = Comparison.Compare(plan.Objects, await clean.ObserveAsync(order.Desired.Binding, id, CancellationToken.None));
        return differences.Select(difference => $"{id}: {difference}")
            .Concat(view.Identity.Grants.Where(grant => grant is not (RevokedGrant or ActiveGrant)).Select(grant => $"{id}: {grant.Id} is {grant.Status}"))
            .Concat(view.Platforms is [{ Settled: true, Status: EnforcementStatus.Effective or EnforcementStatus.Revoked }] ? [] : [$"{id}: {string.Join("; ", view.Platforms)}"]);
    }
}
