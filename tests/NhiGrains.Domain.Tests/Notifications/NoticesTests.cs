using NhiGrains.Domain.Notifications;
using NhiGrains.Domain.Policies;
using NhiGrains.Domain.Risk;

namespace NhiGrains.Domain.Tests.Notifications;

public class NoticesTests
{
    private static readonly PolicyRule Quiet = new("quiet", PolicyEffect.Permit, new());

    [Fact]
    public void A_rule_is_unheard_by_a_sink_that_is_not_there_and_heard_by_one_that_is_or_by_all()
    {
        var set = new PolicySet("shop", [Quiet, Quiet with { Name = "loud", Notify = ["*", "pager", "pagr"] }]);

        Assert.Contains("'loud' notifies 'pagr'", Assert.Single(Notices.Unheard(set, ["pager"])), StringComparison.Ordinal);
        Assert.Equal(2, Notices.Unheard(set, ["siem"]).Count);
    }

    [Fact]
    public void Without_sinks_everything_that_is_loud_is_unheard_and_told_once()
    {
        Assert.Empty(Notices.Unheard(new("shop", [Quiet]), []));
        Assert.Single(Notices.Unheard(new("shop", [Quiet with { Notify = ["a", "b"] }, Quiet with { Notify = ["*"] }]), []));
        Assert.Single(Notices.Unheard(new("shop", [Quiet with { Effect = PolicyEffect.BreakGlass }]), []));
        Assert.Single(Notices.Unheard(new("shop", [Quiet]) { RiskResponses = [new(RiskSeverity.High)] }, []));
        Assert.Empty(Notices.Unheard(new("shop", [Quiet]) { RiskResponses = [new(RiskSeverity.High)] }, ["pager"]));
    }
}
