using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Grains.Tests.Cluster;

/// <summary>What tests do with one identity, in few words.</summary>
public sealed class Scenario(TwoSilos silos, string id)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private int _commands;

    public string Principal => $"shop/{id}";

    public static Entitlement May(string name, params Verb[] verbs) => new(
        TwoSilos.PlatformName, verbs.Length > 0 ? verbs : [Verb.Read], [new("configmaps", "shop", ResourceMatch.Exact, name)], Conditions.None);

    public string Key(string name, Verb verb = Verb.Read) => $"{Principal}: {verb} shop/configmaps/{name}";

    public Task<CommandAnswer> Register(string owner = "ada") => Do(new IdentityCommand.RegisterIdentity(new(
        IdentityKind.ServiceAccount, new(owner, "payments"), "staging", new Dictionary<string, string>(StringComparer.Ordinal),
        [new(TwoSilos.PlatformName, Principal, CreateIfMissing: true)])));

    public Task<CommandAnswer> Request(TimeSpan lifetime, params Entitlement[] entitlements) =>
        Do(new IdentityCommand.RequestAccess(entitlements, lifetime, "a test"));

    /// <summary>Registers the identity, requests access, and waits until the platform has it.</summary>
    /// <returns>The answer to the request.</returns>
    public async Task<CommandAnswer> RegisterWithGrant(TimeSpan lifetime, Entitlement entitlement)
    {
        await Register();
        var answer = await Request(lifetime, entitlement);
        await UntilPlatformIs(EnforcementStatus.Effective);
        return answer;
    }

    public Task<CommandAnswer> Do(IdentityCommand command, string? key = null, string by = "ada") =>
        silos.Identity(id).Execute(new(key ?? $"{id}-{++_commands}", by, command));

    public async Task<Grant> Grant(string? grantId) => (await View()).Identity.Grants.Single(grant => grant.Id == grantId);

    public async Task<IdentityView> View() =>
        await silos.Identity(id).Get() ?? throw new InvalidOperationException($"There is no '{id}'.");

    public Task UntilGrantIs(string? grantId, GrantStatus status) => Until(async () => (await Grant(grantId)).Status == status, $"{grantId} {status}");

    public Task UntilPlatformIs(EnforcementStatus status) =>
        Until(async () => (await View()).Platforms.SingleOrDefault()?.Status == status, $"the platform {status}");

    public Task UntilHas(params string[] keys) =>
        Until(() => Task.FromResult(silos.Platform.KeysOf(Principal).SequenceEqual(keys.Order(StringComparer.Ordinal))), $"exactly {string.Join(", ", keys)}");

    private async Task Until(Func<Task<bool>> condition, string what)
    {
        try
        {
            await Eventually.TrueAsync(condition, Bound, () => what, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            var view = await View();
            Assert.Fail($"Not {what}. It has [{string.Join(", ", silos.Platform.KeysOf(Principal))}], platforms {string.Join("; ", view.Platforms)}, grants {string.Join(", ", view.Identity.Grants.Select(g => $"{g.Id} {g.Status}"))}");
        }
    }
}
