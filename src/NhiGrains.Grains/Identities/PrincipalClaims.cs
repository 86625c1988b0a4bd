using NhiGrains.Contracts.Identities;
using NhiGrains.Domain;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Grains.Identities;

/// <summary>The claims of one command on the principals that its identity is not bound to yet: all of them, or none.</summary>
internal sealed class PrincipalClaims(IGrainFactory grains, TimeProvider time, string identityId)
{
    // Two identities that claim at once could wait for each other; then neither gets what the other has.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Null when every principal is claimed; otherwise nothing is claimed that was not before.</summary>
    public async Task<Refusal?> Claim(IEnumerable<Binding> bindings)
    {
        var made = new List<(IPrincipalGrain Principal, PrincipalClaim Claim)>();
        foreach (var binding in bindings)
        {
            var principal = grains.GetGrain<IPrincipalGrain>(PrincipalKeys.Of(binding.Platform, binding.Principal));
            var claim = await principal.Claim(identityId);
            if (claim.Owner != identityId && await IsAbandoned(claim.Owner, binding))
                claim = await principal.TakeOver(claim, identityId);
            if (claim.Owner != identityId)
            {
                await Task.WhenAll(made.Select(one => one.Principal.Undo(one.Claim)));
                return new("PRINCIPAL_TAKEN", $"The principal '{binding.Principal}' on {binding.Platform} belongs to the identity '{claim.Owner}'.", "Bind another principal, or use that identity.", "bindings");
            }

            made.Add((principal, claim));
        }

        return null;
    }

    // A crash after a claim leaves it behind. An identity that is at it just now answers when it is through; what it says is
    // what the store has, since a principal is given away on it.
    private async Task<bool> IsAbandoned(string owner, Binding binding)
    {
        try
        {
            var order = await grains.GetGrain<IIdentityGrain>(owner).GetDesired(binding.Platform).WaitAsync(Patience, time);
            return order?.Desired.Binding.Principal != binding.Principal;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}

internal static class BoundPrincipals
{
    /// <summary>The identity that is bound to a principal; null when none is, although one may have claimed it.</summary>
    public static async Task<string?> OwnerOf(this IGrainFactory grains, string platform, string principal) =>
        await grains.GetGrain<IPrincipalGrain>(PrincipalKeys.Of(platform, principal)).Owner() is { } owner
        && await grains.GetGrain<IIdentityGrain>(owner).Get() is { } view
        && view.Identity.Profile.Bindings.Any(binding => binding.Platform == platform && binding.Principal == principal)
            ? owner
            : null;
}
