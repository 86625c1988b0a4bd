using System.Collections.Concurrent;
using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Objects;
using NhiGrains.Platforms.Gcp.Policies;
using NhiGrains.Platforms.Reading;

namespace NhiGrains.Platforms.Gcp.Observing;

/// <summary>Reads all policies of a project, as often as it is asked to and no oftener.</summary>
/// <remarks>
/// Google has no list of what a principal has: it is only known from reading the policy of the project and of everything in it that
/// has one. Whoever observes or applies at the same time shares what was read (<see cref="SharedRead{T}"/>).
/// </remarks>
internal sealed class SnapshotReader
{
    // Those whose call was throttled wait, and must not keep the others from being read; how many calls there are is the budget's matter.
    private const int AtOnce = 48;

    private readonly GoogleServices _google;
    private readonly PolicyStore _policies;
    private readonly RoleReader _roles;
    private readonly GcpPlatformOptions _options;
    private readonly SharedRead<Snapshot> _shared;

    public SnapshotReader(GoogleServices google, PolicyStore policies, RoleReader roles, GcpPlatformOptions options)
    {
        (_google, _policies, _roles, _options) = (google, policies, roles, options);
        _shared = new(ReadAllAsync);
    }

    /// <summary>A snapshot whose reading began after the call.</summary>
    public Task<Snapshot> ReadAsync(CancellationToken cancellation) => _shared.ReadAsync(cancellation);

    /// <summary>The same for a sweep, which leaves room for others and so is shared with nobody who is in a hurry.</summary>
    public async Task<(Snapshot Snapshot, int ListPages)> SweepAsync(CancellationToken cancellation)
    {
        // For what is called from here alone: it does not flow back to the caller.
        var sweep = GoogleClient.Sweep.Value = new();
        return (await ReadAllAsync(cancellation), sweep.ListPages);
    }

    private async Task<Snapshot> ReadAllAsync(CancellationToken cancellation)
    {
        var (accounts, custom) = (AccountsAsync(cancellation), _roles.ListAsync(cancellation));
        var policies = new ConcurrentDictionary<Place, Policy>();
        await Task.WhenAll(
            PoliciesAsync([Place.Project(_options.ProjectId)], policies, cancellation),
            PoliciesOfAccountsAsync(accounts, policies, cancellation),
            PoliciesOfResourcesAsync(policies, cancellation),
            custom);
        var used = policies.Values.SelectMany(policy => policy.Bindings ?? []).Where(IsAboutAccounts).Select(binding => binding.Role ?? "").Distinct(StringComparer.Ordinal);
        var permissions = new ConcurrentDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var roles = await custom;
        await Parallel.ForEachAsync(used, Limit(cancellation), async (role, token) =>
        {
            if (await _roles.PermissionsAsync(role, roles, token) is { } given)
                permissions[role] = given;
        });
        return new(_options.ProjectId, await accounts, policies, permissions, roles);
    }

    private async Task PoliciesOfAccountsAsync(
        Task<IReadOnlyDictionary<AccountEmail, ServiceAccount>> accounts, ConcurrentDictionary<Place, Policy> policies, CancellationToken cancellation) =>
        await PoliciesAsync((await accounts).Keys.Select(account => new Place(PlaceKind.ServiceAccount, account.NameIn(_options.ProjectId))), policies, cancellation);

    private async Task PoliciesOfResourcesAsync(ConcurrentDictionary<Place, Policy> policies, CancellationToken cancellation) =>
        await PoliciesAsync(await new ResourceLists(_google, _options).AllAsync(cancellation), policies, cancellation);

    private Task PoliciesAsync(IEnumerable<Place> places, ConcurrentDictionary<Place, Policy> policies, CancellationToken cancellation) =>
        Parallel.ForEachAsync(places, Limit(cancellation), async (place, token) =>
        {
            if (await ReadIfThereAsync(place, token) is { } policy)
                policies[place] = policy;
        });

    private async Task<IReadOnlyDictionary<AccountEmail, ServiceAccount>> AccountsAsync(CancellationToken cancellation)
    {
        const string doing = "list service accounts";
        var listed = await GoogleServices.ListAsync<ListServiceAccountsResponse, ServiceAccount>(page => _google.Iam.ListAccounts(_options.ProjectId, page), doing, cancellation);
        var accounts = new Dictionary<AccountEmail, ServiceAccount>();
        foreach (var account in listed)
        {
            if (account is not { Email: { } email, UniqueId.Length: > 0 })
                throw ApiFailures.Unavailable(doing, "one has no address or no id");
            if (AccountEmail.TryParse(email, _options.ProjectId) is { } known)
                accounts[known] = account;
        }

        return accounts;
    }

    /// <summary>What was deleted since it was listed has no policy any more.</summary>
    private async Task<Policy?> ReadIfThereAsync(Place place, CancellationToken cancellation)
    {
        try
        {
            return await _policies.ReadAsync(place, cancellation);
        }
        catch (PlatformException gone) when (gone.Error == PlatformError.NotFound && place.Kind != PlaceKind.Project)
        {
            return null;
        }
    }

    private static bool IsAboutAccounts(PolicyBinding binding) =>
        (binding.Members ?? []).Any(member => member.StartsWith("serviceAccount:", StringComparison.Ordinal) || Snapshot.IsWider(member))
        || Marker.IdentityOf(binding) is not null;

    private static ParallelOptions Limit(CancellationToken cancellation) => new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };
}
