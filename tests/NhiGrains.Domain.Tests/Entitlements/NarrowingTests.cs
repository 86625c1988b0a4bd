using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Tests.Entitlements;

public class NarrowingTests
{
    private static readonly Entitlement Wide = new(
        Some.Platform, [Verb.Read, Verb.Write], [new("configmaps", "shop", ResourceMatch.Prefix, "app-"), new("secrets", "shop", ResourceMatch.All, null)],
        new(Some.Noon, Some.Noon + TimeSpan.FromHours(1), ["10.0.0.0/8"], new Dictionary<string, string>(StringComparer.Ordinal) { ["tier"] = "low" }), ["logs.get"]);

    [Fact]
    public void What_is_less_in_any_way_lies_within()
    {
        Assert.All<Entitlement>(
        [
            Wide,
            Wide with { Verbs = [Verb.Read] },
            Wide with { NativeActions = null },
            Wide with { Resources = [new("configmaps", "shop", ResourceMatch.Exact, "app-1"), new("secrets", "shop", ResourceMatch.Prefix, "a-")] },
            Wide with { Conditions = Wide.Conditions with { NotBefore = Some.Noon + TimeSpan.FromMinutes(1), SourceCidrs = ["10.1.0.0/16", "10.2.0.1/32"] } },
        ],
        narrow => Assert.True(Coverage.AreWithin([narrow], [Wide])));
    }

    [Fact]
    public void What_is_more_in_any_way_does_not()
    {
        Assert.All<Entitlement>(
        [
            Wide with { Platform = "k8s:other" },
            Wide with { Verbs = [Verb.Read, Verb.Delete] },
            Wide with { NativeActions = ["logs.set"] },
            Wide with { Resources = [new("configmaps", "shop", ResourceMatch.Exact, "other")] },
            Wide with { Resources = [new("configmaps", "shop", ResourceMatch.All, null)] },
            Wide with { Resources = [new("configmaps", "shop", ResourceMatch.Prefix, "ap-")] },
            Wide with { Resources = [new("configmaps", "bank", ResourceMatch.Exact, "app-1")] },
            Wide with { Conditions = Conditions.None },
            Wide with { Conditions = Wide.Conditions with { NotAfter = null } },
            Wide with { Conditions = Wide.Conditions with { NotBefore = Some.Noon - TimeSpan.FromTicks(1) } },
            Wide with { Conditions = Wide.Conditions with { SourceCidrs = ["10.0.0.0/7"] } },
            Wide with { Conditions = Wide.Conditions with { SourceCidrs = ["10.1.0.0/16", "192.168.0.0/16"] } },
            Wide with { Conditions = Wide.Conditions with { SourceCidrs = ["::/0"] } },
            Wide with { Conditions = Wide.Conditions with { ResourceTagEquals = null } },
        ],
        wider => Assert.False(Coverage.AreWithin([wider], [Wide])));
    }

    [Fact]
    public void Each_lies_within_a_single_one_and_not_in_several_together()
    {
        var (read, write) = (Wide with { Verbs = [Verb.Read] }, Wide with { Verbs = [Verb.Write] });

        Assert.True(Coverage.AreWithin([read, write], [Wide]));
        Assert.False(Coverage.AreWithin([Wide], [read, write]));
    }
}
