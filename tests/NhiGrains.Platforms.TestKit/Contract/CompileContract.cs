using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Platforms.TestKit.Contract;

public abstract partial class ConnectorContract
{
    [Fact]
    public async Task A_translation_is_never_wider_than_its_entitlement()
    {
        var offered = Target.Offered;
        for (var set = 1; set < 1 << offered.Count; set++)
        {
            var verbs = offered.Where((_, i) => (set & (1 << i)) != 0).ToArray();
            var desired = Target.Desired(set + 1, Target.Entitlement(Target.Resource(1), verbs));
            await Target.ApplyAsync(desired);
            foreach (var verb in offered)
            {
                await AnsweredAsync(Target.Resource(1), verb, verbs.Contains(verb), $"with {string.Join(' ', verbs)}");
                await RefusedAsync(Target.Resource(2), verb);
            }
        }
    }

    [Fact]
    public void The_order_and_the_number_of_entitlements_do_not_matter()
    {
        var (one, two) = (Target.Entitlement(Target.Resource(1), Verb.Read, Verb.Delete), Target.Entitlement(Target.Resource(2), Verb.Read));

        Assert.Equal(Target.Plan(Target.Desired(1, one, two)).Digest, Target.Plan(Target.Desired(9, two, one, two)).Digest);
        Assert.NotEqual(Target.Plan(Target.Desired(1, one)).Digest, Target.Plan(Target.Desired(1, one, two)).Digest);
    }

    [Fact]
    public void Nothing_wanted_is_exactly_nothing()
    {
        var plan = Target.Plan(Target.Desired(1));

        Assert.Empty(plan.Objects);
        Assert.IsType<Fidelity.Exact>(plan.Fidelity);
    }

    [Fact]
    public void An_end_is_native_or_kept_by_the_controller_and_then_only_with_consent()
    {
        var ending = new DesiredEntitlement(Target.Entitlement(Target.Resource(1), Verb.Read), "g1", DateTimeOffset.UnixEpoch);
        Translation Compile(bool allowed) => Target.Connector.Compile(new(Target.IdentityId, Target.Binding, [ending], allowed));

        if (Target.Connector.Capabilities.NativeTimeBound)
        {
            Assert.IsNotType<Fidelity.Refused>(Compile(allowed: false).Fidelity);
            return;
        }

        var enforced = Assert.IsType<Fidelity.ControllerEnforced>(Compile(allowed: true).Fidelity);
        Assert.Equal(Target.Connector.Capabilities.ControllerLag, enforced.WorstCaseLag);
        Assert.NotEmpty(enforced.Obligations);
        var refused = Compile(allowed: false);
        Assert.IsType<Fidelity.Refused>(refused.Fidelity);
        Assert.Empty(refused.Objects);
    }

    [Fact]
    public async Task What_is_refused_is_refused_with_a_reason_and_is_never_applied()
    {
        var unknown = Target.Entitlement(Target.Resource(1) with { Type = "no-such-type" }, Verb.Read);
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read), unknown);

        var plan = Target.Plan(desired);

        var refused = Assert.IsType<Fidelity.Refused>(plan.Fidelity);
        Assert.NotEmpty(refused.Why.Message);
        Assert.NotEmpty(refused.Why.Remedy);
        Assert.Empty(plan.Objects);
        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(desired));
        Assert.Equal(PlatformError.Rejected, failure.Error);
    }

    [Fact]
    public void A_condition_is_kept_or_refused_and_never_dropped()
    {
        var plain = Target.Entitlement(Target.Resource(1), Verb.Read);
        Entitlement[] conditional =
        [
            plain with { Conditions = new(SourceCidrs: ["10.0.0.0/8"]) },
            plain with { Conditions = new(ResourceTagEquals: new Dictionary<string, string>(StringComparer.Ordinal) { ["team"] = "a" }) },
            plain with { Conditions = new(NotAfter: DateTimeOffset.UnixEpoch) },
            plain with { Resources = [Target.Prefix] },
        ];

        foreach (var entitlement in conditional)
        {
            var plan = Target.Plan(Target.Desired(1, entitlement));
            Assert.False(plan.Fidelity is Fidelity.Exact && plan.Digest == Target.Plan(Target.Desired(1, plain)).Digest);
        }
    }
}
