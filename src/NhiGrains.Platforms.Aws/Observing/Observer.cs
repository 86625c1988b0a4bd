using System.Runtime.CompilerServices;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Aws.Objects;

namespace NhiGrains.Platforms.Aws.Observing;

/// <summary>Reads principals back. One and in bulk become observations by the same rules.</summary>
internal sealed class Observer(string platform, IIamApi api, PrincipalReader reader, Ourselves ourselves, TimeProvider time)
{
    private const int PageSize = 100;

    private static readonly string[] Everything = ["Role", "User", "Group", "LocalManagedPolicy", "AWSManagedPolicy"];

    public async Task<Observation> ObserveAsync(PrincipalName name, string identityId, CancellationToken cancellation)
    {
        var trusted = await ourselves.KnowAsync(cancellation);
        return Observed(name, await reader.ReadAsync(name, cancellation), identityId, trusted.Arn);
    }

    /// <summary>Every principal that has something or is marked. All of IAM's pages are read first: what a user has can be on the last one.</summary>
    public async IAsyncEnumerable<ObservedPage> ObservePagesAsync(string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var trusted = await ourselves.KnowAsync(cancellation);
        var (listPages, principals) = (0, new List<PrincipalDetail>());
        var (groups, managed) = (new Dictionary<string, GroupDetail>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal));
        await foreach (var page in api.GetAccountAuthorizationDetailsAsync(Everything, background: true, cancellation))
        {
            listPages++;
            principals.AddRange(page.Principals);
            foreach (var group in page.Groups)
                groups[group.Name] = group;
            foreach (var policy in page.Policies)
                managed[policy.Arn] = policy.Document;
        }

        // What was changed between two pages can come twice, and the later one is the newer.
        var behind = principals.AsEnumerable().Reverse().DistinctBy(one => one.Principal.Name)
            .Behind(after, one => one.Principal.Name.ToString());
        foreach (var some in behind.Chunk(PageSize))
        {
            var seen = new List<Observation>();
            foreach (var detail in some)
            {
                var state = new PrincipalState(detail, managed, [.. detail.Groups.Select(groups.GetValueOrDefault).OfType<GroupDetail>()]) { Keys = await reader.KeysAsync(detail.Principal, cancellation) };
                await CompleteAsync(state, managed, cancellation);
                var identity = ObservedObjects.OwnerOf(detail);
                var observed = Observed(detail.Principal.Name, state, identity, trusted.Arn);
                // Every role lets somebody assume it, and gives nothing by that alone.
                if (observed.Objects.Any(one => one.Object.Kind != Trust.Kind || one.Ownership == Ownership.Foreign) || identity is not null)
                    seen.Add(observed);
            }

            yield return new(seen, listPages);
            listPages = 0;
        }
    }

    /// <summary>A policy that the account's own list leaves out is asked for, so that one and in bulk say the same.</summary>
    private async Task CompleteAsync(PrincipalState state, Dictionary<string, string> managed, CancellationToken cancellation)
    {
        foreach (var arn in ObservedObjects.ManagedBy(state).Where(arn => !managed.ContainsKey(arn)).ToArray())
            managed[arn] = (await api.GetPolicyAsync(arn, cancellation)).Document;
    }

    private Observation Observed(PrincipalName name, PrincipalState state, string? identityId, string trusted) =>
        new(platform, name.ToString(), state.Detail?.Principal.Id, ObservedObjects.Of(state, identityId, trusted), time.GetUtcNow());
}
