using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Platforms;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;
using NhiGrains.Grains.Tests.Cluster;

namespace NhiGrains.Grains.Tests.Identities;

/// <summary>A claim on a principal counts for as long as an identity stands behind it.</summary>
public sealed class PrincipalTests : IAsyncLifetime
{
    private static readonly Binding Free = new(TwoSilos.OtherName, "shop/free", CreateIfMissing: true);

    private TwoSilos? _silos;

    private TwoSilos Silos => _silos ?? throw new InvalidOperationException("The silos were not started.");

    public async ValueTask InitializeAsync() => _silos = await TwoSilos.StartAsync();

    public ValueTask DisposeAsync() => Silos.DisposeAsync();

    [Fact]
    public async Task A_registration_that_is_refused_keeps_no_principal()
    {
        var billing = new Scenario(Silos, "billing");
        await billing.Register();

        var refused = await Register("thief", Free, new(TwoSilos.PlatformName, billing.Principal));

        Assert.Equal("PRINCIPAL_TAKEN", refused.Refusal?.Code);
        Assert.Null(await Principal(Free).Owner());
        Assert.Equal("billing", await Principal(new(TwoSilos.PlatformName, billing.Principal)).Owner());
        Assert.Null((await Register("another", Free)).Refusal);
    }

    [Fact]
    public async Task An_update_that_is_refused_keeps_what_the_identity_had_and_no_more()
    {
        var billing = new Scenario(Silos, "billing");
        await billing.Register();
        await Register("another", Free);

        var refused = await billing.Do(new IdentityCommand.UpdateIdentity(new(Bindings: [new(TwoSilos.PlatformName, billing.Principal, CreateIfMissing: true), Free])));

        Assert.Equal("PRINCIPAL_TAKEN", refused.Refusal?.Code);
        Assert.Equal("billing", await Principal(new(TwoSilos.PlatformName, billing.Principal)).Owner());
        Assert.Equal("another", await Principal(Free).Owner());
    }

    [Fact]
    public async Task A_claim_that_a_crash_left_behind_hides_no_stray_and_keeps_nobody_out()
    {
        var binding = new Binding(TwoSilos.PlatformName, "shop/claimed", CreateIfMissing: true);
        await Principal(binding).Claim("ghost");
        Silos.Platform.Tamper(binding.Principal, "anything", "at all");
        var platform = Silos.Grains.GetGrain<IPlatformGrain>(TwoSilos.PlatformName);

        var swept = await platform.Sweep(new("ada", "first", SweepWaits.Longest));
        var registered = await Register("billing", binding);
        var again = await platform.Sweep(new("ada", "second", SweepWaits.Longest));

        Assert.Equal([binding.Principal], swept.Platform.Unmanaged.Select(one => one.Principal));
        Assert.Null(registered.Refusal);
        Assert.Equal("billing", await Principal(binding).Owner());
        Assert.Empty(again.Platform.Unmanaged);
    }

    [Fact]
    public async Task Who_claims_anew_is_not_taken_for_abandoned_by_what_was_seen_before()
    {
        var principal = Principal(Free);
        var seen = await principal.Claim("ghost");
        await principal.Claim("ghost");

        Assert.Equal("ghost", (await principal.TakeOver(seen, "billing")).Owner);
        await principal.Undo(seen);
        Assert.Equal("ghost", await principal.Owner());
    }

    [Fact]
    public async Task Of_many_that_claim_at_once_what_the_others_want_too_none_shares_a_principal()
    {
        var bindings = new[] { Free, new Binding(TwoSilos.PlatformName, "shop/both", CreateIfMissing: true) };

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(number => Register($"rival-{number}", number % 2 == 0 ? bindings : [.. bindings.Reverse()])));

        var owners = await Task.WhenAll(bindings.Select(binding => Principal(binding).Owner()));
        var registered = answers.Where(answer => answer.Refusal is null).Select(answer => answer.Identity?.Identity.Id).ToArray();
        Assert.True(registered.Length <= 1, string.Join(", ", registered));
        Assert.All(owners, owner => Assert.Equal(registered.SingleOrDefault(), owner));
    }

    private IPrincipalGrain Principal(Binding binding) => Silos.Grains.GetGrain<IPrincipalGrain>(PrincipalKeys.Of(binding.Platform, binding.Principal));

    private Task<CommandAnswer> Register(string id, params Binding[] bindings) => new Scenario(Silos, id).Do(new IdentityCommand.RegisterIdentity(new(
        IdentityKind.ServiceAccount, new("ada", "payments"), "staging", new Dictionary<string, string>(StringComparer.Ordinal), bindings)));
}
