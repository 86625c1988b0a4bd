using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Aws.Objects;

namespace NhiGrains.Platforms.Aws.Observing;

/// <summary>One principal, with all that gives it access.</summary>
/// <param name="Detail">Null when it does not exist.</param>
internal sealed record PrincipalState(PrincipalDetail? Detail, IReadOnlyDictionary<string, string> Managed, IReadOnlyList<GroupDetail> Groups)
{
    /// <summary>Of a user that is to be deleted, those that keep it: ours are ended by then. Not read of others.</summary>
    public IReadOnlyList<AccessKey> Keys { get; init; } = [];
}

internal sealed class PrincipalReader(IIamApi api)
{
    public async Task<PrincipalState> ReadAsync(PrincipalName name, CancellationToken cancellation)
    {
        if (await api.FindAsync(name, cancellation) is not { } principal)
            return new(null, new Dictionary<string, string>(StringComparer.Ordinal), []);
        var inline = await InlineAsync(name, _ => true, cancellation);
        var attached = await api.ListAttachedPoliciesAsync(name, cancellation);
        var groups = name.Kind == PrincipalKind.User ? await api.ListGroupsForUserAsync(name, cancellation) : [];
        var details = groups.Count > 0 ? await GroupsAsync(groups, cancellation) : [];
        var managed = new Dictionary<string, string>(StringComparer.Ordinal);
        var state = new PrincipalState(new(principal, inline, attached, groups), managed, details) { Keys = await KeysAsync(principal, cancellation) };
        foreach (var arn in ObservedObjects.ManagedBy(state))
            managed[arn] = (await api.GetPolicyAsync(arn, cancellation)).Document;
        return state;
    }

    /// <summary>The inline policies whose name is asked for. One that is deleted while it is read is not there.</summary>
    public async Task<IReadOnlyList<InlinePolicy>> InlineAsync(PrincipalName name, Func<string, bool> isAskedFor, CancellationToken cancellation)
    {
        var policies = new List<InlinePolicy>();
        foreach (var policy in (await api.ListPoliciesAsync(name, cancellation)).Where(isAskedFor))
        {
            if (await api.FindPolicyAsync(name, policy, cancellation) is { } found)
                policies.Add(found);
        }

        return policies;
    }

    public async Task<IReadOnlyList<AccessKey>> KeysAsync(IamPrincipal principal, CancellationToken cancellation) =>
        principal.Name.Kind == PrincipalKind.User && Leaving.Of(principal) is not null ? await api.ListAccessKeysAsync(principal.Name, cancellation) : [];

    private async Task<IReadOnlyList<GroupDetail>> GroupsAsync(IReadOnlyList<string> names, CancellationToken cancellation)
    {
        var groups = new List<GroupDetail>();
        await foreach (var page in api.GetAccountAuthorizationDetailsAsync(["Group"], background: false, cancellation))
            groups.AddRange(page.Groups.Where(group => names.Contains(group.Name, StringComparer.Ordinal)));
        return groups;
    }
}
