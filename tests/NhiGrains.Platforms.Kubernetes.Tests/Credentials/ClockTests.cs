using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Kubernetes.Tests.Sandbox;
using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Platforms.Kubernetes.Tests.Credentials;

/// <summary>A cluster whose clock is not ours. Only tokens know the time on Kubernetes, and they end by the cluster's.</summary>
public class ClockTests
{
    [Theory]
    [InlineData(-5)]
    [InlineData(5)]
    public async Task A_clock_that_is_five_minutes_off_makes_no_token_outlive_what_is_said_of_it(int minutes)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = new SandboxCluster();
        await cluster.InitializeAsync();
        cluster.Clock.Advance(TimeSpan.FromMinutes(minutes));
        await using var target = await KubernetesTarget.MakeAsync(cluster);
        var desired = target.Desired(2, target.Entitlement(target.Resource(1), Verb.Read));
        await target.ApplyAsync(desired);
        Assert.Empty(Comparison.Compare(target.Plan(desired).Objects, await target.ObserveAsync()));
        Assert.Empty((await target.Connector.ProbeAsync(desired, cancellation))?.Wrong ?? []);
        var now = TimeProvider.System.GetUtcNow();
        var grantEnds = now.AddMinutes(20);

        var issued = (await target.Connector.IssueCredentialAsync(new(target.Binding, target.IdentityId, "g", grantEnds, now), ConnectorTarget.Valid(), cancellation)).Value;

        // By our clock: to the end of the grant, whatever the cluster calls that.
        Assert.InRange(issued.ExpiresAt, grantEnds, grantEnds.AddMinutes(6));
        Assert.InRange(issued.ResidualUntil, grantEnds, grantEnds.AddMinutes(2));
        cluster.Clock.Advance(TimeSpan.FromMinutes(19));
        Assert.Equal(CredentialAnswer.Works, await target.TryAsync(issued.Secret, target.Resource(1)));
        cluster.Clock.Advance(issued.ResidualUntil - now - TimeSpan.FromMinutes(19));
        Assert.Equal(CredentialAnswer.NotAccepted, await target.TryAsync(issued.Secret, target.Resource(1)));
    }
}
