using Microsoft.Extensions.Logging;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms;
using Orleans.Storage;

namespace NhiGrains.Grains.Enforcement;

/// <summary>One credential of a grant that is active before it is issued and still is afterwards; otherwise it is taken back.</summary>
internal sealed class CredentialHandout(IPlatformConnector connector, IIdentityGrain identity, string identityId, TimeProvider time, ILogger logger)
{
    /// <param name="handle">Of what was handed out for the grant before; null when nothing was.</param>
    public async Task<Result<IssuedCredential>> Run(CredentialOrder order, string? handle)
    {
        var now = time.GetUtcNow();
        var fence = new Fence(time, Fence.DefaultValidity);
        var desired = (await identity.GetDesired(connector.Name))?.Desired;
        if (desired is null || EndOf(order.Grant, desired) is not { } end)
            return NotActive(order.Grant);
        if (!connector.Capabilities.IssuesCredentials)
            return new Refusal("NO_CREDENTIALS", $"{connector.Name} hands out no credentials.", "Use the platform's own way to log in.", "platform");
        try
        {
            var issued = await new FenceKeeper(fence, () => Gives(order.Grant), time, logger).During(() =>
                connector.IssueCredentialAsync(new(desired.Binding, identityId, order.Grant, end, now) { Handle = handle }, fence, CancellationToken.None));
            return !issued.IsOk || await StillGives(order.Grant, desired.Binding, issued.Value.Handle) ? issued : NotActive(order.Grant);
        }
        catch (PlatformException fault)
        {
            return fault.AsRefusal("Try again; nothing was handed out.", "platform");
        }
    }

    // Whoever ended the grant while the platform was issuing, in another silo, found nothing to end. Whoever ends it from here on
    // will. When there is no answer nothing is taken back: others may hold credentials of a grant that is active.
    private async Task<bool> StillGives(string grant, Binding binding, string? handle)
    {
        if (await Gives(grant))
            return true;
        await TakeBack(grant, binding, handle);
        return false;
    }

    private async Task<bool> Gives(string grant)
    {
        try
        {
            return await Ask();
        }
        catch (InconsistentStateException)
        {
            // An activation that another silo has stood in for gives itself up when it is asked; the next one knows.
            return await Ask();
        }

        async Task<bool> Ask() => await identity.GetDesired(connector.Name) is { } order && EndOf(grant, order.Desired) is not null;
    }

    private async Task TakeBack(string grant, Binding binding, string? handle)
    {
        try
        {
            var handles = new Dictionary<string, string>(StringComparer.Ordinal);
            if (handle is not null)
                handles[grant] = handle;
            await connector.EndSessionsAsync(binding, identityId, [grant], handles, new(time, Fence.DefaultValidity), CancellationToken.None);
        }
        catch (PlatformException fault)
        {
            // It stays until it expires, and nobody has it.
            logger.LogWarning("{Platform} for {Identity}: a credential that was not handed out could not be ended: {Message}",
                connector.Name, identityId, fault.Message);
        }
    }

    private Refusal NotActive(string grant) => new(
        "NOT_ACTIVE", $"The identity has no active grant '{grant}' on {connector.Name}.", "Request access first, or look at the grant's status.", "grantId");

    private static DateTimeOffset? EndOf(string grant, DesiredState desired) =>
        desired.Entitlements.Where(wanted => wanted.Source == grant).Max(wanted => wanted.EndsAt);
}
